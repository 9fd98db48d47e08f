import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { Command } from '../../electron/nbd/constants.ts';
import { LateDevice, LostDevice, MemoryDevice } from './devices.ts';
import { attached, command, DISCONNECT, RawPeer, simpleReply } from './raw.ts';
import { pattern } from './requests.ts';
import { TestServer } from './serve.ts';

const MIB = 1 << 20;

test('announcing 32 MiB many times costs the server little memory', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(64 * MIB) });
  const peers = await Promise.all(Array.from({ length: 64 }, () => attached(server.socket, 'disk')));
  const before = process.memoryUsage();
  for (const peer of peers) peer.write(command(Command.write, 1, 0, 32 * MIB), Buffer.alloc(100));
  // Each has been read when a request made after it is answered.
  const probe = await attached(server.socket, 'disk');
  probe.write(command(Command.flush, 1, 0, 0));
  await simpleReply(probe);
  const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  assert.ok(grown < 16 * MIB, `${grown} bytes`);
  for (const peer of [...peers, probe]) peer.socket.destroy();
});

test('a client that never reads is not read either, and dropped after a while', async (t) => {
  const device = new MemoryDevice(4 * MIB);
  const server = await TestServer.start(t, { disk: device }, { stallMs: 200 });
  const peer = await attached(server.socket, 'disk');
  peer.socket.pause();
  const requests = Array.from({ length: 4000 }, (_, i) => command(Command.read, i, 0, MIB));
  peer.write(...requests);
  await server.until(() => server.warnings.length === 1);
  assert.match(server.warnings[0] as string, /took no reply for 0.2 s while \d+ bytes wait/);
  assert.ok((device.counts[BlockOp.read] as number) < 20, `${device.counts[BlockOp.read]} reads done`);
  await server.server.close();
  assert.equal(server.directory.closes, server.directory.opens);
  peer.socket.destroy();
});

test('a slow reader is not dropped, and gets everything in order', async (t) => {
  const device = new MemoryDevice(MIB);
  device.bytes.set(pattern(MIB, 3));
  const server = await TestServer.start(t, { disk: device }, { unsentBytes: 64 << 10, bytes: 256 << 10 });
  const peer = await attached(server.socket, 'disk');
  t.after(() => peer.socket.destroy());
  const count = 3000;
  const at = (i: number): number => ((i * 7) % 2000) * 512;
  const length = (i: number): number => [512, 4096, 20480][i % 3] as number;
  const requests = Array.from({ length: count }, (_, i) => command(Command.read, i, at(i), length(i)));
  peer.write(...requests);
  for (let i = 0; i < count; i++) {
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: i });
    const data = await peer.read(length(i));
    assert.ok(data.equals(device.bytes.subarray(at(i), at(i) + length(i))), `reply ${i}`);
  }
  assert.deepEqual(server.warnings, []);
});

test('no more requests than allowed are in flight, and none is lost', async (t) => {
  const device = new LateDevice(MIB);
  const server = await TestServer.start(t, { disk: device }, { requests: 8 });
  const peer = await attached(server.socket, 'disk');
  t.after(() => peer.socket.destroy());
  const payload = pattern(16384, 1);
  const parts: Buffer[] = [];
  for (let i = 0; i < 300; i++) {
    if (i % 3 === 0) parts.push(command(Command.write, i, (i % 20) * 16384, 16384), payload);
    else parts.push(command(Command.read, i, 0, 0));
    if (i % 3 === 1) parts.push(command(Command.flush, 1000 + i, 0, 0));
  }
  peer.write(...parts);
  const cookies = new Set<number>();
  while (cookies.size < 400) cookies.add((await simpleReply(peer)).cookie);
  assert.equal(device.mostHeld, 8);
  assert.equal(device.counts[BlockOp.write], 100);
});

test('bytes in flight are limited too', async (t) => {
  const device = new LateDevice(MIB);
  device.isHolding = true;
  const server = await TestServer.start(t, { disk: device }, { bytes: 256 << 10 });
  const peer = await attached(server.socket, 'disk');
  t.after(() => peer.socket.destroy());
  peer.write(...Array.from({ length: 100 }, (_, i) => command(Command.read, i, 0, 65536)));
  const other = await attached(server.socket, 'disk');
  t.after(() => other.socket.destroy());
  await device.holds(5);
  other.write(command(Command.read, 1, 0, 65536));
  await device.holds(6);
  assert.equal(device.mostHeld, 6);
  device.release();
  for (let i = 0; i < 100; i++) await peer.read(16 + 65536);
  await other.read(16 + 65536);
  assert.ok(device.mostHeld <= 6);
});

test('requests in flight when the client goes are waited for', async (t) => {
  const device = new LateDevice(MIB);
  device.isHolding = true;
  const server = await TestServer.start(t, { disk: device });
  const peer = await attached(server.socket, 'disk');
  const writes = Array.from({ length: 10 }, (_, i) => [
    command(Command.write, i, i * 16384, 16384),
    Buffer.alloc(16384, i + 1),
  ]);
  peer.write(...writes.flat());
  await device.holds(10);
  peer.socket.destroy();
  await peer.closed;
  const other = await attached(server.socket, 'disk'); // some turns of the loop, with the socket gone
  other.write(DISCONNECT);
  await other.closed;
  await server.until(() => server.events.filter(({ kind }) => kind === 'detached').length === 1);
  assert.equal(server.directory.closes, 1, 'only the other one');
  device.release();
  await server.until(() => server.events.filter(({ kind }) => kind === 'detached').length === 2);
  assert.equal(server.directory.closes, 2);
  for (let i = 0; i < 10; i++) assert.equal(device.bytes[i * 16384 + 9], i + 1);
});

test('close answers what is in flight, then hangs up', async (t) => {
  const device = new LateDevice(MIB);
  device.isHolding = true;
  const server = await TestServer.start(t, { disk: device });
  const peer = await attached(server.socket, 'disk');
  const idle = await attached(server.socket, 'disk');
  const negotiating = await RawPeer.connect(server.socket);
  await negotiating.read(18);
  peer.write(command(Command.write, 1, 0, 65536), Buffer.alloc(65536, 7), command(Command.read, 2, 0, 512));
  await device.holds(2);
  const closing = server.server.close();
  await Promise.all([idle.closed, negotiating.closed]);
  await assert.rejects(RawPeer.connect(server.socket));
  device.release();
  const replies = [await peer.read(16 + 512 + 16), await peer.closed];
  assert.ok(replies[0] !== undefined);
  await closing;
  assert.equal(server.directory.closes, 2);
});

test('a path lost while the server closes is its shutdown, not an error of the medium', async (t) => {
  const device = new LostDevice(MIB);
  device.isHolding = true;
  const server = await TestServer.start(t, { disk: device });
  const peer = await attached(server.socket, 'disk');
  peer.write(command(Command.flush, 1, 0, 0));
  await device.holds(1);
  const closing = server.server.close();
  device.release();
  assert.deepEqual(await simpleReply(peer), { errno: 108, cookie: 1 });
  await Promise.all([peer.closed, closing]);
});

test('clients over the limit are hung up on, and room is given again', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) }, { clients: 3 });
  const peers = await Promise.all(Array.from({ length: 3 }, () => attached(server.socket, 'disk')));
  await assert.rejects(attached(server.socket, 'disk'));
  await assert.rejects(attached(server.socket, 'disk'));
  assert.equal(server.warnings.length, 1);
  assert.match(server.warnings[0] as string, /refused, 3 clients are connected/);
  for (const peer of peers) {
    peer.write(DISCONNECT);
    await peer.closed;
  }
  await server.until(() => server.events.filter(({ kind }) => kind === 'detached').length === 3);
  const next = await attached(server.socket, 'disk');
  next.socket.destroy();
});

test('silent clients make room for those that come, the oldest first, with one line', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) }, { clients: 3 });
  const user = await attached(server.socket, 'disk');
  const silent = [await RawPeer.connect(server.socket), await RawPeer.connect(server.socket)];
  for (const peer of silent) await peer.read(18);
  const next = await attached(server.socket, 'disk');
  await silent[0]?.closed;
  const last = await attached(server.socket, 'disk');
  await silent[1]?.closed;
  await assert.rejects(attached(server.socket, 'disk'), 'nobody is left who could go');
  for (const peer of [user, next, last]) {
    peer.write(command(Command.flush, 1, 0, 0));
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: 1 });
    peer.socket.destroy();
  }
  assert.equal(server.warnings.length, 1);
  assert.match(server.warnings[0] as string, /made room for a newer client, 3 clients are connected/);
});
