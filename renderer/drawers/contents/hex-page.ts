/** Pages of the hex view, as pure arithmetic. */

export const ROW_BYTES = 16;
/** 32 rows. */
export const PAGE_BYTES = 512;
/** Read at once: some pages ahead, so that most steps need no answer. A whole number of pages and blocks. */
export const CHUNK_BYTES = 16_384;

/** Offset of the page a byte is on. */
export function pageOf(offset: number): number {
  return Math.floor(offset / PAGE_BYTES) * PAGE_BYTES;
}

/** What must be read for a page. A page never lies in two chunks. */
export function chunkOf(offset: number): number {
  return Math.floor(offset / CHUNK_BYTES) * CHUNK_BYTES;
}

/** An offset on the disk, whatever was asked for. */
export function clampOffset(offset: number, sizeBytes: number): number {
  return Math.min(Math.max(0, offset), Math.max(0, sizeBytes - 1));
}

/** Where a key leads from a byte; null: it is no key of the view. */
export function keyStep(key: string, ctrl: boolean, offset: number, sizeBytes: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -ROW_BYTES,
    ArrowDown: ROW_BYTES,
    PageUp: -PAGE_BYTES,
    PageDown: PAGE_BYTES,
  };
  const step = steps[key];
  if (step !== undefined) {
    const to = offset + step;
    // A step beyond an end stays: no surprise jump to another column.
    return to < 0 || to >= sizeBytes ? offset : to;
  }
  const row = Math.floor(offset / ROW_BYTES) * ROW_BYTES;
  if (key === 'Home') return ctrl ? 0 : row;
  if (key === 'End') return clampOffset(ctrl ? sizeBytes - 1 : row + ROW_BYTES - 1, sizeBytes);
  return null;
}

/** Bytes of base64. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** Hex digits an offset on this disk takes, at least 8. */
export function offsetDigits(sizeBytes: number): number {
  return Math.max(8, Math.max(0, sizeBytes - 1).toString(16).length);
}

export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** A byte as a letter; `·` where it is none. */
export function asciiByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}
