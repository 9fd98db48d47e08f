import { writeSync } from 'node:fs';
import { Journal } from '../../../../electron/host/journal/journal.ts';
import { makeLog } from '../../../../electron/host/log.ts';
import { event } from './events.ts';

/** A process that adds events without end, to be killed; each batch is told on stdout when listeners hear it. */
const journal = Journal.open(process.argv[2] as string, makeLog(true));
journal.onEvents((events) => writeSync(1, `${events.at(-1)?.id}\n`));
let n = 0;
setInterval(() => {
  for (let i = 0; i < 5; i++) journal.add(event({ object_id: `${process.pid}-${n++}` }));
}, 1);
