import { Block, receiveMemory } from '../../../electron/stream/memory.ts';
import { Finding } from './target.ts';

/**
 * Memory that is handed out with whatever stood in it before is filled with one byte here, and what leaves the
 * program is searched for it: no byte of the heap, of another unit or of another client may be in any message.
 */

export const CANARY = 0xca;
const PATTERN = Buffer.alloc(8, CANARY);
/** Of a block so much is filled, to keep it cheap: payloads of cases are mostly smaller. */
const FILLED_BYTES = 40 << 10;
const SPOILT_BYTES = 4096;

/** From now on pooled blocks and unsafe buffers come with the canary in them. */
export function plantCanaries(): void {
  const { acquire } = Block;
  Block.acquire = (bytes) => {
    const block = acquire.call(Block, bytes);
    block.bytes.fill(CANARY, 0, Math.min(block.bytes.length, FILLED_BYTES));
    return block;
  };
  const { allocUnsafe, allocUnsafeSlow } = Buffer;
  Buffer.allocUnsafe = (bytes) => allocUnsafe(bytes).fill(CANARY);
  Buffer.allocUnsafeSlow = (bytes) => allocUnsafeSlow(bytes).fill(CANARY);
  receiveMemory.bytes.fill(CANARY);
}

/** Other streams have used the shared receive memory since. */
export function spoilReceiveMemory(bytes: number): void {
  receiveMemory.bytes.fill(CANARY, 0, Math.max(SPOILT_BYTES, bytes));
}

/** @throws Finding where bytes have old heap in them */
export function checkNoCanary(bytes: Uint8Array, what: string): void {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(PATTERN);
  if (at >= 0) throw new Finding(`old memory in ${what}, at byte ${at} of ${bytes.length}`);
}

/** Random bytes that are never the canary. */
export function noise(random: { next(): number }, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    const byte = Math.floor(random.next() * 256);
    bytes[i] = byte === CANARY ? 0 : byte;
  }
  return bytes;
}
