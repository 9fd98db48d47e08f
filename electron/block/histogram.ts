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
    const due = Math.max(1, Math.ceil(this.#count * fraction));
    let seen = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i];
      if (seen >= due) return Math.min(upperEdge(i), this.#maxUs);
    }
    return this.#count === 0 ? 0 : this.#maxUs;
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
