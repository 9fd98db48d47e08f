import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { Command, Option, OptionError, OptionReply } from '../../electron/nbd/constants.ts';
import { LateDevice, MemoryDevice } from './devices.ts';
import {
  attached,
  CLIENT_FLAGS,
  command,
  DISCONNECT,
  option,
  optionReply,
  RawPeer,
  simpleReply,
  u16,
  u32,
} from './raw.ts';
import { pattern } from './requests.ts';
import { runOk } from './run.ts';
import { TestServer } from './serve.ts';

const MIB = 1 << 20;

async function greeted(t: TestContext, server: TestServer): Promise<RawPeer> {
  const peer = await RawPeer.connect(server.socket);
  t.after(() => peer.socket.destroy());
  const greeting = await peer.read(18);
  assert.equal(greeting.toString('latin1', 0, 16), 'NBDMAGICIHAVEOPT');
  assert.equal(greeting.readUInt16BE(16), 3);
  return peer;
}

/** The server still works for others, and all exports opened so far are closed. */
async function stillServes(server: TestServer): Promise<void> {
  assert.match(await runOk('nbdinfo', ['--size', server.uri('disk')]), /^\d+$/m);
  await server.server.close();
  assert.equal(server.directory.closes, server.directory.opens);
  assert.equal(server.server.clients.length, 0);
}

const DROPPED_HANDSHAKES: Record<string, { say: Buffer; reason: RegExp }> = {
  'unknown client flags': { say: u32(0x80000003), reason: /unknown handshake flags 0x80000003/ },
  'an option without magic': {
    say: Buffer.concat([CLIENT_FLAGS, Buffer.alloc(16, 0x41)]),
    reason: /without its magic/,
  },
  'an option of 4 GiB': {
    say: Buffer.concat([CLIENT_FLAGS, Buffer.from('IHAVEOPT'), u32(3, 0xffffffff)]),
    reason: /option 3 of 4294967295 bytes/,
  },
  'more than 32 options': {
    say: Buffer.concat([CLIENT_FLAGS, ...Array.from({ length: 33 }, () => option(3))]),
    reason: /more than 32 options/,
  },
  'an export name that is no text': {
    say: Buffer.concat([CLIENT_FLAGS, option(1, Buffer.from([0xff, 0xfe]))]),
    reason: /bad name/,
  },
  'an unknown export by EXPORT_NAME': {
    say: Buffer.concat([CLIENT_FLAGS, option(1, 'a"\nb')]),
    reason: /no export "a\\"\\nb"/,
  },
};

for (const [what, { say, reason }] of Object.entries(DROPPED_HANDSHAKES)) {
  test(`handshake: ${what} ends the connection`, async (t) => {
    const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) });
    const peer = await greeted(t, server);
    peer.write(say);
    await peer.closed;
    await server.until(() => server.warnings.length === 1);
    assert.match(server.warnings[0] as string, reason);
    assert.match(server.warnings[0] as string, /^unix:.*#\d+: dropped: /);
    await stillServes(server);
  });
}

test('handshake: options that are refused leave the negotiation open', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) });
  const peer = await greeted(t, server);
  peer.write(CLIENT_FLAGS);
  const long = Buffer.alloc(4097, 'n');
  const refused: [number, Buffer | string, number][] = [
    [5, '', OptionError.unsupported], // STARTTLS
    [77, 'whatever', OptionError.unsupported],
    [Option.list, 'x', OptionError.invalid],
    [Option.structuredReply, 'x', OptionError.invalid],
    [Option.setMetaContext, Buffer.concat([u32(0), u32(0)]), OptionError.invalid],
    [Option.go, '', OptionError.invalid],
    [Option.go, Buffer.concat([u32(0xffffffff), u16(0)]), OptionError.invalid],
    [Option.go, Buffer.concat([u32(4), Buffer.from('disk'), u16(3)]), OptionError.invalid],
    [Option.go, Buffer.concat([u32(4), Buffer.from('d\0sk'), u16(0)]), OptionError.invalid],
    [Option.go, Buffer.concat([u32(4097), long, u16(0)]), OptionError.tooBig],
    [Option.info, Buffer.concat([u32(4), Buffer.from('disc'), u16(0)]), OptionError.unknown],
  ];
  for (const [number, data, expected] of refused) {
    peer.write(option(number, data));
    const { type } = await optionReply(peer);
    assert.equal(type, expected, `option ${number}`);
  }
  peer.write(option(Option.structuredReply));
  assert.equal((await optionReply(peer)).type, OptionReply.ack);
  const queries = Buffer.concat([u32(4), Buffer.from('disk'), u32(0x7fffffff)]);
  peer.write(option(Option.setMetaContext, queries));
  assert.equal((await optionReply(peer)).type, OptionError.invalid);
  peer.write(option(Option.abort));
  assert.equal((await optionReply(peer)).type, OptionReply.ack);
  await peer.closed;
  assert.deepEqual(server.warnings, []);
  await stillServes(server);
});

test('handshake: one that does not end is ended', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) }, { handshakeMs: 60 });
  const silent = await greeted(t, server);
  const half = await greeted(t, server);
  half.write(CLIENT_FLAGS, option(Option.go, 'whatever').subarray(0, 20));
  await Promise.all([silent.closed, half.closed]);
  await server.until(() => server.warnings.length === 2);
  assert.match(server.warnings[0] as string, /negotiated for over 0.06 s/);
});

test('handshake and requests in one piece, and byte by byte', async (t) => {
  const device = new MemoryDevice(MIB);
  device.bytes.set(pattern(MIB, 5));
  const server = await TestServer.start(t, { disk: device });
  const data = pattern(20000 - (20000 % 512), 9);
  const session = Buffer.concat([
    CLIENT_FLAGS,
    option(Option.exportName, 'disk'),
    command(Command.write, 1, 512, data.length),
    data,
    command(Command.read, 2, 0, 1024),
    command(Command.write, 3, 0, 512),
    data.subarray(0, 512),
    command(Command.read, 4, 0, 512),
    DISCONNECT,
  ]);
  const before = device.bytes.subarray(0, 512).toString('hex');
  for (const pieceBytes of [session.length, 1, 27, 4096]) {
    device.bytes.set(pattern(MIB, 5));
    const peer = await greeted(t, server);
    for (let at = 0; at < session.length; at += pieceBytes) {
      const piece = session.subarray(at, at + pieceBytes);
      await new Promise((resolve) => peer.socket.write(piece, resolve));
    }
    await peer.read(10);
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: 1 });
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: 2 });
    const read = await peer.read(1024);
    assert.equal(read.subarray(0, 512).toString('hex'), before);
    assert.ok(read.subarray(512).equals(data.subarray(0, 512)));
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: 3 });
    assert.deepEqual(await simpleReply(peer), { errno: 0, cookie: 4 });
    assert.ok((await peer.read(512)).equals(data.subarray(0, 512)));
    await peer.closed;
    assert.ok(device.bytes.subarray(512, 512 + data.length).equals(data));
  }
});

const DROPPED_REQUESTS: Record<string, { say: Buffer; reason: RegExp }> = {
  'bad magic': { say: Buffer.alloc(28, 0x55), reason: /without its magic/ },
  'a write of 32 MiB and a bit': {
    say: command(Command.write, 1, 0, 32 * MIB + 1),
    reason: /write of 33554433 bytes/,
  },
  'a write of 4 GiB': { say: command(Command.write, 1, 0, 0xffffffff), reason: /write of 4294967295 bytes/ },
};

for (const [what, { say, reason }] of Object.entries(DROPPED_REQUESTS)) {
  test(`transmission: ${what} ends the connection`, async (t) => {
    const server = await TestServer.start(t, { disk: new LateDevice(MIB) });
    const peer = await attached(server.socket, 'disk');
    peer.write(command(Command.read, 9, 0, 512), say, command(Command.read, 10, 0, 512));
    await peer.closed;
    await server.until(() => server.warnings.length === 1);
    assert.match(server.warnings[0] as string, reason);
    await stillServes(server);
  });
}

test('transmission: unknown commands and too long reads get EINVAL, and the connection stays', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(64 * MIB) });
  const peer = await attached(server.socket, 'disk');
  t.after(() => peer.socket.destroy());
  const wrong = [
    command(99, 1, 0, 512),
    command(Command.read, 2, 0, 32 * MIB + 512),
    command(Command.read, 3, 0, 0xffffffff),
    command(Command.read, 4, 2n ** 64n - 512n, 512),
    command(Command.blockStatus, 5, 0, 512),
    command(Command.read, 6, 0, 512, 0x8000),
  ];
  peer.write(...wrong);
  for (let cookie = 1; cookie <= wrong.length; cookie++) {
    assert.deepEqual(await simpleReply(peer), { errno: 22, cookie });
  }
  peer.write(
    command(Command.read, 7, 0, 0),
    command(Command.write, 8, 0, 0),
    command(Command.read, 9, 0, 512),
  );
  for (const cookie of [7, 8, 9]) assert.deepEqual(await simpleReply(peer), { errno: 0, cookie });
});

test('a write cut short is not done, and its export is closed', async (t) => {
  for (const [announced, sent] of [
    [4096, 100],
    [65536, 40000],
    [32 * MIB, 100],
    [32 * MIB, 200_000],
  ] as const) {
    const device = new MemoryDevice(64 * MIB);
    const server = await TestServer.start(t, { disk: device });
    const peer = await attached(server.socket, 'disk');
    peer.write(command(Command.write, 1, 0, announced), Buffer.alloc(sent, 1));
    peer.socket.end();
    await server.until(() => server.events.length === 2);
    assert.equal(device.counts[BlockOp.write], 0);
    await stillServes(server);
  }
});

test('an export that cannot be opened is told to the client and, with the reason, to people', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) });
  const peer = await greeted(t, server);
  peer.write(CLIENT_FLAGS, option(Option.go, Buffer.concat([u32(6), Buffer.from('broken'), u16(0)])));
  const { type, data } = await optionReply(peer);
  assert.equal(type, OptionError.platform);
  assert.equal(data.toString(), 'export "broken" cannot be opened');
  assert.match(server.warnings[0] as string, /^unix:.*: cannot open export "broken": the medium is away$/);
  peer.write(option(Option.go, Buffer.concat([u32(4), Buffer.from('disk'), u16(0)])));
  assert.equal((await optionReply(peer)).type, OptionReply.info);
  peer.socket.destroy();
  await stillServes(server);
});

test('the session cut at every byte leaves nothing open', async (t) => {
  const server = await TestServer.start(t, { disk: new LateDevice(MIB) });
  const session = Buffer.concat([
    CLIENT_FLAGS,
    option(Option.structuredReply),
    option(Option.go, Buffer.concat([u32(4), Buffer.from('disk'), u16(1), u16(3)])),
    command(Command.write, 1, 0, 512),
    Buffer.alloc(512),
    command(Command.read, 2, 0, 512),
    command(Command.flush, 3, 0, 0),
  ]);
  const cuts = Array.from({ length: session.length }, (_, at) => at).filter(
    (at) => at < 130 || at % 16 === 0,
  );
  for (const at of cuts) {
    const peer = await RawPeer.connect(server.socket);
    peer.socket.write(session.subarray(0, at));
    if (at % 2 === 0) peer.socket.end();
    else peer.socket.destroy();
    await peer.closed;
  }
  await stillServes(server);
});
