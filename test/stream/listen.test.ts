import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Address } from '../../electron/stream/address.ts';
import { connect } from '../../electron/stream/connect.ts';
import { ListenError, listen } from '../../electron/stream/listen.ts';
import { folderFor } from './support/folder.ts';
import { KeepingSink } from './support/sink.ts';

const local: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };
const unix = (path: string): Address => ({ kind: 'unix', path });

async function refuses(address: Address, code: ListenError['code'], text: RegExp): Promise<void> {
  await assert.rejects(
    listen(address, () => assert.fail('accepted')),
    (error: Error) => error instanceof ListenError && error.code === code && text.test(error.message),
  );
}

test('a port in use', async () => {
  const listener = await listen(local, () => {});
  await refuses(listener.address, 'in-use', /^cannot listen on 127\.0\.0\.1:\d+: already in use/);
  await listener.close();
});

test('an address of another machine', () =>
  refuses({ kind: 'tcp', host: '192.0.2.1', port: 0 }, 'bad-address', /not an address of this machine/));

test('a folder that is not there', async (t) =>
  refuses(unix(join(folderFor(t), 'none', 's')), 'denied', /^cannot listen on unix:.*foreign directories/));

test("a UNIX socket is its owner's alone, and gone after close", async (t) => {
  const path = join(folderFor(t), 's');
  const umask = process.umask();
  const listener = await listen(unix(path), (stream) => stream.destroy());
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
  assert.equal(process.umask(), umask);
  await listener.close();
  assert.ok(!existsSync(path));
});

test('a live UNIX socket is left alone', async (t) => {
  const path = join(folderFor(t), 's');
  let accepted = 0;
  const listener = await listen(unix(path), (stream) => {
    accepted++;
    new KeepingSink(stream);
    stream.end();
  });
  await refuses(unix(path), 'in-use', /already in use by another program/);
  const sink = new KeepingSink(await connect(unix(path)));
  assert.equal(await sink.closedWith, undefined);
  assert.ok(accepted >= 1);
  await listener.close();
});

test('the socket of a killed program is replaced', async (t) => {
  const path = join(folderFor(t), 's');
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  assert.equal(spawnSync(process.execPath, ['-e', script, path]).signal, 'SIGKILL');
  assert.ok(lstatSync(path).isSocket());
  const listener = await listen(unix(path), (stream) => {
    new KeepingSink(stream);
    stream.end(); // says that it is this one
  });
  const sink = new KeepingSink(await connect(unix(path)));
  assert.equal(await sink.closedWith, undefined);
  await listener.close();
});

test('another kind of file is refused and stays as it is', async (t) => {
  const path = join(folderFor(t), 's');
  writeFileSync(path, 'precious');
  await refuses(unix(path), 'in-use', /a file that is no socket stands there/);
  assert.equal(readFileSync(path, 'utf8'), 'precious');
});

test('close takes no more connections and leaves the accepted ones', async () => {
  let accept: (sink: KeepingSink) => void = () => {};
  const accepted = new Promise<KeepingSink>((resolve) => {
    accept = resolve;
  });
  const listener = await listen(local, (stream) => accept(new KeepingSink(stream)));
  const stream = await connect(listener.address);
  const sink = new KeepingSink(stream);
  const other = await accepted;
  await listener.close();
  await assert.rejects(connect(listener.address), { code: 'refused' });
  stream.write([Buffer.from('still here')], () => {});
  await other.has(10);
  stream.end();
  assert.equal(await sink.closedWith, undefined);
  assert.equal(await other.closedWith, undefined);
});
