import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { hostKey, renewHostKey } from '../../../../electron/host/trust/host-key.ts';

/** A process that makes the key of a host, renews it and goes on with the next host, to be killed. */
const [directory = '', first = ''] = process.argv.slice(2);
for (let host = Number(first); ; host++) {
  const state = join(directory, String(host));
  writeSync(1, `${JSON.stringify({ host, made: hostKey(state).fingerprint })}\n`);
  writeSync(1, `${JSON.stringify({ host, renewed: renewHostKey(state).fingerprint })}\n`);
}
