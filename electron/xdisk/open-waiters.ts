import type { BlockError } from '../block/error.ts';

/** Those who open a unit and wait for the first answer of the other side. */
export class OpenWaiters {
  #waiters: ((error: BlockError | null) => void)[] = [];

  /**
   * Wait for `tell`.
   * @param late the error of those told nothing in `ms`
   */
  wait(ms: number, late: () => BlockError): Promise<BlockError | null> {
    return new Promise((resolve) => {
      const waiter = (error: BlockError | null): void => {
        clearTimeout(timer);
        resolve(error);
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(late());
      }, ms);
      this.#waiters.push(waiter);
    });
  }

  /** Tell all who wait now: null is success. */
  tell(error: BlockError | null): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter(error);
  }
}
