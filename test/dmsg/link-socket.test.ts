import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, describe, test } from 'node:test';
import { Command, Flag } from '../../electron/dmsg/constants.ts';
import { clientConn, exporterConn } from '../../electron/dmsg/link-options.ts';
import { EMPTY_SPAN } from '../../electron/dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../../electron/dmsg/transaction.ts';
import type { Address } from '../../electron/stream/address.ts';
import type { ByteSink, ByteStream } from '../../electron/stream/byte-stream.ts';
import { connect } from '../../electron/stream/connect.ts';
import { type Listener, listen } from '../../electron/stream/listen.ts';
import { Random } from './support/random.ts';
import { join } from './support/raw-link.ts';
import { RawPeer } from './support/raw-peer.ts';
import { type End, eventually, linkOn, ping, quiet, turns, within } from './support/test-link.ts';

const { CREATE, DELETE, REPLY, REVTRANS } = Flag;
const disk = {
  ...EMPTY_SPAN,
  peerType: 2,
  pfsType: 3,
  sizeBytes: 1n << 20n,
  blockBytes: 512,
  pfsLabel: 'S1',
};
const random = new Random();
const folder = mkdtempSync(joinPath(tmpdir(), 'link-'));
const servers: Listener[] = [];
const streams: ByteStream[] = [];

after(async () => {
  for (const stream of streams) stream.destroy();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true });
});

const addresses: Readonly<Record<string, () => Address>> = {
  TCP: () => ({ kind: 'tcp', host: '127.0.0.1', port: 0 }),
  UNIX: () => ({ kind: 'unix', path: joinPath(folder, `s${servers.length}`) }),
};

/** A connected pair of sockets, each started by what is made of it. */
async function socketPair<A, B>(
  address: Address,
  dialled: (stream: ByteStream) => A,
  accepted: (stream: ByteStream) => B,
): Promise<[A, B]> {
  let came: (made: B) => void = () => {};
  const coming = new Promise<B>((resolve) => {
    came = resolve;
  });
  const server = await listen(address, (stream) => {
    streams.push(stream);
    came(accepted(stream));
  });
  servers.push(server);
  const stream = await connect(server.address);
  streams.push(stream);
  const a = dialled(stream);
  return [a, await within(coming, 'the connection')];
}

class Collector implements ByteSink {
  readonly closedWith: Promise<Error | undefined>;
  length = 0;
  readonly #parts: Buffer[] = [];
  readonly #memory = Buffer.alloc(10_000);
  #tell: (error: Error | undefined) => void = () => {};
  constructor() {
    this.closedWith = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }
  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
  target(): Uint8Array {
    return this.#memory;
  }
  received(bytes: number): void {
    this.length += bytes;
    this.#parts.push(Buffer.from(this.#memory.subarray(0, bytes)));
    this.#memory.fill(0xdb);
  }
  closed(error: Error | undefined): void {
    this.#tell(error);
  }
}

for (const [kind, address] of Object.entries(addresses)) {
  describe(`SocketStream (${kind})`, () => {
    const started = (stream: ByteStream): { stream: ByteStream; sink: Collector } => {
      const sink = new Collector();
      stream.start(sink);
      return { stream, sink };
    };

    test('bytes stand in the memory of the sink from the first on', async () => {
      const [a, b] = await socketPair(address(), started, started);
      const bytes = random.bytes(5_000);
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        from.stream.write([bytes.subarray(0, 1), bytes.subarray(1, 700), bytes.subarray(700)], () => {});
        await eventually(() => to.sink.length === bytes.length, 'the bytes');
        assert.ok(to.sink.bytes.equals(bytes));
      }
      a.stream.destroy();
      await within(b.sink.closedWith, 'the end');
    });

    test('what is written after the end does not spoil what was before', async () => {
      const [a, b] = await socketPair(address(), started, started);
      const bytes = random.bytes(3 << 20);
      let errors = 0;
      const done = (error?: Error): void => {
        if (error !== undefined) errors++;
      };
      a.stream.write([bytes], done);
      a.stream.end();
      a.stream.write([Buffer.from('late')], done);
      assert.equal(await within(b.sink.closedWith, 'the end'), undefined);
      assert.equal(await within(a.sink.closedWith, 'the end'), undefined);
      assert.ok(b.sink.bytes.equals(bytes));
      assert.equal(errors, 1);
      assert.equal(a.stream.unsentBytes, 0);
    });

    test('`done` is called once for each write, also of those the system never takes', async () => {
      const [a, b] = await socketPair(address(), started, started);
      b.stream.pause();
      const calls: (Error | undefined)[][] = [[], [], []];
      for (const own of calls) a.stream.write([Buffer.alloc(4 << 20)], (error) => own.push(error));
      assert.ok(a.stream.unsentBytes > 0);
      a.stream.destroy();
      await within(a.sink.closedWith, 'the end');
      await eventually(() => calls.every((own) => own.length === 1), 'the callbacks');
      await turns();
      assert.deepEqual(
        calls.map((own) => own.length),
        [1, 1, 1],
      );
      assert.ok(calls.at(-1)?.[0] instanceof Error, 'more than a socket holds was lost');
      assert.equal(a.stream.unsentBytes, 0);
      b.stream.destroy();
    });
  });

  describe(`Link (${kind})`, () => {
    test('up, spans, pings, a payload each way, orderly close', async () => {
      const [dialer, listener] = await socketPair<End, End>(
        address(),
        (stream) => linkOn(stream, quiet('dialer', { conn: clientConn() })),
        (stream) => linkOn(stream, quiet('listener', { conn: exporterConn() })),
      );
      await within(Promise.all([dialer.user.isUp, listener.user.isUp]), 'up');
      await Promise.all([ping(dialer.link), ping(listener.link)]);
      const payload = random.bytes(300_000);
      const echo: TransactionHandler = {
        message: () => {},
        lost: () => {},
        opened: (child, message) => {
          child.handler = echo;
          const copy = Buffer.from(message.payload);
          listener.link.mux.begin(child, Command.LNK_ERROR, true);
          listener.link.mux.writer.finishWith(copy, () => {});
        },
      };
      let span: Transaction | undefined;
      dialer.user.take = (_link, _span, transaction) => {
        span = transaction;
        return { message: (own) => own.rxClosed && dialer.link.mux.end(own), lost: () => {} };
      };
      listener.link.offer(disk, echo);
      await dialer.user.until(() => span !== undefined, 'the span');
      const landing = Buffer.alloc(payload.length);
      const answered = new Promise<Buffer>((resolve) => {
        const handler: TransactionHandler = {
          message: (_transaction, message) => resolve(Buffer.from(message.payload)),
          lost: () => {},
          landing: () => landing,
        };
        const write = dialer.link.mux.open(span as Transaction, handler);
        dialer.link.mux.begin(write, Command.BLK_WRITE, true);
        dialer.link.mux.writer.finishWith(payload, () => {});
      });
      assert.ok((await within(answered, 'the answer')).equals(payload));
      assert.ok(landing.equals(payload), 'it landed where it was wanted');
      listener.link.close();
      assert.equal((await within(listener.user.isDown, 'the end')).code, 'closed');
      assert.equal((await within(dialer.user.isDown, 'the end')).code, 'eof');
      assert.equal(dialer.link.mux.size + listener.link.mux.size, 0);
    });

    for (const how of ['abandonLanding', 'the end of its parent'] as const) {
      test(`memory given up in the middle of a payload, by ${how}, is not written any more`, async () => {
        await givenUp(address(), how);
      });
    }
  });
}

async function givenUp(address: Address, how: 'abandonLanding' | 'the end of its parent'): Promise<void> {
  const [end, peer] = await socketPair<End, RawPeer>(
    address,
    (stream) => linkOn(stream, quiet('dialer')),
    (stream) => new RawPeer(stream),
  );
  await join(peer, end);
  peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 5n, body: { kind: 'span', span: disk } });
  let span: Transaction | undefined;
  end.user.take = (_link, _span, transaction) => {
    span = transaction;
    return { message: () => {}, lost: () => {} };
  };
  await end.user.until(() => span !== undefined, 'the span');
  await within(peer.next(), 'the result');
  const ignore: TransactionHandler = { message: () => {}, lost: () => {} };
  const open = end.link.mux.open(span as Transaction, ignore);
  end.link.mux.begin(open, Command.BLK_OPEN, false);
  end.link.mux.writer.finish();
  const { msgid: circuit } = await within(peer.next(), 'the open');
  peer.send({ cmd: Command.LNK_ERROR | CREATE | REPLY | REVTRANS, msgid: circuit, circuit: 5n });
  const payload = random.bytes(100_000);
  // Whatever byte comes at random there, it changes what stands there.
  const landing = Buffer.alloc(payload.length, (payload[29_000] as number) ^ 0xff);
  let asked = 0;
  const answered = new Promise<Buffer>((resolve) => {
    const read = end.link.mux.open(open, {
      message: (_transaction, message) => resolve(Buffer.from(message.payload)),
      lost: () => {},
      landing: () => {
        asked++;
        return landing;
      },
    });
    end.link.mux.begin(read, Command.BLK_READ, true);
    end.link.mux.writer.finish();
  });
  const { msgid } = await within(peer.next(), 'the command');
  const cmd = Command.LNK_ERROR | CREATE | DELETE | REPLY | REVTRANS;
  const bytes: Buffer[] = [];
  peer.sendBytes = (sent) => void bytes.push(Buffer.from(sent));
  peer.send({ cmd, msgid, circuit, payload });
  const [answer] = bytes as [Buffer];
  RawPeer.prototype.sendBytes.call(peer, answer.subarray(0, 30_000));
  await eventually(() => asked > 0 && landing[29_000] === payload[29_000], 'the first part');
  if (how === 'abandonLanding') end.link.abandonLanding(landing);
  else end.link.mux.end(open);
  landing.fill(0xbb);
  RawPeer.prototype.sendBytes.call(peer, answer.subarray(30_000));
  if (how === 'abandonLanding') assert.ok((await within(answered, 'the answer')).equals(payload));
  peer.sendBytes = RawPeer.prototype.sendBytes;
  peer.send({ cmd: Command.LNK_PING });
  await within(
    peer.next((message) => message.cmd === (Command.LNK_PING | REPLY) >>> 0),
    'the pong',
  );
  assert.ok(landing.every((byte) => byte === 0xbb));
  assert.equal(end.link.state, 'up');
  peer.destroy();
  await within(end.user.isDown, 'the end');
}
