import { mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { appendFile, rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Event } from '../../../shared/model/event.ts';
import { fileError, isMissing } from '../file-error.ts';
import type { Log } from '../log.ts';

/** At this size the newer file becomes the older one, and the older one is gone. */
const FILE_BYTES = 4 << 20;
/** Lines that wait while nothing can be written, at most; the oldest are lost. */
const WAITING_LINES = 4096;

/** Stands between the lines of one file and those of the next. */
const NEW_FILE = null;

/** Events as lines of JSON in two files. An event that grows is written again: its last line counts. */
export class EventFile {
  readonly #directory: string;
  readonly #newer: string;
  readonly #older: string;
  readonly #log: Log;
  readonly #waiting: (string | typeof NEW_FILE)[] = [];
  /** Size of the newer file as it is, and as it will be when all is written. */
  #bytes = 0;
  #plannedBytes = 0;
  #isFailing = false;
  #written: Promise<void> = Promise.resolve();

  /** @param directory of the files; made if it is not there */
  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#newer = join(directory, 'events.jsonl');
    this.#older = join(directory, 'events.1.jsonl');
    this.#log = log;
  }

  /** What earlier runs left. What cannot be read is left out, and the log says so. */
  load(): { older: Event[]; newer: Event[] } {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      this.#log.warn(fileError(this.#directory, 'made', error).message);
    }
    const older = this.#read(this.#older);
    const newer = this.#read(this.#newer);
    this.#bytes = newer.bytes;
    this.#plannedBytes = newer.bytes;
    return { older: older.events, newer: newer.events };
  }

  /**
   * Have an event written with the next `write`.
   * @returns whether a new file begins with it, and what was in the older one is gone
   */
  add(event: Event): boolean {
    const line = `${JSON.stringify(event)}\n`;
    const bytes = Buffer.byteLength(line);
    const isNew = this.#plannedBytes > 0 && this.#plannedBytes + bytes > FILE_BYTES;
    if (isNew) {
      this.#waiting.push(NEW_FILE);
      this.#plannedBytes = 0;
    }
    this.#waiting.push(line);
    this.#plannedBytes += bytes;
    return isNew;
  }

  /** Write what was added. Where that fails it waits for the next call, and the log says so once. */
  write(): Promise<void> {
    this.#written = this.#written.then(() => this.#writeAll());
    return this.#written;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeSome();
      if (this.#isFailing) this.#log.info('events are kept again');
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        this.#log.warn(fileError(this.#newer, 'written, so events are not kept', error).message);
      }
      this.#isFailing = true;
      this.#waiting.splice(0, Math.max(0, this.#waiting.length - WAITING_LINES));
    }
  }

  /** The lines up to the next new file, in one go; or the new file. */
  async #writeSome(): Promise<void> {
    const end = this.#waiting.indexOf(NEW_FILE);
    if (end === 0) {
      await rename(this.#newer, this.#older);
      this.#bytes = 0;
      this.#waiting.shift();
      return;
    }
    const count = end < 0 ? this.#waiting.length : end;
    const text = this.#waiting.slice(0, count).join('');
    try {
      await appendFile(this.#newer, text, { mode: 0o600 });
    } catch (error) {
      // A full disk may have taken half of it.
      await truncate(this.#newer, this.#bytes).catch(() => {});
      throw error;
    }
    this.#bytes += Buffer.byteLength(text);
    this.#waiting.splice(0, count);
  }

  #read(path: string): { events: Event[]; bytes: number } {
    try {
      const { size } = statSync(path);
      if (size > 2 * FILE_BYTES) throw new Error(`it has ${size} bytes, which are not ours`);
      const text = readFileSync(path, 'utf8');
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const bytes = Buffer.byteLength(whole);
      // A process that was killed, or a power failure, left a part of a line: the next one begins a line.
      if (whole !== text) truncateSync(path, bytes);
      return { events: this.#parse(path, whole), bytes };
    } catch (error) {
      if (!isMissing(error)) this.#log.warn(fileError(path, 'read', error).message);
      return { events: [], bytes: 0 };
    }
  }

  #parse(path: string, text: string): Event[] {
    const lines = text.split('\n').slice(0, -1);
    const events = lines.flatMap((line) => parseEvent(line) ?? []);
    const bad = lines.length - events.length;
    if (bad > 0) this.#log.warn(`${path}: ${bad} of ${lines.length} lines are no events and left out`);
    return events;
  }
}

function parseEvent(line: string): Event | undefined {
  try {
    return Event.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
