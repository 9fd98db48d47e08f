/** How long a test waits for something that must come, unless it says otherwise. */
const PATIENCE_MS = 30_000;

interface Waiter<T> {
  look(item: T): void;
  fail(error: Error): void;
}

/** Things that come one after another: kept, and waited for. */
export class Feed<T> {
  readonly items: T[] = [];
  readonly #describe: () => string;
  readonly #waiters = new Set<Waiter<T>>();
  #ended: string | undefined;

  /** @param describe what to add to the message when something does not come */
  constructor(describe: () => string) {
    this.#describe = describe;
  }

  push(item: T): void {
    this.items.push(item);
    for (const waiter of [...this.#waiters]) waiter.look(item);
  }

  /** Nothing more comes. */
  end(reason: string): void {
    this.#ended = reason;
    for (const waiter of [...this.#waiters]) waiter.fail(this.#error(reason));
  }

  /**
   * The first item accepted of those numbered `since` and above; waits for it.
   * @param what what is waited for, for the message when it does not come
   */
  next(accept: (item: T) => boolean, what: string, since = 0, ms = PATIENCE_MS): Promise<T> {
    for (const item of this.items.slice(since)) if (accept(item)) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#error(`${what} did not come: ${this.#ended}`));
        return;
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        act();
      };
      const waiter: Waiter<T> = {
        look: (item) => {
          if (accept(item)) settle(() => resolve(item));
        },
        fail: (error) => settle(() => reject(error)),
      };
      const timer = setTimeout(() => waiter.fail(this.#error(`${what} did not come in ${ms} ms`)), ms);
      this.#waiters.add(waiter);
    });
  }

  #error(problem: string): Error {
    return new Error(`${problem}\n${this.#describe()}`);
  }
}
