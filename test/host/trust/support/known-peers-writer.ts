import { writeSync } from 'node:fs';
import { KnownPeers } from '../../../../electron/host/trust/known-peers.ts';
import { keyOf } from './keys.ts';

/** A process that pins and revokes keys without end, to be killed: `known-peers-writer.ts DIRECTORY FIRST`. */
const [directory = '', first = ''] = process.argv.slice(2);
const known = new KnownPeers(directory);
for (let n = Number(first); ; n++) {
  known.pin(`peer-${n}:987`, keyOf(n));
  writeSync(1, `pinned ${n}\n`);
  known.revoke(keyOf(n));
  writeSync(1, `revoked ${n}\n`);
}
