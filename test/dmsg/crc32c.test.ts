import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32c, crc32cBackend, crc32cJavaScript, foldCrc32c } from '../../electron/dmsg/crc32c.ts';
import { nativeCrc32c } from './support/native-crc32c.ts';
import { Random } from './support/random.ts';

/** RFC 3720 (iSCSI) appendix B.4, and the check value of the CRC catalogues. */
const CHECKS: readonly (readonly [string, Uint8Array, number])[] = [
  ['nothing', new Uint8Array(0), 0],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 rising', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 falling', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
];

describe('CRC-32C', () => {
  for (const [name, bytes, expected] of CHECKS) {
    test(name, () => {
      assert.equal(crc32cJavaScript(bytes), expected);
      assert.equal(crc32c(bytes), expected);
      if (nativeCrc32c !== undefined) assert.equal(nativeCrc32c(bytes), expected);
    });
  }

  test('the backend is the native one exactly where it is installed', () => {
    assert.equal(crc32cBackend, nativeCrc32c === undefined ? 'javascript' : 'native');
  });

  test('a sum by the book, bit for bit, agrees on random data', () => {
    const random = new Random();
    for (let round = 0; round < 300; round++) {
      const memory = random.bytes(random.integer(0, 700));
      const start = random.integer(0, memory.length);
      const bytes = memory.subarray(start, random.integer(start, memory.length));
      const expected = byTheBook(bytes);
      assert.equal(crc32cJavaScript(bytes), expected);
      assert.equal(crc32c(bytes), expected);
      if (nativeCrc32c !== undefined) assert.equal(nativeCrc32c(bytes), expected);
    }
  });

  test('native and JavaScript agree on large pieces at odd places', {
    skip: nativeCrc32c === undefined,
  }, () => {
    const random = new Random();
    const memory = random.bytes(200_000);
    for (let round = 0; round < 200; round++) {
      const start = random.integer(0, 70_000);
      const bytes = memory.subarray(start, start + random.integer(0, 130_000));
      assert.equal(crc32c(bytes), crc32cJavaScript(bytes));
    }
  });

  test('chaining: the sum of parts, cut anywhere and given over between the backends, is that of the whole', () => {
    const random = new Random();
    for (let round = 0; round < 200; round++) {
      const bytes = random.bytes(random.integer(0, 2_000));
      const whole = crc32cJavaScript(bytes);
      let sum = 0;
      for (let at = 0; at < bytes.length; ) {
        const end = Math.min(bytes.length, at + random.integer(0, 600));
        const compute = random.pick([crc32c, crc32cJavaScript, nativeCrc32c ?? crc32c]);
        sum = compute(bytes.subarray(at, end), sum);
        at = end;
      }
      assert.equal(sum, whole);
    }
  });

  test('folding a part of a buffer', () => {
    const bytes = Buffer.from('xx123456789yyy');
    assert.equal(~foldCrc32c(-1, bytes, 2, 11) >>> 0, 0xe3069283);
  });
});

function byTheBook(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
