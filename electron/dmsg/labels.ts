/** Text and identity fields of fixed length, as they stand in LNK_CONN and LNK_SPAN. */

/** Bytes of a label field, the terminating NUL included. */
export const LABEL_BYTES = 128;
/** Bytes of a UUID field. */
export const UUID_BYTES = 16;

/** Read a label: up to its NUL, which is forced in the last byte of what a peer sends. */
export function readLabel(view: DataView, at: number): string {
  const bytes = Buffer.from(view.buffer, view.byteOffset + at, LABEL_BYTES - 1);
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul < 0 ? bytes.length : nul);
}

/** Write a label, cut to 127 bytes at a character; the field must hold zeros. */
export function writeLabel(view: DataView, at: number, label: string): void {
  const field = new Uint8Array(view.buffer, view.byteOffset + at, LABEL_BYTES - 1);
  new TextEncoder().encodeInto(label, field);
}

/** Read 16 bytes as 32 hexadecimal digits. */
export function readUuid(view: DataView, at: number): string {
  return Buffer.from(view.buffer, view.byteOffset + at, UUID_BYTES).toString('hex');
}

/** Write a UUID given as 32 hexadecimal digits. */
export function writeUuid(view: DataView, at: number, uuid: string): void {
  Buffer.from(view.buffer, view.byteOffset + at, UUID_BYTES).write(uuid, 'hex');
}

export const NO_UUID = '0'.repeat(2 * UUID_BYTES);
