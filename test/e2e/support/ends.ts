/** What is used of a test's context by what has to be undone: others may offer it too. */
export interface After {
  after(end: () => unknown): void;
}

/** What is to be undone where there is no test that would do it. */
export class Ends implements After {
  readonly #ends: (() => unknown)[] = [];

  after(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Undo it all, in the order in which it was asked for. @throws what the first that fails does */
  async run(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}
