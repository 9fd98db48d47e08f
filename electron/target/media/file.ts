import fs from 'node:fs';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { BlockOp, type BlockRequest } from '../../block/device.ts';
import type { BlockError } from '../../block/error.ts';
import { openPuncher } from './fallocate-puncher.ts';
import { type FileCalls, systemCalls } from './file-calls.ts';
import { type OpenedFile, openFile } from './file-open.ts';
import type { Medium, MediumOptions, ReadOnlyReason } from './medium.ts';
import { blockError } from './medium-error.ts';
import type { HolePuncher } from './puncher.ts';
import { type MediumState, refusal } from './refusal.ts';
import { formatSize } from './size.ts';
import { Syncer } from './syncer.ts';
import { Transfer, type TransferFile } from './transfer.ts';

const closeFd = promisify(fs.close);
const statFd = promisify(fs.fstat);

/**
 * Transfers of one medium in the thread pool at a time. A thread that finds the next one waiting need not be
 * woken for it: 4 cost three times the CPU time of 32, and 64 gain little more (random 4 KiB, cached).
 */
const DEFAULT_DEPTH = 32;

/** Below this a zero is written out, which is faster than a hole is punched; 1 MiB takes 0.2 ms. */
const PUNCH_FROM_BYTES = 4 << 20;

/** For tests and measurements. */
export interface FileMediumOptions extends MediumOptions {
  readonly calls?: FileCalls;
  readonly depth?: number;
  /** What punches holes; null for nothing. By default what the system has. */
  readonly openPuncher?: (fd: number) => HolePuncher | null;
}

/**
 * A regular file or block device, through the page cache.
 *
 * Every call runs in libuv's thread pool, which all of the process shares: files, DNS and all media.
 * UV_THREADPOOL_SIZE sets its threads (default 4, read once, at the first use). On cached data the best is
 * at most the number of cores, and 16 or more lose half the rate; only slow disks, where threads wait and do
 * not compute, want more. One medium that hangs can hold every thread: give it a process of its own.
 */
export class FileMedium implements Medium, TransferFile {
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly readOnlyReason: ReadOnlyReason | null;
  readonly warning: string | null;
  readonly synchronous = false;
  readonly description: string;
  readonly identity: string;

  readonly fd: number;
  readonly path: string;
  readonly calls: FileCalls;

  readonly #isDevice: boolean;
  readonly #puncher: HolePuncher | null;
  readonly #syncer: Syncer;
  /** Transfers that may be started, and requests that wait for one. One of the two is always empty. */
  readonly #idle: Transfer[];
  readonly #queue: BlockRequest[] = [];
  #outstanding = 0;
  #state: MediumState = 'open';
  #onIdle: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Open a file or block device.
   * @throws MediumError
   */
  static async open(path: string, options: FileMediumOptions = {}): Promise<FileMedium> {
    return new FileMedium(await openFile(path, options), options);
  }

  private constructor(file: OpenedFile, options: FileMediumOptions) {
    this.fd = file.fd;
    this.path = file.path;
    this.calls = options.calls ?? systemCalls;
    this.sizeBytes = file.geometry.sizeBytes;
    this.blockBytes = file.geometry.blockBytes;
    this.warning = file.geometry.warning;
    this.readOnlyReason = file.readOnlyReason;
    this.description = `${file.kind} ${file.path}, ${formatSize(this.sizeBytes)}`;
    this.identity = `${hostname()}:${file.realPath}`;
    this.#isDevice = file.kind === 'block device';
    this.#puncher = this.readOnly ? null : (options.openPuncher ?? openPuncher)(file.fd);
    this.#syncer = new Syncer(
      file.path,
      (done) => this.calls.fdatasync(this.fd, done),
      (request, error) => this.#finish(request, error),
    );
    this.#idle = Array.from({ length: options.depth ?? DEFAULT_DEPTH }, () => new Transfer(this));
  }

  get readOnly(): boolean {
    return this.readOnlyReason !== null;
  }

  async allocatedBytes(): Promise<number> {
    if (this.#isDevice) return this.sizeBytes;
    return (await statFd(this.fd)).blocks * 512;
  }

  submit(request: BlockRequest): void {
    const refused = refusal(request.op, this.path, this.readOnly, this.#state);
    this.#outstanding++;
    request.filled = 0;
    if (refused !== null) this.#finish(request, refused);
    else if (wantsStable(request) && this.#syncer.failure !== null)
      this.#finish(request, this.#syncer.failure);
    else if (request.op === BlockOp.flush) this.#flush(request);
    else if (request.length === 0) this.#written(request);
    else if (request.op === BlockOp.discard) this.#discard(request);
    else if (request.op === BlockOp.zero) this.#zero(request);
    else this.#transfer(request);
  }

  /** Called by a transfer. */
  transferred(transfer: Transfer, request: BlockRequest, error: BlockError | null): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#idle.push(transfer);
    else transfer.start(next);
    if (error === null) this.#written(request);
    else this.#finish(request, error);
  }

  /**
   * Take no more requests, wait for those that run, and close the file.
   * @throws BlockError where the system reports a write that failed late
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#state = 'closing';
    if (this.#outstanding > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    await this.#puncher?.close();
    this.#state = 'closed';
    try {
      await closeFd(this.fd);
    } catch (error) {
      throw blockError(`${this.path}: close`, error as NodeJS.ErrnoException);
    }
  }

  #transfer(request: BlockRequest): void {
    const transfer = this.#idle.pop();
    if (transfer === undefined) this.#queue.push(request);
    else transfer.start(request);
  }

  #flush(request: BlockRequest): void {
    // Nothing was written here, and some systems refuse to sync what is open for reading only.
    if (this.readOnly) this.#finish(request, null);
    else this.#syncer.join(request);
  }

  /** A hole where the system can make one; else the range stays as it was, which a discard allows. */
  #discard(request: BlockRequest): void {
    if (this.#puncher === null) this.#written(request);
    else this.#puncher.punch(request.offset, request.length, () => this.#written(request));
  }

  #zero(request: BlockRequest): void {
    if (this.#puncher === null || request.length < PUNCH_FROM_BYTES) {
      this.#transfer(request);
      return;
    }
    this.#puncher.punch(request.offset, request.length, (punched) => {
      if (punched) this.#written(request);
      else this.#transfer(request);
    });
  }

  /** The work is done; whether it must be stable too decides what follows. */
  #written(request: BlockRequest): void {
    if (wantsStable(request)) this.#syncer.join(request);
    else this.#finish(request, null);
  }

  #finish(request: BlockRequest, error: BlockError | null): void {
    this.#outstanding--;
    request.done(error);
    if (this.#outstanding === 0) this.#onIdle?.();
  }
}

function wantsStable(request: BlockRequest): boolean {
  return request.op === BlockOp.flush || (request.fua && request.op !== BlockOp.read);
}
