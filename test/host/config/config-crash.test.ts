import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { killWriters } from '../support/killed-writer.ts';
import { collectedLog } from '../support/log.ts';

const KILLS = {
  script: new URL('support/config-writer.ts', import.meta.url),
  kills: 30,
  lines: [1, 12],
  turns: 400,
} as const;

test('killed at any moment, a host finds the config before the change or after it, never neither', async (t) => {
  const directory = temporaryFolder(t);
  let before = 0;
  await killWriters(
    t,
    KILLS,
    () => [directory],
    (said) => {
      const last = Number(said.at(-1));
      const inTheMiddle = draftsIn(directory).length > 0;
      const { log, lines } = collectedLog();
      const store = ConfigStore.open(directory, log);
      assert.deepEqual(store.notices, []);
      assert.deepEqual(lines, []);
      const names = new Set(store.config.peers.map(({ name }) => Number(name)));
      assert.equal(names.size, 1, 'one change is whole');
      const [found = 0] = names;
      assert.ok(last > before, `${last} after ${before}`);
      assert.ok(found === last || found === last + 1, `found ${found} where ${last} was said to be on disk`);
      assert.equal(store.versions().length, Math.min(10, found), 'versions');
      assert.deepEqual(draftsIn(directory), []);
      store.close();
      before = found;
      return inTheMiddle;
    },
  );
});

function draftsIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('.draft-'));
}
