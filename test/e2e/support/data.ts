import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

const PIECE_BYTES = 4 << 20;

/**
 * Fill a new file with random bytes: the key stream of a cipher, as that is the fastest source.
 * @returns its SHA-256
 */
export async function randomFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
  const zeros = Buffer.alloc(PIECE_BYTES);
  const file = await open(path, 'wx');
  try {
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      const piece = cipher.update(zeros.subarray(0, Math.min(PIECE_BYTES, sizeBytes - at)));
      hash.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), hash);
  return hash.digest('hex');
}
