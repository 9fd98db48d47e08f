/**
 * Why a BLK_OPEN was refused: the payload of the refusing LNK_ERROR. It goes to clients alone whose open has the
 * mark of open-fence.ts, relays copy it through, and who does not know it sees the error of the header.
 */

const MARK = 0x53504e52; // "SPNR"
const AT = { mark: 0, reason: 4, end: 8 } as const;

export type OpenRefusal = 'other_writer'; // another client has it open for writing, and it takes one

const REASONS: Readonly<Record<OpenRefusal, number>> = { other_writer: 1 };

/** Bytes of the payload. */
export const OPEN_REFUSAL_BYTES = AT.end;

export function writeOpenRefusal(bytes: Uint8Array, at: number, reason: OpenRefusal): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + at, OPEN_REFUSAL_BYTES);
  buffer.writeUInt32LE(MARK, AT.mark);
  buffer.writeUInt32LE(REASONS[reason], AT.reason);
}

/** The reason in a refusal; undefined where there is none, or one we do not know. */
export function readOpenRefusal(payload: Uint8Array): OpenRefusal | undefined {
  if (payload.length < AT.end) return undefined;
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (buffer.readUInt32LE(AT.mark) !== MARK) return undefined;
  return buffer.readUInt32LE(AT.reason) === REASONS.other_writer ? 'other_writer' : undefined;
}
