import { Command, Flag, HEADER_BYTES } from '../../../electron/dmsg/constants.ts';
import { headerBytes, Off, padded } from '../../../electron/dmsg/header.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { noise } from '../support/canary.ts';
import { type Frame, getId, type Id, setId, viewOf } from './frame.ts';

const FLAGS: readonly number[] = Object.values(Flag);
const COMMANDS: readonly number[] = Object.values(Command);
const ERRORS: readonly number[] = [0, 1, 4, 0x20, 0x21, 0x22, 0x23, 0x24, 0xffffffff];
const SIZES: readonly number[] = [
  0,
  1,
  63,
  64,
  65,
  512,
  65_536,
  65_537,
  1 << 20,
  (1 << 20) + 1,
  2 ** 31,
  2 ** 32 - 1,
];

/** Change something in a frame. @param ids of transactions that are or were there */
export function mutate(frame: Frame, random: Random, ids: readonly Id[]): void {
  if (frame.bytes.length < HEADER_BYTES) return;
  const { le } = frame;
  const view = viewOf(frame);
  switch (random.integer(0, 11)) {
    case 0:
    case 1:
      view.setUint32(Off.cmd, (view.getUint32(Off.cmd, le) ^ random.pick(FLAGS)) >>> 0, le);
      break;
    case 2: {
      const flags = view.getUint32(Off.cmd, le) & 0xff000000;
      view.setUint32(Off.cmd, (flags | random.pick(COMMANDS)) >>> 0, le);
      break;
    }
    case 3:
      view.setUint8(Off.cmd + (le ? 0 : 3), random.integer(0, 40));
      break;
    case 4:
      setId(view, Off.msgid, otherId(getId(view, Off.msgid, le), random, ids), le);
      break;
    case 5:
      setId(view, Off.circuit, otherId(getId(view, Off.circuit, le), random, ids), le);
      break;
    case 6:
      view.setUint32(Off.error, random.pick(ERRORS), le);
      break;
    case 7:
      resize(frame, random);
      break;
    case 8:
      changeBytes(frame.bytes, 0, HEADER_BYTES, random);
      break;
    case 9:
      changeBytes(frame.bytes, HEADER_BYTES, frame.bytes.length, random);
      break;
    case 10:
      // A field of the extended header, where block commands have their offset and length.
      if (frame.bytes.length >= 0x58) {
        view.setUint32(random.pick([0x48, 0x4c, 0x50, 0x54]), random.pick(SIZES), le);
      }
      break;
    case 11:
      frame.bytes = random.chance(0.5)
        ? frame.bytes.subarray(0, random.integer(0, frame.bytes.length))
        : Buffer.concat([frame.bytes, noise(random, 64)]);
  }
}

function otherId(id: Id, random: Random, ids: readonly Id[]): Id {
  switch (random.integer(0, 4)) {
    case 0:
      return { low: 0, high: 0 };
    case 1:
      return { low: (id.low + random.pick([-16, -1, 1, 16])) >>> 0, high: id.high };
    case 2:
      return { low: id.low, high: (id.high + random.pick([-1, 1])) >>> 0 };
    case 3:
      return { low: Math.floor(random.next() * 2 ** 32), high: Math.floor(random.next() * 2 ** 32) };
    default:
      return ids.length === 0 ? id : random.pick(ids);
  }
}

/** Another payload size, half of the time with a payload that has it. */
function resize(frame: Frame, random: Random): void {
  const { le } = frame;
  const view = viewOf(frame);
  const was = view.getUint32(Off.auxBytes, le);
  const size = random.chance(0.4) ? Math.max(0, was + random.integer(-64, 64)) : random.pick(SIZES);
  view.setUint32(Off.auxBytes, size, le);
  if (size > 70_000 || random.chance(0.5)) return;
  const length = Math.min(headerBytes(view.getUint32(Off.cmd, le)), frame.bytes.length);
  const bytes = Buffer.alloc(length + padded(size), 0x41);
  frame.bytes.copy(bytes, 0, 0, Math.min(frame.bytes.length, bytes.length));
  frame.bytes = bytes;
}

function changeBytes(bytes: Buffer, from: number, to: number, random: Random): void {
  if (from >= to) return;
  for (let count = random.integer(1, 4); count > 0; count--) {
    const at = random.integer(from, to - 1);
    bytes[at] = random.chance(0.3)
      ? (bytes[at] as number) ^ (1 << random.integer(0, 7))
      : (noise(random, 1)[0] as number);
  }
}
