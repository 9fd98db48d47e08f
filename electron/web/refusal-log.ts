import type { Log } from '../host/log.ts';

const QUIET_MS = 10_000;
const SHOWN_CHARACTERS = 120;

/** Tells of requests refused, but lets nobody fill the log: of each reason one line in ten seconds. */
export class RefusalLog {
  readonly #log: Log;
  readonly #told = new Map<string, { atMs: number; untold: number }>();

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * @param reason one of few
   * @param from who asked
   * @param detail what was asked, as it came
   */
  tell(reason: string, from: string, detail?: string): void {
    const now = performance.now();
    const last = this.#told.get(reason);
    if (last !== undefined && now - last.atMs < QUIET_MS) {
      last.untold++;
      return;
    }
    this.#told.set(reason, { atMs: now, untold: 0 });
    const what = detail === undefined ? '' : `: ${JSON.stringify(detail.slice(0, SHOWN_CHARACTERS))}`;
    const more = last !== undefined && last.untold > 0 ? ` (and ${last.untold} times more before)` : '';
    this.#log.warn(`${from}: refused, ${reason}${what}${more}`);
  }
}
