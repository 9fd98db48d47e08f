import { writeSync } from 'node:fs';
import { ConfigStore } from '../../../../electron/host/config/config-store.ts';
import { makeLog } from '../../../../electron/host/log.ts';
import { peer } from './entries.ts';

/**
 * A process that changes a config without end, to be killed. Each change names its number, which is written to
 * stdout once the change is said to be on disk.
 */
const store = ConfigStore.open(process.argv[2] as string, makeLog(true));
for (let n = Number(store.config.peers[0]?.name ?? 0) + 1; ; n++) {
  store.update((draft) => {
    // Of some length, so that writing it takes a while.
    draft.peers = Array.from({ length: 200 }, (_, i) => peer(`peer-${i}`, { name: String(n) }));
  });
  writeSync(1, `${n}\n`);
}
