import { writeSync } from 'node:fs';
import { HistoryStore } from '../../../../electron/host/history/history-store.ts';
import { makeLog } from '../../../../electron/host/log.ts';
import { row, SECOND, START } from './history.ts';

/**
 * A process that records a series without end, to be killed: `history-writer.ts DIRECTORY FIRST`. The n-th second
 * has n reads and 2n writes. Before some are written it tells `begun N`, and `done N` when they are.
 */
const [directory = '', first = ''] = process.argv.slice(2);
const store = HistoryStore.open(directory, makeLog(true));
async function recordOn(n: number): Promise<void> {
  store.record('unit:xa0', START + n * SECOND, row({ reads: n, writes: 2 * n }));
  // As in life some seconds are written at a time, here not always as many.
  if (n % (1 + (n % 7)) === 0) {
    writeSync(1, `begun ${n}\n`);
    await store.flush();
    writeSync(1, `done ${n}\n`);
  }
  return recordOn(n + 1);
}
void recordOn(Number(first));
