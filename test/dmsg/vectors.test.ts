import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DecodedMessage, decodeMessage, encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag } from '../../electron/dmsg/constants.ts';
import { crc32cJavaScript } from '../../electron/dmsg/crc32c.ts';
import { commandOf, headerBytes } from '../../electron/dmsg/header.ts';
import { LinkError } from '../../electron/dmsg/link-error.ts';
import { fields } from './support/fields.ts';
import { nativeCrc32c } from './support/native-crc32c.ts';
import { ALL_RECORDINGS, recording } from './support/vectors.ts';

describe('recorded messages of libdmsg', () => {
  for (const { name, dialect, messages } of ALL_RECORDINGS) {
    test(`${name}: decode and encode to the same bytes`, () => {
      assert.ok(messages.length > 0);
      for (const { bytes } of messages) {
        const decoded = decodeMessage(bytes);
        assert.equal(decoded.littleEndian, true);
        assert.equal(decoded.rest.length, 0, `0x${decoded.cmd.toString(16)} has bytes nobody reads`);
        assert.deepEqual(encodeMessage(decoded), bytes);
      }
    });

    test(`${name}: the same content in the other byte order`, () => {
      for (const { bytes } of messages) {
        const decoded = decodeMessage(bytes);
        const swapped = encodeMessage({ ...decoded, littleEndian: false });
        assert.equal(swapped.readUInt16LE(0), 0x3248);
        assert.notDeepEqual(swapped, bytes);
        const again = decodeMessage(swapped);
        assert.deepEqual({ ...again, littleEndian: true }, decoded);
        assert.deepEqual(encodeMessage({ ...again, littleEndian: true }), bytes);
      }
    });

    test(`${name}: both CRCs by native (where installed) and by JavaScript code`, () => {
      for (const { bytes } of messages) {
        const length = headerBytes(bytes.readUInt32LE(0x20));
        const header = Buffer.from(bytes.subarray(0, length));
        header.writeUInt32LE(0, 0x3c);
        const payload = bytes.subarray(length);
        for (const compute of [nativeCrc32c ?? crc32cJavaScript, crc32cJavaScript]) {
          assert.equal(compute(header), bytes.readUInt32LE(0x3c));
          if (payload.length > 0) assert.equal(compute(payload), bytes.readUInt32LE(0x24));
        }
      }
    });

    test(`${name}: introductions are of the generation`, () => {
      const kinds = messages.map(({ bytes }) => decodeMessage(bytes).body);
      const introductions = kinds.filter((body) => body.kind === 'conn');
      assert.ok(introductions.length >= 2);
      for (const body of introductions) assert.equal(body.dialect, dialect);
    });
  }

  test('fields stand where the documents say', () => {
    const all = recording('2014', 'io').messages.map(({ bytes }) => decodeMessage(bytes));
    const conn = find(all, Command.LNK_CONN_2014, (m) => bodyOf(m, 'conn').conn.pfsLabel === 'xdisk');
    assert.deepEqual(bodyOf(conn, 'conn').conn, {
      mediaId: '0'.repeat(32),
      peerId: '0'.repeat(32),
      pfsId: 'c0c1c2c3c4c5c6c7c8c9cacbcccdcecf',
      peerMask: 4n,
      peerType: 2,
      pfsType: 2,
      protoVersion: 1,
      status: 0,
      rnss: 0,
      pfsMask: 8n,
      peerLabel: '',
      pfsLabel: 'xdisk',
    });
    const span = bodyOf(
      find(all, Command.LNK_SPAN, (m) => m.msgid > 0x1001n),
      'span',
    ).span;
    assert.equal(span.sizeBytes, 131_072n);
    assert.equal(span.blockBytes, 512);
    assert.equal(span.distance, 1);
    assert.equal(span.pfsLabel, 'SERNO-1');
    assert.equal(span.peerLabel, 'nas1/da0');
    const read = find(all, Command.BLK_READ, () => true);
    assert.deepEqual(bodyOf(read, 'range').range, {
      keyidLow: 0,
      keyidHigh: 0,
      offset: 512,
      bytes: 1000,
      flags: 0,
    });
    const failed = find(all, Command.BLK_ERROR, (m) => m.error !== 0);
    assert.equal(failed.error, 0x22);
    assert.deepEqual(bodyOf(failed, 'error').error, { keyidLow: 0, keyidHigh: 0, residual: 512, text: '' });
  });
});

describe('codec', () => {
  test('every core field comes back, in both byte orders', () => {
    for (const littleEndian of [true, false]) {
      const message = fields({
        littleEndian,
        cmd: (Flag.CREATE | Command.BLK_WRITE) >>> 0,
        reserved: 0x1234,
        salt: 0xfedcba98,
        msgid: 0x0123_4567_89ab_cdefn,
        circuit: 0xfedc_ba98_7654_3210n,
        linkVerifier: 0xdead_beef_cafe_f00dn,
        error: 0x8000_0001,
        auxDescr: 0x1122_3344_5566_7788n,
        reserved2: 0x9abc_def0,
        body: {
          kind: 'range',
          range: { keyidLow: 1, keyidHigh: 2, offset: 2 ** 53 - 1, bytes: 0xffff_fe00, flags: 7 },
        },
        payload: Buffer.from('data'),
      });
      assert.deepEqual(decodeMessage(encodeMessage(message)), message);
    }
  });

  test('an unknown command keeps its extended header', () => {
    const header = Buffer.from(Array.from({ length: 128 }, (_, i) => i));
    const message = fields({ cmd: 0x0070_0703, body: { kind: 'raw', header } });
    assert.deepEqual(decodeMessage(encodeMessage(message)), message);
  });

  test('console text', () => {
    const payload = Buffer.from('grüße\n');
    const message = fields({ cmd: Command.DBG_SHELL, body: { kind: 'shell', text: 'grüße\n' }, payload });
    assert.deepEqual(decodeMessage(encodeMessage(message)), message);
  });

  test('what a known form does not show is kept beside it', () => {
    const span = recording('current', 'io').messages.find(
      ({ bytes }) => commandOf(bytes.readUInt32LE(0x20)) === Command.LNK_SPAN,
    );
    assert.ok(span !== undefined);
    const bytes = Buffer.from(span.bytes);
    bytes.writeUInt32LE(0xabcdef01, 0x68); // reserved
    bytes.writeUInt8(0xff, 0xb2); // broken UTF-8 in a label
    bytes.write('old', 0x1a0); // behind the serial's NUL
    const odd = reseal(bytes);
    const decoded = decodeMessage(odd);
    assert.equal(bodyOf(decoded, 'span').span.pfsLabel, 'SERNO-1');
    assert.ok(decoded.rest.length > 0);
    assert.deepEqual(encodeMessage(decoded), odd);
  });

  test('damage is refused with its code', () => {
    const good = encodeMessage(
      fields({ cmd: Command.DBG_SHELL, body: { kind: 'shell', text: 'x' }, payload: Buffer.from('x') }),
    );
    const flipped = (at: number): Buffer => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] as number) ^ 1;
      return bad;
    };
    const code = (bytes: Buffer): string => {
      try {
        decodeMessage(bytes);
      } catch (error) {
        if (error instanceof LinkError) return error.code;
        throw error;
      }
      return 'none';
    };
    assert.equal(code(good), 'none');
    assert.equal(code(flipped(0)), 'sync');
    assert.equal(code(flipped(0x10)), 'header-crc');
    assert.equal(code(flipped(0x3c)), 'header-crc');
    assert.equal(code(flipped(0x40)), 'payload-crc');
    assert.equal(code(flipped(0x7f)), 'payload-crc');
    assert.equal(code(good.subarray(0, 63)), 'field');
    assert.equal(code(good.subarray(0, 127)), 'field');
    assert.equal(code(Buffer.concat([good, good])), 'field');
  });
});

function bodyOf<K extends DecodedMessage['body']['kind']>(
  message: DecodedMessage,
  kind: K,
): Extract<DecodedMessage['body'], { kind: K }> {
  assert.equal(message.body.kind, kind);
  return message.body as Extract<DecodedMessage['body'], { kind: K }>;
}

function find(
  all: DecodedMessage[],
  command: number,
  accept: (message: DecodedMessage) => boolean,
): DecodedMessage {
  const found = all.find((message) => commandOf(message.cmd) === command && accept(message));
  assert.ok(found !== undefined);
  return found;
}

/** Give a changed little-endian header its CRC again. */
function reseal(bytes: Buffer): Buffer {
  const length = headerBytes(bytes.readUInt32LE(0x20));
  bytes.writeUInt32LE(0, 0x3c);
  bytes.writeUInt32LE(crc32cJavaScript(bytes.subarray(0, length)), 0x3c);
  return bytes;
}
