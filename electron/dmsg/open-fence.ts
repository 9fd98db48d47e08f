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
  /** Grows with each open of the client, 1 … 2^53-1. An open ends those of lower epochs. */
  readonly epoch: number;
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
  return Number.isSafeInteger(epoch) && epoch > 0 ? { client, epoch } : undefined;
}

/** Bytes of the answer's payload. */
export const FENCE_ANSWER_BYTES = 64;

/**
 * Write the answer of an exporter that has ended the client's earlier opens.
 * @param domain what the fence reaches, 32 hexadecimal digits: all exporters that answer with the same one
 */
export function writeFenceAnswer(bytes: Uint8Array, at: number, domain: string): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + at, FENCE_ANSWER_BYTES);
  buffer.fill(0);
  buffer.writeUInt32LE(MARK, 0);
  buffer.write(domain, 4, 'hex');
}

/** The domain of an answer; undefined where the exporter has no fence. */
export function readFenceAnswer(payload: Uint8Array): string | undefined {
  if (payload.length < 4 + UUID_BYTES) return undefined;
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return buffer.readUInt32LE(0) === MARK ? buffer.toString('hex', 4, 4 + UUID_BYTES) : undefined;
}
