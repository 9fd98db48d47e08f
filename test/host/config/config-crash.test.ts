import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { turn } from '../../block/support/until.ts';
import { Random } from '../../dmsg/support/random.ts';
import { Child } from '../../e2e/support/child.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';

const KILLS = 30;
const writer = fileURLToPath(new URL('support/config-writer.ts', import.meta.url));

test('killed at any moment, a host finds the config before the change or after it, never neither', async (t) => {
  const random = new Random();
  const directory = temporaryFolder(t);
  let before = 0;
  let inTheMiddle = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const last = await killAWriter(directory, random);
    if (draftsIn(directory).length > 0) inTheMiddle++;
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
  }
  t.diagnostic(`${KILLS} kills, ${inTheMiddle} of them while a file was being written`);
});

function draftsIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('.draft-'));
}

/** @returns the last change said to be on disk */
async function killAWriter(directory: string, random: Random): Promise<number> {
  let changesLeft = random.integer(1, 12);
  const child = new Child(process.execPath, ['--import', 'tsx', writer, directory], {
    line: () => {
      if (--changesLeft === 0) void killSoon();
    },
  });
  // Some turns of our loop more, so that it is not always the same moment of theirs.
  const killSoon = async (): Promise<void> => {
    for (let turns = random.integer(0, 400); turns > 0; turns--) await turn();
    child.signal('SIGKILL');
  };
  const { signal } = await child.ended;
  assert.equal(signal, 'SIGKILL', child.stderr);
  return Number(child.stdout.trimEnd().split('\n').at(-1));
}
