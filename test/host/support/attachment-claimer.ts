import { writeSync } from 'node:fs';
import { Attachments } from '../../../electron/host/attachments.ts';
import { makeLog } from '../../../electron/host/log.ts';

/** A process that claims a disk, once or without end: `attachment-claimer.ts DIRECTORY once|always`; killed in the end. */
const [directory = '', how = ''] = process.argv.slice(2);
const attachments = new Attachments(directory, makeLog(true));
const identity = { serial: 'S1', label: 'nas/disk', sizeBytes: 1 << 20, blockBytes: 512 };
do writeSync(1, `${JSON.stringify(attachments.claim(identity))}\n`);
while (how === 'always');
setInterval(() => {}, 60_000);
