/** Sub-buckets per power of two: a value is known to within 1/16, 6 %. */
const SUB_SHIFT = 4;
const SUB = 1 << SUB_SHIFT;
/** Values up to 2^36 µs, 19 hours. */
const OCTAVES = 36;

/** Latencies as counts in buckets of growing width, so that percentiles cost a fixed 2.3 KiB. */
export class LatencyHistogram {
  readonly #counts = new Float64Array((OCTAVES - SUB_SHIFT + 1) * SUB);
  #count = 0;
  #sumUs = 0;
  #maxUs = 0;

  get count(): number {
    return this.#count;
  }
  get sumUs(): number {
    return this.#sumUs;
  }
  get maxUs(): number {
    return this.#maxUs;
  }

  /** Count one latency, in microseconds (0 or more). */
  record(us: number): void {
    this.#counts[indexOf(us)]++;
    this.#count++;
    this.#sumUs += us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** The latency in µs that `fraction` (0 … 1) of the requests stayed within; 0 when there were none. */
  percentileUs(fraction: number): number {
    return this.#percentiles([fraction], this.#count, (i) => this.#counts[i])[0];
  }

  /** Make this one equal to another. */
  copy(other: LatencyHistogram): void {
    this.#counts.set(other.#counts);
    this.#count = other.#count;
    this.#sumUs = other.#sumUs;
    this.#maxUs = other.#maxUs;
  }

  /**
   * As `percentileUs`, of what was recorded after `before` was a copy of this one.
   * @param fractions growing
   */
  percentilesSince(before: LatencyHistogram, fractions: readonly number[]): number[] {
    const counts = this.#counts;
    const old = before.#counts;
    return this.#percentiles(fractions, this.#count - before.#count, (i) => counts[i] - old[i]);
  }

  /**
   * Add to `into` how many were recorded after `before` was a copy of this one, by powers of two: bucket i
   * has those of less than 2^(i+1) µs, the last one all longer ones too.
   */
  octavesSince(before: LatencyHistogram, into: number[]): void {
    if (this.#count === before.#count) return;
    for (let i = 0; i < this.#counts.length; i++) {
      const n = this.#counts[i] - before.#counts[i];
      if (n === 0) continue;
      const octave = i < SUB ? Math.floor(Math.log2(Math.max(1, i))) : Math.floor(i / SUB) + SUB_SHIFT - 1;
      into[Math.min(octave, into.length - 1)] += n;
    }
  }

  #percentiles(fractions: readonly number[], count: number, at: (index: number) => number): number[] {
    const found: number[] = [];
    let seen = 0;
    let i = -1;
    for (const fraction of fractions) {
      const due = Math.max(1, Math.ceil(count * fraction));
      while (seen < due && i < this.#counts.length - 1) seen += at(++i);
      if (count === 0) found.push(0);
      else found.push(seen >= due ? Math.min(upperEdge(i), this.#maxUs) : this.#maxUs);
    }
    return found;
  }
}

function indexOf(us: number): number {
  if (us < SUB) return us | 0;
  const capped = Math.min(us, 2 ** OCTAVES - 1);
  const octave = Math.floor(Math.log2(capped));
  const sub = Math.floor((capped / 2 ** octave - 1) * SUB);
  return (octave - SUB_SHIFT + 1) * SUB + sub;
}

function upperEdge(index: number): number {
  if (index < SUB) return index + 1;
  const octave = Math.floor(index / SUB) + SUB_SHIFT - 1;
  return 2 ** octave * (1 + ((index % SUB) + 1) / SUB);
}
