import type { BlockRequest } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';

type SyncCall = (done: (error: NodeJS.ErrnoException | null) => void) => void;

/**
 * Brings what was written to stable storage. One sync at a time; it serves all requests that came before it
 * started, those that come later share the next one.
 *
 * After a failed sync the system may have dropped the pages it could not write and marked them clean, so a
 * later sync that succeeds proves nothing: the failure stays until the medium is opened again.
 */
export class Syncer {
  readonly #name: string;
  readonly #sync: SyncCall;
  readonly #settle: (request: BlockRequest, error: BlockError | null) => void;
  #waiting: BlockRequest[] = [];
  #running: BlockRequest[] = [];
  #isRunning = false;
  #failure: BlockError | null = null;

  constructor(
    name: string,
    sync: SyncCall,
    settle: (request: BlockRequest, error: BlockError | null) => void,
  ) {
    this.#name = name;
    this.#sync = sync;
    this.#settle = settle;
  }

  /** The answer to everything that asks for stable storage once a sync has failed, else null. */
  get failure(): BlockError | null {
    return this.#failure;
  }

  /** Settle the request when all that was done before this call is stable. */
  join(request: BlockRequest): void {
    if (this.#failure !== null) {
      this.#settle(request, this.#failure);
      return;
    }
    this.#waiting.push(request);
    if (!this.#isRunning) this.#start();
  }

  #start(): void {
    [this.#running, this.#waiting] = [this.#waiting, this.#running];
    this.#isRunning = true;
    this.#sync(this.#onSynced);
  }

  readonly #onSynced = (cause: NodeJS.ErrnoException | null): void => {
    this.#isRunning = false;
    if (cause !== null) {
      const message = `${this.#name}: sync failed, writes may be lost until it is opened again: ${cause.message}`;
      this.#failure = new BlockError('io', message, { cause });
      this.#running.push(...this.#waiting.splice(0));
    }
    const over = this.#running;
    this.#running = [];
    if (this.#waiting.length > 0) this.#start();
    for (const request of over) this.#settle(request, this.#failure);
  };
}
