import { HEADER_BYTES, HEADER_MAX_BYTES, MAGIC } from '../../../electron/dmsg/constants.ts';
import { crc32c } from '../../../electron/dmsg/crc32c.ts';
import { headerBytes, headerCrc, Off, padded } from '../../../electron/dmsg/header.ts';

/** A transaction's id as two words. */
export interface Id {
  readonly low: number;
  readonly high: number;
}

export const NO_ID: Id = { low: 0, high: 0 };

export function sameId(a: Id, b: Id): boolean {
  return a.low === b.low && a.high === b.high;
}

export interface Parts {
  /** Command word with flags. */
  readonly cmd: number;
  readonly id?: Id;
  readonly circuit?: Id;
  readonly error?: number;
  readonly payload?: Uint8Array;
  /** Writes the extended header into zeros. */
  readonly body?: (view: DataView, le: boolean) => void;
}

/** A message on its way out, to be changed in place. It has no sequence number and CRCs before `seal`. */
export interface Frame {
  bytes: Buffer;
  readonly le: boolean;
}

export function viewOf({ bytes }: Frame): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function makeFrame(parts: Parts, le: boolean): Frame {
  const { id = NO_ID, circuit = NO_ID, error = 0, payload } = parts;
  const cmd = parts.cmd >>> 0;
  const length = headerBytes(cmd);
  const payloadBytes = payload?.length ?? 0;
  const frame: Frame = { bytes: Buffer.alloc(length + padded(payloadBytes)), le };
  const view = viewOf(frame);
  view.setUint16(Off.magic, MAGIC, le);
  setId(view, Off.msgid, id, le);
  setId(view, Off.circuit, circuit, le);
  view.setUint32(Off.cmd, cmd, le);
  view.setUint32(Off.error, error, le);
  parts.body?.(view, le);
  if (payload !== undefined && payloadBytes > 0) {
    view.setUint32(Off.auxBytes, payloadBytes, le);
    frame.bytes.set(payload, length);
  }
  return frame;
}

export function setId(view: DataView, at: number, { low, high }: Id, le: boolean): void {
  view.setUint32(at + (le ? 0 : 4), low, le);
  view.setUint32(at + (le ? 4 : 0), high, le);
}

export function getId(view: DataView, at: number, le: boolean): Id {
  return { low: view.getUint32(at + (le ? 0 : 4), le), high: view.getUint32(at + (le ? 4 : 0), le) };
}

/** The command word of a frame that has a core header. */
export function cmdOf(frame: Frame): number {
  return viewOf(frame).getUint32(Off.cmd, frame.le);
}

/** Give a frame its sequence number, and CRCs that fit wherever its sizes leave room for them. */
export function seal(frame: Frame, sequence: number): void {
  const { bytes, le } = frame;
  if (bytes.length < HEADER_BYTES) return;
  const view = viewOf(frame);
  view.setUint32(Off.salt, (0xabcdef00 | sequence) >>> 0, le);
  const length = headerBytes(view.getUint32(Off.cmd, le));
  if (length < HEADER_BYTES || length > HEADER_MAX_BYTES || length > bytes.length) return;
  const payloadBytes = view.getUint32(Off.auxBytes, le);
  if (payloadBytes > 0 && length + padded(payloadBytes) <= bytes.length) {
    view.setUint32(Off.auxCrc, crc32c(bytes.subarray(length, length + padded(payloadBytes))), le);
  }
  view.setUint32(Off.hdrCrc, headerCrc(bytes, 0, length), le);
}
