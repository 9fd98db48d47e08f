import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command } from '../../electron/dmsg/constants.ts';
import { crc32cJavaScript } from '../../electron/dmsg/crc32c.ts';
import { LinkError, type LinkErrorCode } from '../../electron/dmsg/link-error.ts';
import { MessageReader } from '../../electron/dmsg/message-reader.ts';
import { Block } from '../../electron/stream/memory.ts';
import { heldBlocks } from '../stream/support/block-count.ts';
import { Delivery, KeepingSink } from './support/deliver.ts';
import { fields } from './support/fields.ts';

const MAX = 65_536;
const good = encodeMessage(fields({ cmd: Command.LNK_PING }));
const goodPayload = encodeMessage(fields({ cmd: Command.DBG_SHELL, payload: Buffer.alloc(20_000, 1) }));

/** How a stream ends for a reader, given in pieces. */
function outcome(pieces: readonly Uint8Array[]): { code: LinkErrorCode | 'none'; sink: KeepingSink } {
  const sink = new KeepingSink();
  const reader = new MessageReader(sink, MAX);
  const delivery = new Delivery(reader);
  let code: LinkErrorCode | 'none' = 'none';
  try {
    for (const piece of pieces) delivery.piece(piece);
  } catch (error) {
    assert.ok(error instanceof LinkError, String(error));
    assert.ok(error.message.length > 0);
    code = error.code;
  }
  reader.stop();
  return { code, sink };
}

/** Whole, byte by byte for the first 200 bytes, and cut in two around the header's end. */
function everyWay(bytes: Buffer): readonly Uint8Array[][] {
  const single = [...bytes.subarray(0, 200)].map((byte) => Uint8Array.of(byte));
  return [
    [bytes],
    [...single, bytes.subarray(200)].filter((piece) => piece.length > 0),
    [bytes.subarray(0, 63), bytes.subarray(63)],
    [bytes.subarray(0, 64), bytes.subarray(64)].filter((piece) => piece.length > 0),
  ];
}

function refused(code: LinkErrorCode, bytes: Buffer): void {
  for (const pieces of everyWay(bytes)) {
    const { code: was, sink } = outcome(pieces);
    assert.equal(was, code);
    assert.equal(sink.kept.length, 0, 'a refused message was handed over');
  }
}

/** A header with a word changed, its CRC made good again. */
function changed(bytes: Buffer, at: number, word: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(word >>> 0, at);
  copy.writeUInt32LE(0, 0x3c);
  copy.writeUInt32LE(crc32cJavaScript(copy.subarray(0, 64)), 0x3c);
  return copy;
}

function flipped(bytes: Buffer, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] as number) ^ (1 << bit);
  return copy;
}

describe('MessageReader refuses', () => {
  test('what is good is not refused', () => {
    for (const bytes of [good, goodPayload]) {
      for (const pieces of everyWay(bytes)) {
        const { code, sink } = outcome(pieces);
        assert.equal(code, 'none');
        assert.equal(sink.kept.length, 1);
      }
    }
  });

  test('bad magic, known by its first two bytes', () => {
    refused('sync', Buffer.from('GET / HTTP/1.1\r\nHost: nas.example\r\n\r\n'.padEnd(64)));
    assert.equal(outcome([Buffer.from('GET / HTTP/1.1\r\n\r\n')]).code, 'sync');
    assert.equal(outcome([Buffer.from('GE')]).code, 'sync');
    assert.equal(outcome([Buffer.from('G'), Buffer.from('E')]).code, 'sync');
    assert.equal(outcome([Buffer.from('G')]).code, 'none');
  });

  test('bad magic behind a good message', () => {
    const { code, sink } = outcome([Buffer.concat([good, Buffer.from('xx')])]);
    assert.equal(code, 'sync');
    assert.equal(sink.kept.length, 1);
  });

  test('any flipped bit of a header', () => {
    for (let at = 0; at < 64; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const { code, sink } = outcome([flipped(good, at, bit), Buffer.alloc(4096)]);
        const expected = at < 2 ? ['sync'] : at === 0x20 ? ['field', 'header-crc'] : ['header-crc'];
        assert.ok(expected.includes(code), `bit ${bit} of byte ${at}: ${code}`);
        assert.equal(sink.kept.length, 0);
      }
    }
  });

  test('a flipped bit of payload or padding', () => {
    const small = encodeMessage(fields({ cmd: Command.DBG_SHELL, payload: Buffer.from('hello') }));
    for (let at = 64; at < 128; at++) refused('payload-crc', flipped(small, at, at % 8));
    for (const at of [64, 10_000, 20_063, goodPayload.length - 1]) {
      refused('payload-crc', flipped(goodPayload, at, 3));
    }
  });

  test('a flipped bit of a payload that landed', () => {
    const landing = Buffer.alloc(20_000);
    for (const at of [64, 10_000, 20_063, goodPayload.length - 1]) {
      const sink = new KeepingSink();
      sink.land = () => landing;
      const delivery = new Delivery(new MessageReader(sink, MAX));
      delivery.piece(goodPayload.subarray(0, 64));
      assert.throws(() => delivery.piece(flipped(goodPayload, at, 3).subarray(64)), { code: 'payload-crc' });
      assert.equal(sink.kept.length, 0);
    }
  });

  test('a sequence gap, a repeated message', () => {
    const next = encodeMessage(fields({ cmd: Command.LNK_PING, salt: 1 }));
    assert.equal(outcome([good, next]).code, 'none');
    refused('sequence', next);
    for (const second of [good, encodeMessage(fields({ cmd: Command.LNK_PING, salt: 2 }))]) {
      const { code, sink } = outcome([Buffer.concat([good, second])]);
      assert.equal(code, 'sequence');
      assert.equal(sink.kept.length, 1);
    }
  });

  test('a header of no bytes, or over 2048', () => {
    refused('field', changed(good, 0x20, Command.LNK_PING & 0xffffff00));
    for (const units of [33, 64, 255])
      refused('field', changed(good, 0x20, (Command.LNK_PING & 0xffffff00) | units));
    const largest = encodeMessage(
      fields({ cmd: 0x120, body: { kind: 'raw', header: Buffer.alloc(1984, 7) } }),
    );
    assert.equal(largest.length, 2048);
    for (const pieces of everyWay(largest)) assert.equal(outcome(pieces).code, 'none');
  });

  test('a payload over the limit, without taking memory for it', (context) => {
    const acquire = context.mock.method(Block, 'acquire');
    for (const bytes of [MAX + 1, 1 << 20, 0x7fff_ffff, 0xffff_ffff]) {
      const header = changed(good, 0x28, bytes);
      refused('field', header);
      for (const pieces of everyWay(header)) assert.equal(outcome(pieces).sink.landingsAsked, 0);
    }
    // Bytes arriving behind a header whose CRC is wrong are no payload either.
    refused('header-crc', flipped(goodPayload, 0x28, 4));
    assert.equal(acquire.mock.callCount(), 0);
    // The counter counts: a payload within the limit that arrives in parts takes a block.
    assert.equal(outcome([goodPayload.subarray(0, 1000)]).code, 'none');
    assert.equal(acquire.mock.callCount(), 1);
  });

  test('the limit is inclusive and can be raised', () => {
    const sink = new KeepingSink();
    const reader = new MessageReader(sink, 100);
    const delivery = new Delivery(reader);
    const sized = (bytes: number, salt: number): Buffer =>
      encodeMessage(fields({ cmd: Command.DBG_SHELL, payload: Buffer.alloc(bytes), salt }));
    delivery.piece(sized(100, 0));
    reader.maxPayloadBytes = 101;
    delivery.piece(sized(101, 1));
    assert.equal(sink.kept.length, 2);
    assert.throws(() => delivery.piece(sized(102, 2)), { code: 'field' });
  });

  test('blocks come back after a refusal', (context) => {
    const release = context.mock.method(Block.prototype, 'release');
    assert.equal(
      outcome([
        flipped(goodPayload, 15_000, 0).subarray(0, 1000),
        flipped(goodPayload, 15_000, 0).subarray(1000),
      ]).code,
      'payload-crc',
    );
    assert.equal(release.mock.callCount(), 1);
  });
});

test('the memory of a payload that came in pieces is given back where its message is refused', () => {
  const before = heldBlocks();
  const refusing = {
    message: () => {
      throw new LinkError('transaction', 'refused by the test');
    },
    landing: () => undefined,
  };
  const delivery = new Delivery(new MessageReader(refusing, MAX));
  delivery.piece(goodPayload.subarray(0, 1000));
  assert.equal(heldBlocks(), before + 1);
  assert.throws(() => delivery.piece(goodPayload.subarray(1000)), LinkError);
  assert.equal(heldBlocks(), before);
});
