import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { hostKey, renewHostKey } from '../../../electron/host/trust/host-key.ts';
import { KnownPeers } from '../../../electron/host/trust/known-peers.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { killWriters } from '../support/killed-writer.ts';
import { keyOf } from './support/keys.ts';

test('killed at any moment, what was said to be pinned or revoked is so', async (t) => {
  const directory = temporaryFolder(t);
  const script = new URL('support/known-peers-writer.ts', import.meta.url);
  let next = 1;
  await killWriters(
    t,
    { script, kills: 8, lines: [1, 30], turns: 100 },
    () => [directory, String(next)],
    (said) => {
      const inTheMiddle = existsSync(join(directory, 'known-peers.json.lock'));
      const { peers, revoked } = new KnownPeers(directory);
      for (const [what, list] of [
        ['pinned', peers],
        ['revoked', revoked],
      ] as const) {
        const last = Number(said.findLast((line) => line.startsWith(what))?.split(' ')[1] ?? next - 1);
        const keys = list.map(({ fingerprint }) => fingerprint);
        assert.deepEqual(
          keys,
          Array.from(keys, (_, i) => keyOf(i + 1)),
          'none of before is lost',
        );
        assert.ok(
          keys.length === last || keys.length === last + 1,
          `${keys.length} where ${last} were ${what}`,
        );
      }
      // The one that was only pinned is pinned again.
      next = revoked.length + 1;
      return inTheMiddle;
    },
  );
  new KnownPeers(directory).revoke(keyOf(next));
  assert.deepEqual(readdirSync(directory), ['known-peers.json'], 'nothing of the killed is left');
});

const Said = z.object({ host: z.number(), made: z.string().optional(), renewed: z.string().optional() });

test('killed while its key is made, a host has one whole key at the next start, for its owner alone', async (t) => {
  const directory = temporaryFolder(t);
  const script = new URL('support/host-key-writer.ts', import.meta.url);
  let host = 1;
  await killWriters(
    t,
    { script, kills: 8, lines: [1, 12], turns: 100 },
    () => [directory, String(host)],
    (said) => {
      const last = Said.parse(JSON.parse(said.at(-1) ?? ''));
      for (const line of said) {
        const { host, renewed } = Said.parse(JSON.parse(line));
        if (renewed !== undefined) assert.equal(usedKey(join(directory, String(host))), renewed);
      }
      host = readdirSync(directory).length;
      const state = join(directory, String(host));
      assert.ok(host === last.host || (host === last.host + 1 && last.renewed !== undefined));
      const inTheMiddle = ['key', 'crt'].some((end) => existsSync(join(state, 'keys', `host.${end}.lock`)));
      const found = usedKey(state);
      assert.equal(usedKey(state), found, 'the same at each start');
      assert.notEqual(renewHostKey(state).fingerprint, found);
      assert.deepEqual(readdirSync(join(state, 'keys')).sort(), ['host.crt', 'host.key']);
      host++;
      return inTheMiddle;
    },
  );
});

/** @returns the fingerprint of the key a host that starts now has */
function usedKey(state: string): string {
  const { fingerprint, key, certificate, path } = hostKey(state);
  assert.ok(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  return fingerprint;
}

test("what a process with our pid left when it was killed, as in a container, is in nobody's way", (t) => {
  const state = temporaryFolder(t);
  mkdirSync(join(state, 'keys'));
  writeFileSync(join(state, 'keys', `host.key.draft-${process.pid}`), 'half a key', { mode: 0o600 });
  assert.equal(hostKey(state).created, true);
  assert.deepEqual(readdirSync(join(state, 'keys')).sort(), ['host.crt', 'host.key']);
});
