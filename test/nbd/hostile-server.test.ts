import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import {
  type Asked,
  agree,
  blockSizeInfo,
  chunk,
  dial,
  exportInfo,
  fakeServer,
  GREETING,
  reply,
  simple,
  takeOption,
  takeRequest,
} from './fake-server.ts';
import { type RawPeer, u16, u32, u64 } from './raw.ts';
import { io, TestRequest } from './requests.ts';

const HANDSHAKES: Record<string, { say: Buffer; message: RegExp; code?: string }> = {
  'another protocol': { say: Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian'), message: /does not speak NBD/ },
  'the oldstyle handshake': {
    say: Buffer.concat([Buffer.from('NBDMAGIC'), u32(0x00420281, 0x86125300), u64(1n << 20n)]),
    message: /oldstyle/,
  },
  'a wrong reply magic': { say: Buffer.concat([GREETING, Buffer.alloc(20)]), message: /no answer/ },
  'a reply to another option': { say: Buffer.concat([GREETING, reply(3, 1)]), message: /no answer/ },
  'a reply of 4 GiB': {
    say: Buffer.concat([GREETING, reply(8, 1).subarray(0, 16), u32(0xffffffff)]),
    message: /answer of 4294967295 bytes/,
  },
  'an end without a size': {
    say: Buffer.concat([GREETING, reply(8, 1), reply(7, 1)]),
    message: /did not tell the size/,
  },
  'a size over 2^53': {
    say: Buffer.concat([GREETING, reply(8, 1), reply(7, 3, exportInfo(1n << 63n, 1)), reply(7, 1)]),
    message: /larger than 2\^53/,
  },
  'information cut short': {
    say: Buffer.concat([GREETING, reply(8, 1), reply(7, 3, u16(0))]),
    message: /malformed information/,
  },
  'blocks of 1000 bytes': {
    say: Buffer.concat([
      GREETING,
      reply(8, 1),
      reply(7, 3, exportInfo(1n << 20n, 1)),
      reply(7, 3, blockSizeInfo(1000, 4096, 1 << 20)),
      reply(7, 1),
    ]),
    message: /blocks of 1000 bytes/,
  },
  'payloads of 0 bytes': {
    say: Buffer.concat([
      GREETING,
      reply(8, 1),
      reply(7, 3, exportInfo(1n << 20n, 1)),
      reply(7, 3, blockSizeInfo(512, 4096, 0)),
      reply(7, 1),
    ]),
    message: /at most 0 bytes/,
  },
  'information without end': {
    say: Buffer.concat([GREETING, reply(8, 1), ...Array.from({ length: 70 }, () => reply(7, 3, u16(9)))]),
    message: /no end/,
  },
  'a refusal for TLS': {
    say: Buffer.concat([GREETING, reply(8, 0x80000005, Buffer.from('use TLS\x1b[2J'))]),
    message: /requires TLS, which is not supported \(it says "use TLS\\u001b\[2J"\)/,
    code: 'refused',
  },
};

for (const [what, { say, message, code }] of Object.entries(HANDSHAKES)) {
  test(`handshake: ${what} is refused with one clear error`, async (t) => {
    const uri = await fakeServer(t, async (peer) => peer.write(say));
    await assert.rejects(dial(uri), { name: 'NbdConnectError', code: code ?? 'protocol', message });
  });
}

/** What does something to a terminal or a log, though JSON lets it stand. */
const ODD = 'a\x9b31m\u202eb\u2028c\x7f\ud83d\ude00';
const MADE_PLAIN = 'a\\u{9b}31m\\u{202e}b\\u{2028}c\\u{7f}\ud83d\ude00';

test('handshake: what a server says is made plain', async (t) => {
  const uri = await fakeServer(t, async (peer) => {
    peer.write(GREETING, reply(8, 1), reply(7, 0x80000002, Buffer.from(ODD)));
  });
  await assert.rejects(dial(uri), ({ message }: Error) => message.includes(`"${MADE_PLAIN}"`));
});

test('transmission: what a server says is made plain', async (t) => {
  const said = Buffer.from(`${ODD}\n\x1b[2J`);
  const uri = await fakeServer(t, async (peer) => {
    await agree(peer);
    const { cookie } = await takeRequest(peer);
    peer.write(chunk(cookie, 0x8001, true, u32(5), u16(said.length), said));
  });
  const client = await dial(uri);
  const request = new TestRequest(BlockOp.read, 0, 512, Buffer.alloc(512));
  client.submit(request);
  const error = await request.over;
  assert.equal(error?.code, 'io');
  assert.ok(error?.message.endsWith(`(${MADE_PLAIN}\\u{a}\\u{1b}[2J)`), error?.message);
  await client.close();
});

test('handshake: a silent server is given up', async (t) => {
  const uri = await fakeServer(t, async (peer) => peer.write(GREETING));
  await assert.rejects(dial(uri, { timeoutMs: 50 }), { code: 'timeout', message: /no answer in 0.05 s/ });
});

test('handshake: it can be cancelled', async (t) => {
  const abort = new AbortController();
  const uri = await fakeServer(t, async () => abort.abort(new Error('enough')));
  await assert.rejects(dial(uri, { signal: abort.signal }), { message: 'enough' });
});

const TRANSMISSIONS: Record<string, { answer: (asked: Asked) => Buffer; reason: RegExp }> = {
  'a wrong magic': { answer: () => Buffer.alloc(20, 1), reason: /magic number 0x1010101/ },
  'a reply to nothing': {
    answer: () => simple(Buffer.from('0123456789abcdef', 'hex')),
    reason: /nothing that was asked/,
  },
  'a cookie of another generation': {
    answer: ({ cookie }) => chunk(Buffer.concat([u32(1), cookie.subarray(4)]), 0, true),
    reason: /nothing that was asked/,
  },
  'a simple reply to a read': { answer: ({ cookie }) => simple(cookie), reason: /simple reply to a read/ },
  'data before the range': {
    answer: ({ cookie }) => chunk(cookie, 1, true, u64(0n), Buffer.alloc(65536)),
    reason: /outside what was asked/,
  },
  'data behind the range': {
    answer: ({ cookie, offset }) => chunk(cookie, 1, true, u64(BigInt(offset + 512)), Buffer.alloc(65536)),
    reason: /outside what was asked/,
  },
  'data far away': {
    answer: ({ cookie }) => chunk(cookie, 1, true, u64(2n ** 64n - 1n), Buffer.alloc(512)),
    reason: /outside what was asked/,
  },
  'a chunk of 4 GiB': {
    answer: ({ cookie, offset }) =>
      Buffer.concat([
        chunk(cookie, 1, true).subarray(0, 16),
        u32(0xffffffff),
        u64(BigInt(offset)),
        Buffer.alloc(4096),
      ]),
    reason: /outside what was asked/,
  },
  'the same data twice': {
    answer: ({ cookie, offset }) => {
      const data = chunk(cookie, 1, false, u64(BigInt(offset)), Buffer.alloc(512));
      return Buffer.concat([data, data]);
    },
    reason: /twice/,
  },
  'a hole over data': {
    answer: ({ cookie, offset }) =>
      Buffer.concat([
        chunk(cookie, 1, false, u64(BigInt(offset + 512)), Buffer.alloc(512)),
        chunk(cookie, 2, true, u64(BigInt(offset)), u32(65536)),
      ]),
    reason: /twice/,
  },
  'success without all data': {
    answer: ({ cookie, offset }) => chunk(cookie, 1, true, u64(BigInt(offset)), Buffer.alloc(65535)),
    reason: /without all of its data/,
  },
  'success without data': {
    answer: ({ cookie }) => chunk(cookie, 0, true),
    reason: /without all of its data/,
  },
  'an empty chunk that goes on': { answer: ({ cookie }) => chunk(cookie, 0, false), reason: /empty chunk/ },
  'a chunk of an unknown type': {
    answer: ({ cookie }) => chunk(cookie, 99, true, u64(0n)),
    reason: /chunk of type 99/,
  },
  'block status nobody asked for': {
    answer: ({ cookie }) => chunk(cookie, 5, true, u32(1, 512, 0)),
    reason: /chunk of type 5/,
  },
  'an error without a number': {
    answer: ({ cookie }) => chunk(cookie, 0x8001, true, u32(0), u16(0)),
    reason: /malformed error/,
  },
  'an error with a message longer than itself': {
    answer: ({ cookie }) => chunk(cookie, 0x8001, true, u32(5), u16(50), Buffer.from('short')),
    reason: /malformed error/,
  },
  'a double reply': {
    answer: ({ cookie }) => {
      const error = chunk(cookie, 0x8001, true, u32(5), u16(0));
      return Buffer.concat([error, error]);
    },
    reason: /nothing that was asked/,
  },
};

for (const [what, { answer, reason }] of Object.entries(TRANSMISSIONS)) {
  test(`transmission: ${what} ends the connection and every request once`, async (t) => {
    const uri = await fakeServer(t, async (peer) => {
      await agree(peer);
      peer.write(answer(await takeRequest(peer)));
    });
    const lost: Error[] = [];
    const client = await dial(uri, { onLost: (error) => lost.push(error) });
    const requests = [
      new TestRequest(BlockOp.read, 65536, 65536, Buffer.alloc(65536)),
      new TestRequest(BlockOp.write, 0, 65536, Buffer.alloc(65536)),
      new TestRequest(BlockOp.flush, 0, 0),
    ];
    for (const request of requests) client.submit(request);
    const errors = await Promise.all(requests.map((request) => request.over));
    const [first, ...others] = what === 'a double reply' ? errors.reverse() : errors;
    assert.equal(first?.code, 'path');
    assert.match(first?.message ?? '', reason);
    assert.match(first?.message ?? '', /unix:.* "disk": connection lost: the server sent|the server ended a/);
    assert.ok(others.length === 2);
    assert.equal(lost.length, 1);
    await client.close();
    assert.deepEqual(
      requests.map((request) => request.ends),
      [1, 1, 1],
    );
  });
}

test('a server that dies in every place ends all requests with path', async (t) => {
  const whole = ({ cookie, offset }: Asked): Buffer =>
    Buffer.concat([
      chunk(cookie, 1, false, u64(BigInt(offset)), Buffer.alloc(40_000)),
      chunk(cookie, 1, true, u64(BigInt(offset + 40_000)), Buffer.alloc(25_536)),
    ]);
  for (const cut of [0, 1, 3, 4, 16, 19, 20, 27, 28, 29, 4096, 40_000, 40_027, 40_029, 40_050, 50_000]) {
    const uri = await fakeServer(t, async (peer) => {
      await agree(peer);
      peer.write(whole(await takeRequest(peer)).subarray(0, cut));
      peer.socket.end();
    });
    const client = await dial(uri);
    const read = new TestRequest(BlockOp.read, 0, 65536, Buffer.alloc(65536));
    client.submit(read);
    assert.equal((await read.over)?.code, 'path', `cut at ${cut}`);
    assert.equal(read.ends, 1);
  }
});

test('replies in any order, in parts of any order and any cut', async (t) => {
  for (const pieceBytes of [1, 19, 1000, 1 << 20]) {
    const uri = await fakeServer(t, async (peer) => {
      await agree(peer);
      const asked = [await takeRequest(peer), await takeRequest(peer), await takeRequest(peer)];
      const parts: Buffer[] = [];
      for (const { cookie, offset, length } of asked.reverse()) {
        const half = length / 2;
        parts.push(
          chunk(cookie, 1, false, u64(BigInt(offset + half)), Buffer.alloc(half, offset / 4096 + 1)),
          chunk(cookie, 2, false, u64(BigInt(offset)), u32(512)),
        );
        const rest = Buffer.alloc(half - 512, offset / 4096 + 2);
        parts.push(chunk(cookie, 1, true, u64(BigInt(offset + 512)), rest));
      }
      const all = Buffer.concat(parts);
      for (let at = 0; at < all.length; at += pieceBytes) {
        const part = all.subarray(at, at + pieceBytes);
        await new Promise((resolve) => peer.socket.write(part, resolve));
      }
    });
    const client = await dial(uri);
    const sizes = [4096, 8192, 65536];
    const reads = sizes.map((length, i) => {
      const read = new TestRequest(BlockOp.read, i * 4096, length, Buffer.alloc(length, 0xaa));
      client.submit(read);
      return read;
    });
    for (const [i, read] of reads.entries()) {
      assert.equal(await read.over, null);
      assert.equal(read.filled, read.length);
      const half = read.length / 2;
      const expected = Buffer.concat([
        Buffer.alloc(512),
        Buffer.alloc(half - 512, i + 2),
        Buffer.alloc(half, i + 1),
      ]);
      assert.ok(expected.equals(read.buffer), `read ${i}, pieces of ${pieceBytes}`);
    }
    await client.close();
  }
});

test('a silent server is given up while requests wait', async (t) => {
  const uri = await fakeServer(t, (peer) => agree(peer));
  const client = await dial(uri, { replyTimeoutMs: 60 });
  const { error } = await io(client, BlockOp.read, 0, 512, Buffer.alloc(512));
  assert.equal(error?.code, 'path');
  assert.match(error?.message ?? '', /no reply in the time allowed/);
});

test('a write is not done before its data has left, even when answered', async (t) => {
  let peer: RawPeer | undefined;
  const uri = await fakeServer(t, async (server) => {
    await agree(server);
    const { cookie } = await takeRequest(server);
    server.socket.pause();
    server.write(simple(cookie));
    peer = server;
  });
  const client = await dial(uri);
  const write = new TestRequest(BlockOp.write, 0, 1 << 20, Buffer.alloc(1 << 20));
  const flush = new TestRequest(BlockOp.read, 0, 512, Buffer.alloc(512));
  client.submit(write);
  while (peer === undefined) await new Promise(setImmediate);
  for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
  assert.equal(write.ends, 0, 'the buffer is still being sent');
  peer.socket.resume();
  assert.equal(await write.over, null);
  client.submit(flush);
  await client.close();
  assert.equal((await flush.over)?.code, 'path');
});

test('a server that lists its limits has requests cut to them', async (t) => {
  const seen: number[] = [];
  const uri = await fakeServer(t, async (peer) => {
    peer.write(GREETING);
    await peer.read(4);
    await takeOption(peer);
    peer.write(reply(8, 0x80000001));
    const { data } = await takeOption(peer);
    assert.equal(data.toString('latin1', 4, 8), 'disk');
    peer.write(reply(7, 3, exportInfo(1n << 40n, 0x1)), reply(7, 3, blockSizeInfo(4096, 4096, 10_000)));
    peer.write(reply(7, 1));
    for (;;) {
      const { cookie, length } = await takeRequest(peer);
      seen.push(length);
      peer.write(simple(cookie), Buffer.alloc(length));
    }
  });
  const client = await dial(uri);
  assert.equal(client.blockBytes, 4096);
  assert.equal(client.sizeBytes, 2 ** 40);
  const { error, filled } = await io(client, BlockOp.read, 2 ** 39, 20480, Buffer.alloc(20480));
  assert.equal(error, null);
  assert.equal(filled, 20480);
  assert.deepEqual(seen, [8192, 8192, 4096]);
  assert.equal((await io(client, BlockOp.flush, 0, 0)).error, null, 'nothing to flush there');
  assert.equal((await io(client, BlockOp.discard, 0, 4096)).error?.code, 'unsupported');
  await client.close();
});
