import {
  GREETING_MAGIC,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
  REQUEST_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from '../../../electron/nbd/constants.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { noise } from '../support/canary.ts';

/** NBD's messages, as they should be, and what is done to them. */

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 * at);
  return bytes;
}

/** A 64-bit number, of which the lower 53 bits are exact. */
export function u64(value: number): Buffer {
  return u32(Math.floor(value / 2 ** 32), value % 2 ** 32);
}

export function greeting(flags: number): Buffer {
  return Buffer.concat([u32(...GREETING_MAGIC, ...OPTION_MAGIC), u16(flags)]);
}

export function option(number: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u32(...OPTION_MAGIC, number, data.length), data]);
}

export function optionReply(number: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u32(...OPTION_REPLY_MAGIC, number, type, data.length), data]);
}

/** What a client asks, in its header's terms. */
export interface Command {
  readonly type: number;
  readonly flags: number;
  /** Two words, as the client chose them. */
  readonly cookie: readonly [number, number];
  readonly offset: number;
  readonly length: number;
}

export function command({ type, flags, cookie, offset, length }: Command, payload?: Buffer): Buffer {
  const head = Buffer.concat([
    u32(REQUEST_MAGIC),
    u16(flags),
    u16(type),
    u32(...cookie),
    u64(offset),
    u32(length),
  ]);
  return payload === undefined ? head : Buffer.concat([head, payload]);
}

export function readCommand(bytes: Buffer, at: number): Command {
  return {
    flags: bytes.readUInt16BE(at + 4),
    type: bytes.readUInt16BE(at + 6),
    cookie: [bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)],
    offset: bytes.readUInt32BE(at + 16) * 2 ** 32 + bytes.readUInt32BE(at + 20),
    length: bytes.readUInt32BE(at + 24),
  };
}

export function chunk(
  cookie: readonly [number, number],
  type: number,
  isLast: boolean,
  payload: Buffer,
): Buffer {
  return Buffer.concat([
    u32(STRUCTURED_REPLY_MAGIC),
    u16(isLast ? 1 : 0),
    u16(type),
    u32(...cookie),
    u32(payload.length),
    payload,
  ]);
}

const WORDS = [0, 1, 2, 511, 512, 4096, 65_536, 32 << 20, (32 << 20) + 1, 2 ** 31, 2 ** 32 - 1];

/** A message with something changed, most often in its first bytes, where its fields are. */
export function mutant(message: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(message);
  if (bytes.length === 0) return bytes;
  const end = random.chance(0.8) ? Math.min(40, bytes.length) : bytes.length;
  switch (random.integer(0, 4)) {
    case 0:
      return bytes.subarray(0, random.integer(0, bytes.length));
    case 1:
      return Buffer.concat([bytes, noise(random, random.integer(1, 40))]);
    case 2: {
      const at = random.integer(0, Math.max(0, end - 4));
      if (at + 4 <= bytes.length) bytes.writeUInt32BE(random.pick(WORDS), at);
      return bytes;
    }
    case 3: {
      const at = random.integer(0, end - 1);
      bytes[at] = (bytes[at] as number) ^ (1 << random.integer(0, 7));
      return bytes;
    }
    default:
      noise(random, 1).copy(bytes, random.integer(0, end - 1));
      return bytes;
  }
}
