import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DecodedMessage, decodeMessage, encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag, HEADER_BYTES } from '../../electron/dmsg/constants.ts';
import { headerBytes } from '../../electron/dmsg/header.ts';
import { MessageReader } from '../../electron/dmsg/message-reader.ts';
import { acquire } from '../../electron/stream/memory.ts';
import { Delivery, KeepingSink, type Kept } from './support/deliver.ts';
import { fields } from './support/fields.ts';
import { Random } from './support/random.ts';
import { ALL_RECORDINGS, recording } from './support/vectors.ts';

const MAX = 1 << 20;

/** What one direction of one link of a recording sent, as messages and as the stream they made. */
interface Direction {
  readonly name: string;
  readonly messages: readonly Buffer[];
}

const directions: Direction[] = ALL_RECORDINGS.flatMap(({ name, messages }) => {
  const keys = [...new Set(messages.map(({ peer, from }) => `${peer} from ${from}`))];
  return keys.map((key) => ({
    name: `${name}, ${key}`,
    messages: messages.filter(({ peer, from }) => `${peer} from ${from}` === key).map(({ bytes }) => bytes),
  }));
});

function otherOrder(bytes: Buffer): Buffer {
  return encodeMessage({ ...decodeMessage(bytes), littleEndian: false });
}

/** Numbered messages, so that they may stand in one stream. */
function sequence(messages: readonly DecodedMessage[]): Buffer[] {
  return messages.map((message, i) => encodeMessage({ ...message, salt: 0x5a5a5a00 | (i & 0xff) }));
}

function reply(id: bigint, payload: Buffer, littleEndian = true): DecodedMessage {
  const cmd = (Command.LNK_ERROR | Flag.CREATE | Flag.DELETE | Flag.REPLY | Flag.REVTRANS) >>> 0;
  return fields({ cmd, msgid: id, circuit: 5n, payload, littleEndian });
}

/** Run a stream, cut at the given places, through a new reader. */
function read(stream: Buffer, cuts: readonly number[], sink = new KeepingSink()): KeepingSink {
  const reader = new MessageReader(sink, MAX);
  const delivery = new Delivery(reader);
  let at = 0;
  for (const cut of [...cuts, stream.length]) {
    delivery.piece(stream.subarray(at, cut));
    at = cut;
  }
  assert.equal(reader.atBoundary, true);
  return sink;
}

const decoded = new WeakMap<Buffer, DecodedMessage>();

/** What a message sent says; the streams below are checked thousands of times. */
function decodedOnce(bytes: Buffer): DecodedMessage {
  const known = decoded.get(bytes) ?? decodeMessage(bytes);
  decoded.set(bytes, known);
  return known;
}

function check(kept: readonly Kept[], sent: readonly Buffer[]): void {
  assert.equal(kept.length, sent.length);
  kept.forEach((message, i) => {
    const bytes = sent[i] as Buffer;
    const expected = decodedOnce(bytes);
    assert.ok(message.header.equals(bytes.subarray(0, headerBytes(expected.cmd))), `header ${i}`);
    assert.ok(message.payload.equals(expected.payload), `payload ${i}`);
    assert.equal(message.cmd, expected.cmd);
    assert.equal(message.id, expected.msgid);
    assert.equal(message.circuit, expected.circuit);
    assert.equal(message.error, expected.error);
    assert.equal(message.le, expected.littleEndian);
  });
}

describe('MessageReader on recorded streams', () => {
  for (const { name, messages } of directions) {
    for (const [order, sent] of [
      ['as sent', messages],
      ['other byte order', messages.map(otherOrder)],
    ] as const) {
      const stream = Buffer.concat(sent);
      test(`${name}, ${order}: whole, and byte by byte`, () => {
        check(read(stream, []).kept, sent);
        check(
          read(
            stream,
            Array.from({ length: stream.length - 1 }, (_, i) => i + 1),
          ).kept,
          sent,
        );
      });

      test(`${name}, ${order}: every split in two`, () => {
        for (let cut = 1; cut < stream.length; cut++) check(read(stream, [cut]).kept, sent);
      });
    }
  }

  test('random splits of all directions', () => {
    const random = new Random();
    for (let round = 0; round < 300; round++) {
      const { messages } = random.pick(directions);
      const sent = random.next() < 0.5 ? messages : messages.map(otherOrder);
      const stream = Buffer.concat(sent);
      const cuts = Array.from({ length: random.integer(1, 12) }, () => random.integer(1, stream.length - 1));
      check(
        read(
          stream,
          [...new Set(cuts)].sort((a, b) => a - b),
        ).kept,
        sent,
      );
    }
  });

  test('both byte orders in one stream', () => {
    const source = directions[0] as Direction;
    const sent = source.messages.map((bytes, i) => (i % 2 === 0 ? bytes : otherOrder(bytes)));
    check(read(Buffer.concat(sent), []).kept, sent);
  });

  test('thousands of messages in one piece, the sequence number going round', () => {
    const messages = recording('current', 'io').messages.map(({ bytes }) => decodeMessage(bytes));
    const many = Array.from({ length: 3_000 }, (_, i) => messages[i % messages.length] as DecodedMessage);
    const sent = sequence(many);
    check(read(Buffer.concat(sent), []).kept, sent);
  });
});

const SIZES = [1, 63, 64, 65, 511, 4_096, 16_383, 16_384, 16_385, 65_536, 70_001, MAX - 1, MAX];

describe('MessageReader and large payloads', () => {
  const random = new Random();
  for (const bytes of SIZES) {
    const sent = sequence([
      reply(1n, random.bytes(bytes)),
      reply(2n, random.bytes(bytes), false),
      fields({ cmd: Command.LNK_PING }),
      reply(3n, random.bytes(100)),
    ]);
    const stream = Buffer.concat(sent);

    test(`${bytes} bytes: into a pooled block`, () => {
      check(read(stream, []).kept, sent);
      check(read(stream, cutsAround(bytes, stream.length)).kept, sent);
      check(read(stream, everyFew(stream.length, Math.min(60_000, Math.ceil(bytes / 2)))).kept, sent);
    });

    test(`${bytes} bytes: landing where the sink says`, () => {
      for (const cuts of [
        cutsAround(bytes, stream.length),
        everyFew(stream.length, Math.min(60_000, Math.ceil(bytes / 2))),
        [10],
      ]) {
        const sink = new KeepingSink();
        const landings: Buffer[] = [];
        sink.land = (message, payloadBytes) => {
          assert.equal(message.payload.length, 0);
          assert.ok(message.idLow >= 1 && message.idLow <= 3);
          // With a margin that must stay as it is: the padding is not for the receiver's memory.
          const memory = Buffer.alloc(payloadBytes + 64, 0xaa);
          landings.push(memory);
          return memory.subarray(0, payloadBytes);
        };
        read(stream, cuts, sink);
        check(sink.kept, sent);
        assert.equal(sink.kept.filter(({ landed }) => landed).length, landings.length);
        assert.equal(sink.landingsAsked, landings.length);
        if (bytes >= 4_096) assert.ok(landings.length > 0, 'a split payload lands');
        for (const memory of landings) {
          assert.ok(
            memory.subarray(-64).every((byte) => byte === 0xaa),
            'written beyond the payload',
          );
        }
      }
    });
  }

  test('behind a large payload little is read ahead, so that the next one lands', () => {
    const reader = new MessageReader(new KeepingSink(), MAX);
    const delivery = new Delivery(reader);
    assert.ok(reader.target().length >= 65_536);
    const [large, small] = sequence([reply(1n, random.bytes(30_000)), reply(2n, random.bytes(500))]);
    delivery.piece(large as Buffer);
    assert.equal(reader.target().length, 4_096);
    delivery.piece(small as Buffer);
    assert.ok(reader.target().length >= 65_536);
  });

  test('a payload kept beyond the call is not overwritten by what follows', () => {
    const payloads = Array.from({ length: 20 }, () => random.bytes(30_000));
    const stream = Buffer.concat(sequence(payloads.map((payload, i) => reply(BigInt(i + 1), payload))));
    const kept: { bytes: Uint8Array; block: { release(): void } }[] = [];
    const sink = new KeepingSink();
    sink.message = (message) => kept.push(message.keepPayload());
    read(stream, everyFew(stream.length, 7_777), sink);
    assert.equal(kept.length, payloads.length);
    for (const [i, { bytes }] of kept.entries()) assert.ok((payloads[i] as Buffer).equals(bytes));
    for (const { block } of kept) block.release();
  });
});

describe('MessageReader.abandonLanding', () => {
  const random = new Random();
  const bytes = 20_001; // padded by 31 bytes
  const payload = random.bytes(bytes);
  const [first, second] = sequence([reply(1n, payload), fields({ cmd: Command.LNK_PING })]) as [
    Buffer,
    Buffer,
  ];
  const stream = Buffer.concat([first, second]);

  /** Abandon when `cut` bytes have come; the memory must stay as it was then. */
  function abandonAt(cut: number): { kept: readonly Kept[]; was: boolean } {
    const sink = new KeepingSink();
    const landing = Buffer.alloc(bytes, 0xaa);
    sink.land = () => landing;
    const reader = new MessageReader(sink, MAX);
    const delivery = new Delivery(reader);
    dirtyPool();
    delivery.piece(stream.subarray(0, cut));
    const was = reader.abandonLanding(landing);
    if (was) {
      delivery.retarget();
      landing.fill(0xbb);
    }
    delivery.piece(stream.subarray(cut));
    if (was)
      assert.ok(
        landing.every((byte) => byte === 0xbb),
        `written after it was given up at ${cut}`,
      );
    return { kept: sink.kept, was };
  }

  test('at every stage: header, payload, padding, after', () => {
    const payloadAt = HEADER_BYTES;
    const cuts = [1, 63, 64, 65, 100, payloadAt + bytes - 1, payloadAt + bytes];
    cuts.push(payloadAt + bytes + 1, first.length - 1, first.length, first.length + 1, stream.length - 1);
    for (let i = 0; i < 50; i++) cuts.push(random.integer(1, stream.length - 1));
    for (const cut of cuts) {
      const { kept, was } = abandonAt(cut);
      assert.equal(was, cut >= payloadAt && cut < first.length, `a payload is arriving at ${cut}`);
      check(kept, [first, second]);
      // Whole in one read it is handed over where it was read; cut in the header it lands.
      assert.equal(kept[0]?.landed, cut < payloadAt);
    }
  });

  test('by the transaction the payload is for, and no other', () => {
    const sink = new KeepingSink();
    const landing = Buffer.alloc(bytes, 0xaa);
    sink.land = () => landing;
    const reader = new MessageReader(sink, MAX);
    assert.equal(reader.abandonLandingFor(1, 0), false);
    const delivery = new Delivery(reader);
    delivery.piece(stream.subarray(0, 5_000));
    assert.equal(reader.abandonLandingFor(2, 0), false);
    assert.equal(reader.abandonLandingFor(1, 1), false);
    assert.equal(reader.abandonLandingFor(1, 0), true);
    delivery.retarget();
    landing.fill(0xbb);
    assert.equal(reader.abandonLandingFor(1, 0), false);
    delivery.piece(stream.subarray(5_000));
    assert.equal(reader.abandonLandingFor(1, 0), false);
    check(sink.kept, [first, second]);
    assert.ok(landing.every((byte) => byte === 0xbb));
  });

  test('twice, or of other memory, does nothing', () => {
    const sink = new KeepingSink();
    const memory = Buffer.alloc(2 * bytes, 0xaa);
    sink.land = () => memory.subarray(0, bytes);
    const reader = new MessageReader(sink, MAX);
    const delivery = new Delivery(reader);
    delivery.piece(stream.subarray(0, 5_000));
    assert.equal(reader.abandonLanding(Buffer.alloc(bytes)), false);
    assert.equal(reader.abandonLanding(memory.subarray(bytes)), false);
    assert.equal(reader.abandonLanding(memory.subarray(0, bytes)), true);
    delivery.retarget();
    assert.equal(reader.abandonLanding(memory.subarray(0, bytes)), false);
    delivery.piece(stream.subarray(5_000));
    check(sink.kept, [first, second]);
    assert.equal(sink.kept[0]?.landed, false);
  });
});

/** Leave garbage in the blocks of the pool that may be taken next. */
function dirtyPool(): void {
  const blocks = Array.from({ length: 4 }, () => acquire(20_001));
  for (const block of blocks) block.bytes.fill(0xff);
  for (const block of blocks) block.release();
}

describe('MessageReader.stop', () => {
  test('hands over nothing more of a batch', () => {
    const sent = sequence([1n, 2n, 3n].map((id) => reply(id, Buffer.from('x'))));
    const sink = new KeepingSink();
    const reader = new MessageReader(sink, MAX);
    const keep = sink.message.bind(sink);
    sink.message = (message) => {
      keep(message);
      if (message.idLow === 2) reader.stop();
    };
    new Delivery(reader).piece(Buffer.concat(sent));
    check(sink.kept, sent.slice(0, 2));
  });

  test('from within the message of a large payload', () => {
    const random = new Random();
    const sent = sequence([reply(1n, random.bytes(50_000)), reply(2n, random.bytes(50_000))]);
    const sink = new KeepingSink();
    const reader = new MessageReader(sink, MAX);
    const keep = sink.message.bind(sink);
    sink.message = (message) => {
      keep(message);
      reader.stop();
    };
    const delivery = new Delivery(reader);
    for (const piece of [0, 30_000, 60_000])
      delivery.piece(Buffer.concat(sent).subarray(piece, piece + 30_000));
    check(sink.kept, sent.slice(0, 1));
  });
});

/** Cuts just before, at and after the ends of header, payload and padding of the first message. */
function cutsAround(payloadBytes: number, end: number): number[] {
  const padding = ((payloadBytes + 63) & ~63) - payloadBytes;
  const ends = [HEADER_BYTES, HEADER_BYTES + payloadBytes, HEADER_BYTES + payloadBytes + padding];
  const cuts = ends.flatMap((at) => [at - 1, at, at + 1]).filter((at) => at > 0 && at < end);
  return [...new Set(cuts)].sort((a, b) => a - b);
}

function everyFew(end: number, step: number): number[] {
  return Array.from({ length: Math.ceil(end / step) - 1 }, (_, i) => (i + 1) * step);
}
