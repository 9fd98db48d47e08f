import { OpenMode } from '../dmsg/constants.ts';
import type { Path } from './path.ts';
import type { UnitOptions } from './unit-options.ts';

/** What a unit's paths said to its wish to write. */
export class WriteRight {
  readonly #paths: ReadonlySet<Path>;
  #askedMs = 0;

  constructor(paths: ReadonlySet<Path>) {
    this.#paths = paths;
  }

  /** Nothing is left that might be written. */
  get isRefused(): boolean {
    return [...this.#paths].every((path) => path.refusesWriting || path.disabled);
  }

  /** What is asked of the other side of a path: a set of OpenMode bits. */
  modesFor(path: Path, { readOnly }: UnitOptions): number {
    return readOnly || path.refusesWriting ? OpenMode.READ : OpenMode.READ | OpenMode.WRITE;
  }

  /** A path is to be chosen anew: those that refused writing earlier may grant it now. */
  forget(): void {
    for (const path of this.#paths) path.refusesWriting = false;
  }

  /**
   * Ask all paths whether they may be written by now, at most each `askWritingMs`: one message per path.
   * @param granted called for each that may
   */
  ask(nowMs: number, { askWritingMs }: UnitOptions, granted: () => void): void {
    if (nowMs - this.#askedMs < askWritingMs) return;
    this.#askedMs = nowMs;
    for (const path of this.#paths) if (!path.disabled) path.askForWriting(granted);
  }
}
