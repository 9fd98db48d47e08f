import { mock, type TestContext } from 'node:test';

/** The process's clock, which a test can put forward. */
export class Clock {
  #aheadMs = 0;

  constructor(test: TestContext) {
    const real = performance.now.bind(performance);
    mock.method(performance, 'now', () => real() + this.#aheadMs);
    test.after(() => mock.restoreAll());
  }

  pass(ms: number): void {
    this.#aheadMs += ms;
  }
}
