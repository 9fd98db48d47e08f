/**
 * A good client, alone in its process so that nothing else takes its time: `good.ts SOCKET OFFSET SEED UNIT`. It reads and
 * writes 4 KiB, one after another; beside it others come, read once and go; who is turned away tries again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../dmsg/support/random.ts';
import { NbdDisk } from '../../faults/world/nbd-disk.ts';
import { BLOCK, CheckedClient } from './checked-client.ts';
import { answerReports } from './reports.ts';

const PAUSE_MS = 1;
const NEWCOMER_MS = 100;
const [socket = '', offset = '', seed = '', unit = ''] = process.argv.slice(2);
const random = new Random(Number(seed), false);
let latenciesUs: number[] = [];
let newcomersUs: number[] = [];
let turnedAway = 0;
let problems: string[] = [];

function work(client: CheckedClient): void {
  const startMs = performance.now();
  client.request(() => {
    latenciesUs.push(Math.round((performance.now() - startMs) * 1000));
    setTimeout(() => work(client), PAUSE_MS);
  });
}

/** One who comes, reads once and goes. @throws Error where it is not let in */
async function visit(): Promise<void> {
  const disk = await NbdDisk.open(socket, unit);
  const answered = new Promise<number>((resolve) => disk.read(0, BLOCK, resolve));
  const errno = await Promise.race([answered, disk.closed]);
  disk.destroy();
  if (errno !== 0) throw new Error(`a newcomer's read: errno ${errno}`);
}

/** They come one after another, and those turned away again and again. */
async function receiveNewcomers(): Promise<never> {
  for (let startMs = performance.now(); ; ) {
    try {
      await visit();
      newcomersUs.push(Math.round((performance.now() - startMs) * 1000));
      await delay(NEWCOMER_MS);
      startMs = performance.now();
    } catch {
      turnedAway++;
      await delay(PAUSE_MS);
    }
  }
}

work(await CheckedClient.open(socket, unit, Number(offset), random, (text) => problems.push(text)));
void receiveNewcomers();
answerReports(() => {
  const report = { latenciesUs, newcomersUs, turnedAway, problems };
  latenciesUs = [];
  newcomersUs = [];
  turnedAway = 0;
  problems = [];
  return report;
});
console.log('ready');
