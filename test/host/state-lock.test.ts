import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ShowAnswer, StateLock } from '../../electron/host/state-lock.ts';

const SHOWN: ShowAnswer = { kind: 'serve', url: 'http://127.0.0.1:1/#token=x', address: '127.0.0.1:1' };

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-lock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function lockOn(t: TestContext, folder: string, onShow = async (): Promise<ShowAnswer> => SHOWN) {
  const lock = await StateLock.take(folder, onShow);
  assert.ok(lock instanceof StateLock);
  t.after(() => lock.release());
  return lock;
}

const never = (): Promise<ShowAnswer> => assert.fail('asked, though it is second');

test('the first has the directory, made for its owner alone', async (t) => {
  const folder = join(folderFor(t), 'new', 'state');
  await lockOn(t, folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(lstatSync(join(folder, 'host.sock')).mode & 0o777, 0o600);
});

test('the second hears what the first shows', async (t) => {
  const folder = folderFor(t);
  let asked = 0;
  await lockOn(t, folder, async () => {
    asked++;
    return SHOWN;
  });
  assert.deepEqual(await StateLock.take(folder, never), SHOWN);
  assert.deepEqual(await StateLock.take(folder, never), SHOWN);
  assert.equal(asked, 2);
  const other = folderFor(t);
  await lockOn(t, other, async () => ({ kind: 'window' }));
  assert.deepEqual(await StateLock.take(other, never), { kind: 'window' });
});

test('a directory let go is free', async (t) => {
  const folder = folderFor(t);
  const lock = await lockOn(t, folder);
  await lock.release();
  assert.ok(!existsSync(join(folder, 'host.sock')));
  await lockOn(t, folder);
});

test('the lock of a killed process is taken over', async (t) => {
  const folder = folderFor(t);
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  assert.equal(spawnSync(process.execPath, ['-e', script, join(folder, 'host.sock')]).signal, 'SIGKILL');
  await lockOn(t, folder);
  assert.deepEqual(await StateLock.take(folder, never), SHOWN);
});

test('of ten at once one is first, and the others hear it', async (t) => {
  const folder = folderFor(t);
  let locks = 0;
  const all = await Promise.all(
    Array.from({ length: 10 }, () =>
      StateLock.take(folder, async () => {
        assert.equal(locks, 1);
        return SHOWN;
      }).then((taken) => {
        if (!(taken instanceof StateLock)) return taken;
        locks++;
        t.after(() => taken.release());
        return undefined;
      }),
    ),
  );
  assert.equal(locks, 1);
  assert.deepEqual(
    all.filter((answer) => answer !== undefined),
    new Array(9).fill(SHOWN),
  );
});

test('a first that cannot show itself is busy, with the fix', async (t) => {
  const folder = folderFor(t);
  await lockOn(t, folder, async () => {
    throw new Error('no');
  });
  await assert.rejects(StateLock.take(folder, never), {
    kind: 'busy',
    message: /does not answer.*SPANDREL_STATE/,
  });
});

test('whatever else answers there is busy, and its URL not believed', async (t) => {
  for (const answer of [
    'x\n',
    '{}\n',
    `${'x'.repeat(10_000)}`,
    '{"kind":"serve","url":"file:///etc/passwd","address":""}\n',
    '{"kind":"serve","url":"javascript:alert(1)","address":""}\n',
  ]) {
    const folder = folderFor(t);
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(answer));
    });
    t.after(() => server.close());
    await new Promise<void>((resolve) => server.listen(join(folder, 'host.sock'), resolve));
    await assert.rejects(StateLock.take(folder, never), { kind: 'busy' }, answer.slice(0, 80));
  }
});

test('a first that says nothing is busy after a few seconds', async (t) => {
  const folder = folderFor(t);
  const server = createServer((socket) => socket.on('error', () => {}));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(folder, 'host.sock'), resolve));
  await assert.rejects(StateLock.take(folder, never), { kind: 'busy', message: /no answer in 5 s/ });
});

test('who asks wrongly is hung up on, and nothing is shown', async (t) => {
  const folder = folderFor(t);
  let asked = 0;
  await lockOn(t, folder, async () => {
    asked++;
    return SHOWN;
  });
  for (const question of ['x\n', '{}\n', '{"show":false}\n', '\n', `${'x'.repeat(10_000)}`]) {
    const said = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(join(folder, 'host.sock'), () => socket.write(question));
      socket.on('error', () => {});
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('close', () => resolve(text));
    });
    assert.equal(said, '');
  }
  assert.equal(asked, 0);
  assert.deepEqual(await StateLock.take(folder, never), SHOWN);
});

test('a directory that cannot be used is told, with the fix', async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await assert.rejects(StateLock.take(join(file, 'state'), never), {
    kind: 'local',
    message: /file\/state cannot be used: .*SPANDREL_STATE/,
  });
  await assert.rejects(StateLock.take(join(folder, 'x'.repeat(100)), never), {
    kind: 'local',
    message: /name is too long/,
  });
});
