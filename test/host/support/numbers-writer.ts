import { writeSync } from 'node:fs';
import { makeLog } from '../../../electron/host/log.ts';
import { NumbersFile } from '../../../electron/host/state-file.ts';

/** A process that gives numbers to units without end, to be killed; how many there are is told when they are kept. */
const file = new NumbersFile(makeLog(true), process.argv[2] as string);
const numbers = new Map(file.load());
function giveOne(): void {
  const n = numbers.size;
  numbers.set(`S${n}`, n);
  file.save(numbers);
  // What is due is written when the turn ends.
  setImmediate(() => {
    writeSync(1, `${numbers.size}\n`);
    giveOne();
  });
}
giveOne();
