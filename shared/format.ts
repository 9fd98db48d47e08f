/**
 * Numbers as people read them, the same in the page and on the command line. All functions are pure; inputs
 * are in base units (bytes, seconds, milliseconds, microseconds), as everything that crosses a process is.
 */

/** Powers of 1024 (KiB) or of 1000 (kB). */
export type UnitSystem = 'iec' | 'si';
export type Clock = 'local' | 'utc';

/** Shown where there is no value; never for a real zero. */
export const NO_VALUE = '–';

const UNITS = {
  iec: { base: 1024, names: ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] },
  si: { base: 1000, names: ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] },
} as const;

// The page's language is English, so its numbers are: a grouping of another language would contradict the
// decimal point.
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** An integer with its thousands grouped: `1,953,525,168`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** Bytes in the largest unit that fits, one decimal, two below ten: `931.5 GiB`, `1.00 TB`, `512 B`. */
export function formatBytes(bytes: number, system: UnitSystem = 'iec'): string {
  const { base, names } = UNITS[system];
  let value = bytes;
  let unit = 0;
  // 1023.96 would be shown as 1024.0: the next unit says it better.
  while (unit < names.length - 1 && Math.abs(unit === 0 ? value : Math.round(value * 10) / 10) >= base) {
    value /= base;
    unit++;
  }
  const digits = unit === 0 ? 0 : Math.abs(value) < 9.995 ? 2 : 1;
  return `${value.toFixed(digits)} ${names[unit]}`;
}

/** All forms of a size: `931.5 GiB (1.00 TB, 1,000,204,886,016 B, 1,953,525,168 × 512 B)`. */
export function formatSizeForms(
  bytes: number,
  blockBytes: number | null,
  system: UnitSystem = 'iec',
): string {
  const other = system === 'iec' ? 'si' : 'iec';
  const forms = [formatBytes(bytes, other), `${formatCount(bytes)} B`];
  if (blockBytes !== null && blockBytes > 0)
    forms.push(`${formatCount(bytes / blockBytes)} × ${blockBytes} B`);
  return `${formatBytes(bytes, system)} (${forms.join(', ')})`;
}

/** Bytes per second: `96.4 MiB/s`. */
export function formatByteRate(bytesPerSecond: number, system: UnitSystem = 'iec'): string {
  return `${formatBytes(Math.round(bytesPerSecond), system)}/s`;
}

/** Operations per second, an integer; one decimal below ten where it is not one: `12,345`, `0.4`, `0`. */
export function formatOps(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95 && !Number.isInteger(perSecond)) {
    const text = perSecond.toFixed(1);
    return text === '0.0' ? '<0.1' : text;
  }
  return formatCount(perSecond);
}

/** Microseconds in µs, ms or s with three significant digits: `95.2 µs`, `1.20 ms`, `12.3 s`. */
export function formatLatency(microseconds: number): string {
  if (microseconds === 0) return '0 µs';
  for (const [limit, divisor, unit] of LATENCY_UNITS) {
    if (significant(microseconds / divisor) < limit) return `${threeDigits(microseconds / divisor)} ${unit}`;
  }
  return formatDuration(microseconds / 1000);
}
const LATENCY_UNITS = [
  [1000, 1, 'µs'],
  [1000, 1e3, 'ms'],
  [100, 1e6, 's'],
] as const;

function significant(value: number): number {
  return Number(value.toPrecision(3));
}

function threeDigits(value: number): string {
  const rounded = significant(value);
  return rounded.toFixed(rounded >= 100 ? 0 : rounded >= 10 ? 1 : 2);
}

/** A number with three significant digits, for queue lengths and the like: `0`, `0.25`, `12.5`, `1,250`. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return formatCount(value);
  return value < 0 ? `-${threeDigits(-value)}` : threeDigits(value);
}

/** A part of 1 as percent, one decimal: `42.0 %`. */
export function formatPercent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

/** Milliseconds in the two units that matter: `350 ms`, `42 s`, `2 m 10 s`, `3 h 5 m`, `1 d 4 h`. */
export function formatDuration(ms: number): string {
  if (Math.abs(ms) < 1000) return ms === 0 ? '0 s' : `${Math.round(ms)} ms`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  if (s < 3600) return two(Math.floor(s / 60), 'm', s % 60, 's');
  if (s < 86_400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'm');
  return two(Math.floor(s / 86_400), 'd', Math.floor((s % 86_400) / 3600), 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A time of day; with its date unless it is the day of `now`: `10:42:07`, `2025-11-26 10:42:07`. */
export function formatTime(at: number, clock: Clock = 'local', now = Date.now()): string {
  const [date, time] = parts(at, clock);
  return date === parts(now, clock)[0] ? time : `${date} ${time}`;
}

/** ISO 8601 with the zone, for hovering and for exports: `2025-11-26T10:42:07.120+01:00`. */
export function formatIso(at: number, clock: Clock = 'local'): string {
  if (clock === 'utc') return new Date(at).toISOString();
  const [date, time] = parts(at, clock);
  const milliseconds = String(((at % 1000) + 1000) % 1000).padStart(3, '0');
  const offset = -new Date(at).getTimezoneOffset();
  const zone = `${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${date}T${time}.${milliseconds}${offset < 0 ? '-' : '+'}${zone}`;
}

function parts(at: number, clock: Clock): [date: string, time: string] {
  const d = new Date(at);
  return clock === 'utc'
    ? [
        `${d.getUTCFullYear()}-${pad(d.getUTCMonth() + 1)}-${pad(d.getUTCDate())}`,
        `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`,
      ]
    : [
        `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`,
        `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`,
      ];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
