import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { locked } from '../../electron/host/file-lock.ts';
import { HostError } from '../../electron/host/host-error.ts';
import { markOf } from '../../electron/host/process-mark.ts';
import { Child } from '../e2e/support/child.ts';
import { temporaryFolder } from '../media/folder.ts';
import { bundled, killWriters } from './support/killed-writer.ts';

const HOLDER = new URL('support/lock-holder.ts', import.meta.url);

test('holders are killed at any moment: the next one is in at once, alone, and tidies up', async (t) => {
  const directory = temporaryFolder(t);
  const rival = new Child(process.execPath, [await bundled(t, HOLDER), directory]);
  t.after(() => rival.signal('SIGKILL'));
  let last = 0;
  let slow = 0;
  await killWriters(
    t,
    { script: HOLDER, kills: 8, lines: [1, 60], turns: 100 },
    () => [directory],
    async (said) => {
      for (const line of said.filter((text) => text !== 'inside')) {
        assert.ok(Number(line) > last, `${line} after ${last}: no count is lost`);
        last = Number(line);
      }
      const counts = rival.stdout.length;
      const startMs = performance.now();
      while (rival.stdout.length === counts) {
        assert.equal(rival.ending, undefined, rival.stderr);
        await Promise.race([rival.printed(), rival.ended]);
      }
      if (performance.now() - startMs > 1_500) slow++;
      return said.at(-1) === 'inside';
    },
  );
  // Between a lock is made and its mark is in it are some microseconds.
  assert.ok(slow <= 1, `${slow} times a lock was waited for until it was old`);
  rival.signal('SIGKILL');
  await rival.ended;
  locked(join(directory, 'count'), () => {});
  rmSync(join(directory, 'inside'), { force: true });
  assert.deepEqual(readdirSync(directory), ['count']);
});

test('the lock of a process that runs is not taken away, however old it is', (t) => {
  const path = join(temporaryFolder(t), 'file');
  const mark = markOf(process.ppid);
  writeFileSync(`${path}.lock`, JSON.stringify(mark));
  utimesSync(`${path}.lock`, 0, 0);
  assert.throws(
    () => locked(path, () => assert.fail('two inside')),
    (error: HostError) => error instanceof HostError && error.kind === 'busy' && error.message.includes(path),
  );
  // What another host, or one that was killed before it could sign, has left is known by its age alone.
  for (const text of ['', JSON.stringify({ ...mark, host: 'another-host' })]) {
    writeFileSync(`${path}.lock`, text);
    utimesSync(`${path}.lock`, 0, 0);
    assert.equal(
      locked(path, () => existsSync(`${path}.lock`)),
      true,
    );
  }
  assert.equal(existsSync(`${path}.lock`), false);
});
