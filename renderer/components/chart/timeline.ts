import type { HistorySeries } from '../../../shared/model/figures.ts';
import { historyColumn, type SeriesSpec } from './series.ts';

type Values = (number | null)[];

/**
 * What a chart draws: for each time a value of each line, or null where nothing was recorded. A gap is never
 * bridged and never zero.
 */
export interface Timeline {
  /** Length of a step, ms. Above `sampleMs` a value is the mean of a step and `max` its largest. */
  readonly stepMs: number;
  /** ms since 1970, growing. */
  readonly at: number[];
  readonly avg: Values[];
  /** null: steps are single samples. */
  readonly max: Values[] | null;
}

export const SAMPLE_MS = 1000;
/** This many steps without a value are a gap. */
export const GAP_STEPS = 2.5;

export function emptyTimeline(lines: number, stepMs = SAMPLE_MS): Timeline {
  return { stepMs, at: [], avg: Array.from({ length: lines }, () => []), max: null };
}

/** History as told by the host, the series lined up by time. */
export function fromHistory(specs: readonly SeriesSpec[], history: readonly HistorySeries[]): Timeline {
  const bySpec = specs.map((spec) =>
    historyColumn(spec) === null ? undefined : history.find(({ key }) => key === spec.key),
  );
  const stepMs = Math.max(SAMPLE_MS, ...bySpec.map((series) => series?.step_ms ?? 0));
  const at = [...new Set(bySpec.flatMap((series) => series?.at ?? []))].sort((a, b) => a - b);
  const place = new Map(at.map((time, index) => [time, index]));
  const lined = (which: 'avg' | 'max') =>
    specs.map((spec, index) => {
      const values: Values = new Array(at.length).fill(null);
      const column = historyColumn(spec);
      const series = bySpec[index];
      const source = column === null ? undefined : series?.[which][column];
      source?.forEach((value, step) => {
        const to = place.get(series?.at[step] ?? -1);
        if (to !== undefined) values[to] = value;
      });
      return values;
    });
  return { stepMs, at, avg: lined('avg'), max: stepMs > SAMPLE_MS ? lined('max') : null };
}

/** A sample more, in place. A time that was missed becomes a gap; what is older than `keepFrom` goes. */
export function append(timeline: Timeline, at: number, values: Values, keepFrom: number): void {
  const last = timeline.at.at(-1);
  if (last !== undefined && at <= last) return;
  if (last !== undefined && at - last > timeline.stepMs * GAP_STEPS)
    push(
      timeline,
      last + timeline.stepMs,
      timeline.avg.map(() => null),
    );
  push(timeline, at, values);
  let old = 0;
  // One point before the edge stays, so that the line reaches it.
  while (old + 1 < timeline.at.length && (timeline.at[old + 1] ?? 0) < keepFrom) old++;
  // Now and then, not each second: it moves the whole array.
  if (old < 120) return;
  timeline.at.splice(0, old);
  for (const line of [...timeline.avg, ...(timeline.max ?? [])]) line.splice(0, old);
}

function push(timeline: Timeline, at: number, values: Values): void {
  timeline.at.push(at);
  timeline.avg.forEach((line, index) => {
    line.push(values[index] ?? null);
  });
  timeline.max?.forEach((line, index) => {
    line.push(values[index] ?? null);
  });
}

/** Largest value on screen. */
export function largest(timeline: Timeline, from: number, to: number): number {
  let most = 0;
  for (const line of timeline.max ?? timeline.avg) {
    for (let index = line.length - 1; index >= 0; index--) {
      const time = timeline.at[index] ?? 0;
      if (time < from) break;
      if (time <= to) most = Math.max(most, line[index] ?? 0);
    }
  }
  return most;
}

/** The timeline as CSV: ISO times, base units, empty where there is no value. */
export function toCsv(specs: readonly SeriesSpec[], timeline: Timeline): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = specs.map(({ key, column }) => `${key} ${column}`);
  const header = ['time', ...names, ...(timeline.max === null ? [] : names.map((name) => `${name} max`))].map(
    quote,
  );
  const lines = timeline.at.map((time, index) =>
    [
      new Date(time).toISOString(),
      ...[...timeline.avg, ...(timeline.max ?? [])].map((line) => line[index] ?? ''),
    ].join(','),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}
