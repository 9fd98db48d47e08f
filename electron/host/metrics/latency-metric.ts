import { Histogram, type HistogramConfiguration } from 'prom-client';
import { LatencyHistogram } from '../../block/histogram.ts';
import type { Labels, Row } from './group.ts';

/** Buckets end at powers of two of microseconds: 2^5 (32 µs) … 2^24 (16.8 s). */
const FIRST_OCTAVE = 5;
const LAST_OCTAVE = 24;
const NOTHING = new LatencyHistogram();

/**
 * Our latency histograms as one of prom-client, in cumulative buckets. What was never used is left out: of
 * a unit's paths all but one are idle.
 */
export class LatencyMetric<T, L extends string> extends Histogram<L> {
  readonly #rows: () => readonly Row<T, L>[];
  readonly #read: (of: T) => LatencyHistogram;
  /** The same metric without values: it knows what else belongs to one. */
  readonly #empty: Histogram<L>;

  constructor(
    about: HistogramConfiguration<L>,
    rows: () => readonly Row<T, L>[],
    read: (of: T) => LatencyHistogram,
  ) {
    super(about);
    this.#empty = new Histogram({ ...about, registers: [] });
    this.#rows = rows;
    this.#read = read;
  }

  /** What a registry asks of a histogram. prom-client's own can only observe values one by one. */
  async getForPromString() {
    const rows = this.#rows();
    const about = await this.#empty.get();
    return {
      ...about,
      values: rows.flatMap(({ labels, of }) => samples(about.name, labels, this.#read(of))),
    };
  }
}

function samples(name: string, sharedLabels: Labels, histogram: LatencyHistogram) {
  if (histogram.count === 0) return [];
  // The last octave takes all that is longer, too.
  const octaves = new Array<number>(LAST_OCTAVE + 1).fill(0);
  histogram.octavesSince(NOTHING, octaves);
  const found: { metricName: string; labels: object; sharedLabels: object; value: number }[] = [];
  const add = (part: string, value: number, labels: object = {}): void => {
    found.push({ metricName: `${name}_${part}`, labels, sharedLabels, value });
  };
  let below = 0;
  for (let octave = 0; octave < LAST_OCTAVE; octave++) {
    below += octaves[octave];
    const end = octave + 1;
    if (end >= FIRST_OCTAVE) add('bucket', below, { le: 2 ** end / 1e6 });
  }
  add('bucket', histogram.count, { le: '+Inf' });
  add('sum', histogram.sumUs / 1e6);
  add('count', histogram.count);
  return found;
}
