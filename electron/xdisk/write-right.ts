import { OpenMode } from '../dmsg/constants.ts';
import type { Path, WriteRefusal } from './path.ts';
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

  /** Why that is so: another writer, where there is one, since that ends by itself. */
  get refusal(): WriteRefusal {
    const isTaken = [...this.#paths].some(
      ({ writeRefusal, disabled }) => writeRefusal === 'other_writer' && !disabled,
    );
    return isTaken ? 'other_writer' : 'not_granted';
  }

  /** What is asked of the other side of a path: a set of OpenMode bits. */
  modesFor(path: Path, { readOnly }: UnitOptions): number {
    return readOnly || path.refusesWriting ? OpenMode.READ : OpenMode.READ | OpenMode.WRITE;
  }

  /** A path is to be chosen anew: those that refused writing earlier may grant it now. */
  forget(): void {
    for (const path of this.#paths) path.writeRefusal = undefined;
  }

  /**
   * Ask all paths whether they may be written by now, at most each `askWritingMs`: one message per path.
   * @param changed called for each whose answer is another one than before
   */
  ask(nowMs: number, { askWritingMs }: UnitOptions, client: string, changed: () => void): void {
    if (nowMs - this.#askedMs < askWritingMs) return;
    this.#askedMs = nowMs;
    for (const path of this.#paths) if (!path.disabled) path.askForWriting(client, changed);
  }
}
