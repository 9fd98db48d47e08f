import type { FigureRow } from '../../../shared/model/figures.ts';
import { COLUMN_AT, COLUMNS, isSlotOf, RINGS, type Ring, stepAt } from './geometry.ts';
import type { SeriesFile } from './series-file.ts';
import { SlotQueue } from './slot-queue.ts';
import { NO_STEP, Summary } from './summary.ts';

const [FINE, ...COARSE] = RINGS;

/** Slots that wait to be written, at most: two minutes of them, where the disk is slow or full. */
const FINE_QUEUE = 128;
const COARSE_QUEUE = 16;
/** A sample this late, ms, is also of the second before, in which there was none. */
const LATE_MS = 1500;

/** Slots that are written: those complete, and what there is of the current one. */
interface Coarse {
  readonly ring: Ring;
  readonly queue: SlotQueue;
  readonly current: Summary;
}

/** The history of one object: the newest in memory, the rest in its file. */
export class Series {
  readonly #file: SeriesFile;
  readonly #fine = new SlotQueue(FINE, FINE_QUEUE);
  readonly #coarse: readonly Coarse[] = COARSE.map((ring) => ({
    ring,
    queue: new SlotQueue(ring, COARSE_QUEUE),
    current: new Summary(),
  }));
  #lastAt = 0;
  #isResumed = false;
  /** The end of all that was asked of the file: one thing after another. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: SeriesFile) {
    this.#file = file;
  }

  /** There is something to write. */
  get isDirty(): boolean {
    return !this.#fine.isEmpty;
  }

  /** Time of the newest sample of this run, ms; 0: none. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Take a sample, of the second that ended at a time, ms. */
  record(at: number, row: FigureRow): void {
    const step = stepAt(FINE, at);
    // The host's timer drifts: once in a while no sample ends in a second, without anything being amiss.
    if (step === stepAt(FINE, this.#lastAt) + 2 && at - this.#lastAt < LATE_MS) this.#take(step - 1, row);
    const sample = this.#take(step, row);
    for (const { ring, queue, current } of this.#coarse) {
      const coarseStep = stepAt(ring, at);
      if (coarseStep !== current.step) {
        if (!current.isEmpty) current.write(queue.values, queue.push(current.step));
        current.reset(coarseStep);
      }
      current.addSample(this.#fine.values, sample);
    }
    this.#lastAt = at;
  }

  /** Write what waits. @throws the file system's error; it waits on */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.isDirty) return;
      await this.#resume();
      this.#stash();
      const queues = [this.#fine, ...this.#coarse.map(({ queue }) => queue)];
      let isWritten = false;
      try {
        await this.#file.write(queues.flatMap((queue) => queue.send()));
        isWritten = true;
      } finally {
        for (const queue of queues) queue.sent(isWritten);
      }
    });
  }

  /**
   * The slots of successive steps, with what is not yet written. Some may be of other steps: gaps.
   * @throws the file system's error
   */
  read(ring: Ring, firstStep: number, steps: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#inTurn(async () => {
      await this.#resume();
      const values = await this.#file.read(ring, firstStep, steps);
      this.#stash();
      const queue = ring === FINE ? this.#fine : this.#coarse.find((item) => item.ring === ring)?.queue;
      queue?.each((step, at) => {
        if (step < firstStep || step >= firstStep + steps) return;
        values.set(queue.values.subarray(at - 1, at - 1 + ring.words), (step - firstStep) * ring.words);
      });
      return values;
    });
  }

  /** Drop all there is of it. @throws the file system's error */
  remove(): Promise<void> {
    this.#fine.clear();
    for (const { queue, current } of this.#coarse) {
      queue.clear();
      current.reset(NO_STEP);
    }
    this.#isResumed = true;
    return this.#inTurn(() => this.#file.remove());
  }

  /** Put a sample into its slot. @returns where its values begin in the queue */
  #take(step: number, row: FigureRow): number {
    const { values } = this.#fine;
    const at = this.#fine.push(step);
    for (let column = 0; column < COLUMNS; column++) {
      values[at + column] = row[COLUMN_AT[column] as number] as number;
    }
    return at;
  }

  /** Have the current slots written, as far as they are. */
  #stash(): void {
    for (const { queue, current } of this.#coarse) {
      if (!current.isEmpty) current.write(queue.values, queue.push(current.step));
    }
  }

  /** Once: the first slots of this run may have been begun by the one before, which is gone on with. */
  async #resume(): Promise<void> {
    if (this.#isResumed) return;
    const earlier: { coarse: Coarse; step: number; slot: Float32Array<ArrayBuffer> }[] = [];
    for (const coarse of this.#coarse) {
      const steps = new Set<number>();
      coarse.queue.each((step) => steps.add(step));
      if (!coarse.current.isEmpty) steps.add(coarse.current.step);
      for (const step of steps) {
        const slot = await this.#file.read(coarse.ring, step, 1);
        if (isSlotOf(new Uint32Array(slot.buffer), 0, coarse.ring, step))
          earlier.push({ coarse, step, slot });
      }
    }
    if (this.#isResumed) return;
    // Only now, at once: what was recorded meanwhile is where it belongs, and a failure above adds nothing twice.
    this.#isResumed = true;
    for (const { coarse, step, slot } of earlier) addEarlier(coarse, step, slot);
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => {});
    return result;
  }
}

function addEarlier({ queue, current }: Coarse, step: number, slot: Float32Array): void {
  if (current.step === step) current.addSlot(slot, 1);
  queue.each((queued, at) => {
    if (queued !== step) return;
    const both = new Summary();
    both.reset(step);
    both.addSlot(queue.values, at);
    both.addSlot(slot, 1);
    both.write(queue.values, at);
  });
}
