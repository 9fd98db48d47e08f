import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Command, Flag } from '../../electron/dmsg/constants.ts';
import { crc32cJavaScript } from '../../electron/dmsg/crc32c.ts';
import { MessageReader } from '../../electron/dmsg/message-reader.ts';
import { COPY_PAYLOAD_BYTES, MessageWriter } from '../../electron/dmsg/message-writer.ts';
import { Delivery, KeepingSink, type Kept } from './support/deliver.ts';
import { HoldingStream } from './support/holding-stream.ts';
import { Random } from './support/random.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const WRITE = (Command.BLK_WRITE | Flag.CREATE | Flag.DELETE) >>> 0;
const ANSWER = (Command.LNK_ERROR | Flag.CREATE | Flag.DELETE | Flag.REPLY | Flag.REVTRANS) >>> 0;

const K16 = COPY_PAYLOAD_BYTES;
const SIZES = [
  0,
  1,
  63,
  64,
  65,
  511,
  4_096,
  K16 - 1,
  K16,
  K16 + 1,
  65_535,
  65_536,
  65_537,
  (1 << 20) - 1,
  1 << 20,
];

function readBack(bytes: Buffer): Kept[] {
  const sink = new KeepingSink();
  const reader = new MessageReader(sink, 1 << 20);
  new Delivery(reader).piece(bytes);
  assert.equal(reader.atBoundary, true);
  return sink.kept;
}

describe('MessageWriter', () => {
  const random = new Random();

  for (const size of SIZES) {
    const payload = random.bytes(size);

    test(`${size} bytes by reference, known and unknown CRC`, async () => {
      const stream = new HoldingStream();
      const writer = new MessageWriter(stream);
      let released = 0;
      const padded = Buffer.concat([payload, Buffer.alloc(((size + 63) & ~63) - size)]);
      for (const crc of [undefined, crc32cJavaScript(padded)]) {
        const at = writer.begin(WRITE, 7, 1, 9, 2, 0);
        writer.view.setUint32(at + 0x50, size, true);
        writer.finishWith(payload, () => released++, crc);
      }
      await turn();
      assert.equal(released, size <= K16 ? 2 : 0, 'small payloads are copied, large ones borrowed');
      stream.takeAll();
      assert.equal(released, 2);
      const kept = readBack(stream.taken);
      assert.equal(kept.length, 2);
      for (const message of kept) {
        assert.equal(message.cmd, WRITE);
        assert.equal(message.id, 0x1_0000_0007n);
        assert.equal(message.circuit, 0x2_0000_0009n);
        assert.equal(message.header.readUInt32LE(0x50), size);
        assert.ok(message.payload.equals(payload));
      }
    });

    if (size > K16) continue;
    test(`${size} bytes in place, in exact and in larger room`, async () => {
      const stream = new HoldingStream();
      const writer = new MessageWriter(stream);
      for (const room of [size, Math.min(K16, size + 1), Math.min(K16, size + 100), K16]) {
        writer.begin(ANSWER, 3, 0, 4, 0, 0, room);
        writer.bytes.set(payload, writer.roomAt);
        // Old data in the rest of the room must not get out.
        writer.bytes.fill(0xee, writer.roomAt + size, writer.roomAt + room);
        writer.finish(size);
      }
      writer.begin(Command.LNK_PING, 0, 0, 0, 0, 0);
      writer.finish();
      await turn();
      stream.takeAll();
      const kept = readBack(stream.taken);
      assert.equal(kept.length, 5);
      for (const message of kept.slice(0, 4)) assert.ok(message.payload.equals(payload));
      const each = 64 + ((size + 63) & ~63);
      for (let end = each; end <= 4 * each; end += each) {
        const padding = stream.taken.subarray(end - each + 64 + size, end);
        assert.ok(
          padding.every((byte) => byte === 0),
          'old data got out',
        );
      }
      assert.equal(kept[4]?.cmd, Command.LNK_PING);
      assert.equal(stream.taken.length, 4 * each + 64, 'unused room is given back');
    });
  }

  test('padding is zeros, header fields not written are zeros', async () => {
    const stream = new HoldingStream();
    const writer = new MessageWriter(stream);
    // Dirty the pooled memory first.
    for (let i = 0; i < 3; i++) {
      writer.begin(ANSWER, 1, 0, 0, 0, 0, K16);
      writer.bytes.fill(0xff, writer.roomAt, writer.roomAt + K16);
      writer.finish(K16);
    }
    await turn();
    stream.takeAll();
    const before = stream.taken.length;
    for (const big of [1, 20_001]) {
      writer.begin(WRITE, 2, 0, 0, 0, 0);
      writer.finishWith(Buffer.alloc(big, 0xff), () => {});
    }
    await turn();
    stream.takeAll();
    const bytes = stream.taken.subarray(before);
    assert.ok(
      bytes.subarray(64, 128).every((byte) => byte === 0),
      'extended header',
    );
    assert.ok(
      bytes.subarray(129, 192).every((byte) => byte === 0),
      'padding of a copied payload',
    );
    assert.ok(
      bytes.subarray(-31).every((byte) => byte === 0),
      'padding of a borrowed payload',
    );
  });

  test('errors, also set late, and the sequence number through its turn', async () => {
    const stream = new HoldingStream();
    const writer = new MessageWriter(stream);
    for (let i = 0; i < 600; i++) {
      writer.begin(ANSWER, i + 1, 0, 0, 0, i, 512);
      if (i % 2 === 0) writer.setError(0x22);
      writer.finish();
    }
    await turn();
    stream.takeAll();
    const kept = readBack(stream.taken); // refuses a wrong sequence
    assert.equal(kept.length, 600);
    kept.forEach(({ error, id }, i) => {
      assert.equal(id, BigInt(i + 1));
      assert.equal(error, i % 2 === 0 ? 0x22 : i);
    });
  });

  test('a batch that has grown large leaves before the turn is over, in whole messages', async () => {
    const stream = new HoldingStream();
    const writer = new MessageWriter(stream);
    const payload = random.bytes(4_096);
    for (let i = 0; i < 64; i++) {
      writer.begin(ANSWER, i + 1, 0, 0, 0, 0, 4_096);
      writer.bytes.set(payload, writer.roomAt);
      writer.finish(4_096);
    }
    assert.ok(stream.batches.length >= 2);
    for (const { asQueued } of stream.batches) {
      assert.ok(asQueued.length >= 65_536);
      assert.equal(asQueued.length % 4_160, 0);
    }
    await turn();
    stream.takeAll();
    assert.equal(readBack(stream.taken).length, 64);
  });

  test('big-endian messages', async () => {
    const stream = new HoldingStream();
    const writer = new MessageWriter(stream);
    writer.begin(ANSWER, 7, 1, 9, 2, 5, 0, false);
    writer.finishWith(Buffer.from('data'), () => {});
    await turn();
    stream.takeAll();
    assert.equal(stream.taken.readUInt16BE(0), 0x4832);
    const [message] = readBack(stream.taken);
    assert.equal(message?.le, false);
    assert.equal(message?.id, 0x1_0000_0007n);
    assert.equal(message?.circuit, 0x2_0000_0009n);
    assert.equal(message?.error, 5);
    assert.equal(message?.payload.toString(), 'data');
  });

  test('a random mix over batches taken late and out of turn', async () => {
    const stream = new HoldingStream();
    const writer = new MessageWriter(stream);
    const sent: Buffer[] = [];
    let owed = 0;
    for (let round = 0; round < 200; round++) {
      for (let i = random.integer(1, 8); i > 0; i--) {
        const payload = random.bytes(
          random.pick([...SIZES.filter((size) => size < 70_000), random.integer(0, 40_000)]),
        );
        sent.push(payload);
        if (payload.length <= K16 && random.next() < 0.5) {
          writer.begin(ANSWER, sent.length, 0, 0, 0, 0, K16);
          writer.bytes.set(payload, writer.roomAt);
          writer.finish(payload.length);
        } else {
          owed++;
          writer.begin(WRITE, sent.length, 0, 0, 0, 0);
          writer.finishWith(payload, () => owed--);
        }
      }
      await Promise.resolve();
      const waiting = stream.batches.flatMap(({ finished }, i) => (finished ? [] : [i]));
      while (waiting.length > random.integer(0, 8)) {
        stream.take(waiting.splice(random.integer(0, waiting.length - 1), 1)[0] as number);
      }
    }
    await turn();
    stream.takeAll();
    assert.equal(owed, 0);
    assert.equal(writer.unsentBytes, 0);
    const kept = readBack(stream.taken);
    assert.equal(kept.length, sent.length);
    kept.forEach(({ id, payload }, i) => {
      assert.equal(id, BigInt(i + 1));
      assert.ok(payload.equals(sent[i] as Buffer));
    });
  });
});
