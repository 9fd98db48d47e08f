import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NumbersFile } from '../../electron/host/state-file.ts';
import { turn } from '../block/support/until.ts';
import { temporaryFolder } from '../media/folder.ts';
import { killWriters } from './support/killed-writer.ts';
import { collectedLog } from './support/log.ts';

const KILLS = {
  script: new URL('support/numbers-writer.ts', import.meta.url),
  kills: 8,
  lines: [1, 12],
  turns: 200,
} as const;

test('killed at any moment, units keep the numbers they were said to have', async (t) => {
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  await killWriters(
    t,
    KILLS,
    () => [directory],
    (said) => {
      const inTheMiddle = existsSync(join(directory, 'unit-numbers.json.lock'));
      const last = Number(said.at(-1));
      const found = new NumbersFile(log, directory).load();
      assert.ok(
        found.length === last || found.length === last + 1,
        `${found.length} where ${last} were said`,
      );
      assert.deepEqual(
        found,
        found.map((_, n) => [`S${n}`, n]),
      );
      return inTheMiddle;
    },
  );
  const file = new NumbersFile(log, directory);
  file.save(new Map(file.load()));
  await turn();
  assert.deepEqual(readdirSync(directory), ['unit-numbers.json'], 'nothing of the killed is left');
  assert.deepEqual(lines, []);
});
