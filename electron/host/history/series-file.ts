import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing } from '../file-error.ts';
import type { Log } from '../log.ts';
import { FILE_BYTES, HEADER_BYTES, headerOf, type Ring, slotAt } from './geometry.ts';
import type { Write } from './slot-queue.ts';

/**
 * The file of one series. It is open only while something is done: there may be thousands. A file that is no
 * history of this series and geometry is read as empty, and begins anew with the next write.
 */
export class SeriesFile {
  readonly path: string;
  readonly #key: string;
  readonly #log: Log;
  /** Its header was looked at in this run. */
  #isChecked = false;

  constructor(path: string, key: string, log: Log) {
    this.path = path;
    this.#key = key;
    this.#log = log;
  }

  /** @throws the file system's error */
  async write(writes: readonly Write[]): Promise<void> {
    const file = await this.#openToWrite();
    try {
      for (const { at, bytes } of writes) await writeAll(file, bytes, at);
    } finally {
      await file.close();
    }
  }

  /**
   * Read the slots of successive steps; those the file does not hold are zeros or of other steps.
   * @throws the file system's error
   */
  async read(ring: Ring, firstStep: number, steps: number): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(steps * ring.words);
    const file = await this.#openToRead();
    if (file === undefined) return values;
    try {
      for (let done = 0; done < steps; ) {
        const run = Math.min(steps - done, ring.slots - ((firstStep + done) % ring.slots));
        const part = new Uint8Array(values.buffer, 4 * done * ring.words, 4 * run * ring.words);
        await file.read(part, 0, part.length, slotAt(ring, firstStep + done));
        done += run;
      }
    } finally {
      await file.close();
    }
    return values;
  }

  /** @throws the file system's error */
  async remove(): Promise<void> {
    this.#isChecked = false;
    await rm(this.path, { force: true });
  }

  async #openToRead(): Promise<FileHandle | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    if (this.#isChecked || (await this.#fault(file)) === null) return file;
    await file.close();
    return undefined;
  }

  async #openToWrite(): Promise<FileHandle> {
    let file: FileHandle;
    try {
      file = await open(this.path, 'r+');
    } catch (error) {
      if (!isMissing(error)) throw error;
      return this.#create();
    }
    if (this.#isChecked) return file;
    const fault = await this.#fault(file);
    if (fault === null) {
      this.#isChecked = true;
      return file;
    }
    await file.close();
    this.#log.warn(`the history of ${this.#key} begins anew: ${this.path} ${fault}`);
    return this.#create();
  }

  async #create(): Promise<FileHandle> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(this.path, 'w+', 0o600);
    try {
      await file.truncate(FILE_BYTES);
      await writeAll(file, headerOf(this.#key), 0);
    } catch (error) {
      // Not to be taken for a damaged one later.
      await file.close();
      await this.remove();
      throw error;
    }
    this.#isChecked = true;
    return file;
  }

  /** What is wrong with the file; null if nothing is. */
  async #fault(file: FileHandle): Promise<string | null> {
    const { size } = await file.stat();
    if (size !== FILE_BYTES) return `has ${size} bytes instead of ${FILE_BYTES}`;
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    return header.equals(headerOf(this.#key))
      ? null
      : 'does not begin as a history of this series and version';
  }
}

/** A full disk takes a part before it refuses: only the next write says so. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}
