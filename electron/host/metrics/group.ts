import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, Registry } from 'prom-client';
import type { LatencyHistogram } from '../../block/histogram.ts';
import { LatencyMetric } from './latency-metric.ts';

export type Labels<L extends string = string> = Readonly<Record<L, string>>;

/** An object with the labels that name it. */
export interface Row<T, L extends string = string> {
  readonly labels: Labels<L>;
  readonly of: T;
}

/** Objects told in one turn of the event loop: a few milliseconds of work. */
const SLICE = 200;

/**
 * The metrics of one kind of objects, all with one prefix and the same labels. Their values are counted
 * elsewhere already and read while the text is made.
 */
export class Group<T, L extends string> {
  readonly #registry = new Registry();
  readonly #prefix: string;
  readonly #labelNames: readonly L[];
  readonly #all: readonly Row<T, L>[];
  /** The objects told now. */
  #slice: readonly Row<T, L>[] = [];

  constructor(prefix: string, labelNames: readonly L[], rows: readonly Row<T, L>[]) {
    this.#prefix = prefix;
    this.#labelNames = labelNames;
    this.#all = rows;
  }

  /** The text in pieces; between two of them others get their turn, however many objects there are. */
  async *text(): AsyncGenerator<string> {
    for (const { name } of this.#registry.getMetricsAsArray()) {
      for (let at = 0; at === 0 || at < this.#all.length; at += SLICE) {
        this.#slice = this.#all.slice(at, at + SLICE);
        const text = await this.#registry.getSingleMetricAsString(name);
        const samples = at === 0 ? text : withoutHead(text);
        if (samples !== '') yield `${samples}\n`;
        await setImmediate();
      }
    }
  }

  /** A value that only grows. */
  counter(name: string, help: string, read: (of: T) => number): void {
    const rows = this.#rows;
    new Counter({
      ...this.#about(name, help),
      collect() {
        this.reset();
        for (const { labels, of } of rows()) this.inc(labels, read(of));
      },
    });
  }

  /** A value of now; objects that have none (null) are left out. */
  gauge(name: string, help: string, read: (of: T) => number | null): void {
    const rows = this.#rows;
    new Gauge({
      ...this.#about(name, help),
      collect() {
        this.reset();
        for (const { labels, of } of rows()) {
          const value = read(of);
          if (value !== null) this.set(labels, value);
        }
      },
    });
  }

  /** Texts about an object, as labels of a metric that is always 1. */
  info<N extends string>(help: string, names: readonly N[], read: (of: T) => Labels<N>): void {
    const rows = this.#rows;
    const { labelNames, ...about } = this.#about('info', help);
    new Gauge<string>({
      ...about,
      labelNames: [...labelNames, ...names],
      collect() {
        this.reset();
        for (const { labels, of } of rows()) this.set({ ...labels, ...read(of) }, 1);
      },
    });
  }

  /** Which of a closed set of states an object is in. */
  state(name: string, help: string, all: readonly string[], read: (of: T) => string): void {
    const rows = this.#rows;
    const { labelNames, ...about } = this.#about(name, help);
    new Gauge<string>({
      ...about,
      labelNames: [...labelNames, name],
      collect() {
        this.reset();
        for (const { labels, of } of rows()) {
          const is = read(of);
          for (const state of all) this.set({ ...labels, [name]: state }, state === is ? 1 : 0);
        }
      },
    });
  }

  /** Latencies, as a histogram in seconds. */
  latency(name: string, help: string, read: (of: T) => LatencyHistogram): void {
    new LatencyMetric(this.#about(name, help), this.#rows, read);
  }

  readonly #rows = (): readonly Row<T, L>[] => this.#slice;

  #about(name: string, help: string) {
    return {
      name: `${this.#prefix}_${name}`,
      help,
      labelNames: this.#labelNames,
      registers: [this.#registry],
    };
  }
}

/** The samples without the lines HELP and TYPE, which stand once for a metric. */
function withoutHead(text: string): string {
  const lines = text.split('\n', 2).join('\n');
  return text.slice(lines.length + 1);
}
