import {
  formatByteRate,
  formatCount,
  formatLatency,
  formatNumber,
  formatOps,
  formatPercent,
  NO_VALUE,
  type UnitSystem,
} from '../../shared/format.ts';
import type { FigureName } from '../../shared/model/figures.ts';

/** What a figure is called in columns and legends, and what is meant by it. */
export interface FigureLook {
  readonly header: string;
  readonly description: string;
  readonly width: number;
  format(value: number, units: UnitSystem): string;
}

const ops = (value: number) => formatOps(value);
const count = (value: number) => formatCount(value);
// The time of no requests is none.
const us = (value: number) => (value === 0 ? NO_VALUE : formatLatency(value));
const requestMs = (value: number) => us(value * 1000);
const ms = (value: number) => (value < 0 ? NO_VALUE : formatLatency(value * 1000));

const look = (
  header: string,
  description: string,
  width: number,
  format: FigureLook['format'],
): FigureLook => ({ header, description, width, format });

/** The names are those of iostat where it has them. */
export const FIGURE_LOOKS: Readonly<Record<FigureName, FigureLook>> = {
  reads: look('r/s', 'Reads per second', 72, ops),
  writes: look('w/s', 'Writes per second', 72, ops),
  flushes: look('f/s', 'Flushes per second', 64, ops),
  discards: look('d/s', 'Discards per second', 64, ops),
  read_bytes: look('Read', 'Bytes read per second', 106, formatByteRate),
  written_bytes: look('Write', 'Bytes written per second', 106, formatByteRate),
  discarded_bytes: look('Discard', 'Bytes discarded per second', 106, formatByteRate),
  await_ms: look('await', 'Mean time of a request, waiting included', 80, requestMs),
  queue_length: look('aqu-sz', 'Mean number of requests under way', 68, formatNumber),
  in_flight: look('inflt', 'Requests under way now', 60, count),
  utilization: look('%util', 'Part of the time with requests under way', 68, formatPercent),
  errors_total: look('Err', 'Requests that failed, since it was attached', 56, count),
  retries_total: look('Retry', 'Requests run again on another path', 60, count),
  read_p50_us: look('r p50', 'Half of the reads were faster', 80, us),
  read_p99_us: look('r p99', '99 of 100 reads were faster', 80, us),
  write_p50_us: look('w p50', 'Half of the writes were faster', 80, us),
  write_p99_us: look('w p99', '99 of 100 writes were faster', 80, us),
  waiting: look('wait', 'Requests without tag or path, now', 60, count),
  rtt_ms: look('RTT', 'Round trip of the link', 76, ms),
};
