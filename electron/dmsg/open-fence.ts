import { randomBytes } from 'node:crypto';

/**
 * What Spandrel adds to BLK_OPEN, so that a command stuck in a dead path's network is never carried out after
 * the client has gone on elsewhere. It stands in bytes of the header libdmsg leaves zero and relays copy
 * through, and in a payload of the answer that clients without it do not look at. It begins with a mark of
 * its own; without it there is no fence.
 */

const MARK = 0x53504e46; // "SPNF"
const AT = { mark: 0x44, client: 0x48, epochLow: 0x58, epochHigh: 0x5c } as const;
const UUID_BYTES = 16;
const TWO_32 = 0x1_0000_0000;

/** Who opens, for the how-manieth time. */
export interface OpenFence {
  /** Tells the client from all others: 32 hexadecimal digits. */
  readonly client: string;
  /**
   * Grows with each open of the client, 1 … 2^53-1. An open ends those of lower epochs. 0 ends none: it only says
   * who asks whether it could be opened. Exporters that do not know that see an open without a fence.
   */
  readonly epoch: number;
}

/** A client nobody has seen before, which has not opened yet. */
export function newClient(): OpenFence {
  return { client: randomBytes(UUID_BYTES).toString('hex'), epoch: 0 };
}

/** Write a fence into the header of a BLK_OPEN that begins at `at`. */
export function writeOpenFence(view: DataView, at: number, le: boolean, fence: OpenFence): void {
  view.setUint32(at + AT.mark, MARK, le);
  Buffer.from(view.buffer, view.byteOffset + at + AT.client, UUID_BYTES).write(fence.client, 'hex');
  view.setUint32(at + AT.epochLow, fence.epoch % TWO_32, le);
  view.setUint32(at + AT.epochHigh, Math.floor(fence.epoch / TWO_32), le);
}

/** The fence of a BLK_OPEN; undefined where the client has none, or one that cannot be. */
export function readOpenFence(view: DataView, at: number, le: boolean): OpenFence | undefined {
  if (view.getUint32(at + AT.mark, le) !== MARK) return undefined;
  const client = Buffer.from(view.buffer, view.byteOffset + at + AT.client, UUID_BYTES).toString('hex');
  const epoch = view.getUint32(at + AT.epochHigh, le) * TWO_32 + view.getUint32(at + AT.epochLow, le);
  return Number.isSafeInteger(epoch) ? { client, epoch } : undefined;
}

/** What an exporter answers that has ended the client's earlier opens. Both are 32 hexadecimal digits. */
export interface FenceAnswer {
  /** What the fence reaches: all exporters that answer with the same one. */
  readonly domain: string;
  /**
   * As long as it is the same, nothing acknowledged there was lost for want of a flush; as the write verifier of
   * NFS (RFC 1813, 3.3.7). It changes where what caches the medium's writes begins anew.
   */
  readonly verifier: string;
}

/** Bytes of the answer's payload. */
export const FENCE_ANSWER_BYTES = 64;
const ANSWER_AT = { mark: 0, domain: 4, verifier: 4 + UUID_BYTES, end: 4 + 2 * UUID_BYTES } as const;

export function writeFenceAnswer(bytes: Uint8Array, at: number, { domain, verifier }: FenceAnswer): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + at, FENCE_ANSWER_BYTES);
  buffer.fill(0);
  buffer.writeUInt32LE(MARK, ANSWER_AT.mark);
  buffer.write(domain, ANSWER_AT.domain, 'hex');
  buffer.write(verifier, ANSWER_AT.verifier, 'hex');
}

/** The answer to an open; undefined where the exporter has no fence. */
export function readFenceAnswer(payload: Uint8Array): FenceAnswer | undefined {
  if (payload.length < ANSWER_AT.end) return undefined;
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (buffer.readUInt32LE(ANSWER_AT.mark) !== MARK) return undefined;
  return {
    domain: buffer.toString('hex', ANSWER_AT.domain, ANSWER_AT.verifier),
    verifier: buffer.toString('hex', ANSWER_AT.verifier, ANSWER_AT.end),
  };
}
