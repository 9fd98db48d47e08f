import { HISTORY_COLUMNS } from '../../../shared/model/figures.ts';
import { COLUMNS, MEANS } from './geometry.ts';

const READS = HISTORY_COLUMNS.indexOf('reads');
const WRITES = HISTORY_COLUMNS.indexOf('writes');
const AWAIT = HISTORY_COLUMNS.indexOf('await_ms');

/** A second without requests weighs this much, so that there is a mean also of none but those. */
const IDLE_WEIGHT = 1e-3;

/** The step of a summary of nothing. */
export const NO_STEP = -1;

/**
 * Many samples as one: their number, means and maxima, which is what a coarse slot holds. The time of requests
 * is weighted with their number: else the idle seconds of a minute would make its few slow requests look fast.
 */
export class Summary {
  /** The step it is of. */
  step = NO_STEP;
  #count = 0;
  #requests = 0;
  readonly #sums = new Float64Array(MEANS);
  readonly #maxima = new Float64Array(COLUMNS);

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Begin anew, for a step. */
  reset(step: number): void {
    this.step = step;
    this.#count = 0;
    this.#requests = 0;
    this.#sums.fill(0);
    this.#maxima.fill(0);
  }

  /** Add a fine slot, whose values begin at an index. */
  addSample(values: Float32Array, at: number): void {
    this.#add(values, at, at, 1);
  }

  /** Add a coarse slot, as `write` made it, whose values begin at an index. */
  addSlot(values: Float32Array, at: number): void {
    this.#add(values, at + 1, at + 1 + MEANS, values[at] as number);
  }

  /** Write the values of a coarse slot at an index. */
  write(values: Float32Array, at: number): void {
    values[at] = this.#count;
    for (let column = 0; column < MEANS; column++) values[at + 1 + column] = this.mean(column);
    values.set(this.#maxima, at + 1 + MEANS);
  }

  /** The mean of a column; of a percentile the maximum. */
  mean(column: number): number {
    if (column >= MEANS) return this.maximum(column);
    return (this.#sums[column] as number) / (column === AWAIT ? this.#requests : this.#count);
  }

  maximum(column: number): number {
    return this.#maxima[column] as number;
  }

  #add(values: Float32Array, means: number, maxima: number, count: number): void {
    const requests =
      count * ((values[means + READS] as number) + (values[means + WRITES] as number) + IDLE_WEIGHT);
    for (let column = 0; column < MEANS; column++) {
      const weight = column === AWAIT ? requests : count;
      this.#sums[column] = (this.#sums[column] as number) + (values[means + column] as number) * weight;
    }
    for (let column = 0; column < COLUMNS; column++) {
      const value = values[maxima + column] as number;
      if (value > (this.#maxima[column] as number)) this.#maxima[column] = value;
    }
    this.#requests += requests;
    this.#count += count;
  }
}
