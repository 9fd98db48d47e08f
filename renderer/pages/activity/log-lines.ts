import { formatIso } from '../../../shared/format.ts';
import type { LogLine } from '../../../shared/model/host.ts';

/** From the least to the most serious. */
export const LOG_LEVELS = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
] as const satisfies LogLine['level'][];

/** Lines of a level or worse. */
export function fromLevel(lines: readonly LogLine[], level: LogLine['level']): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(level);
  return lines.filter((line) => LOG_LEVELS.indexOf(line.level) >= least);
}

/** As text to pass on. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, level, text }) => `${formatIso(at, 'utc')} ${level.toUpperCase().padEnd(5)} ${text}\n`)
    .join('');
}

/** Keys of lines that stay the same while others come and go: equal lines of one time are numbered. */
export function lineKeys(lines: readonly LogLine[]): readonly string[] {
  const seen = new Map<string, number>();
  return lines.map(({ at, text }) => {
    const key = `${at} ${text}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return `${key} ${count}`;
  });
}

/** Are these the same lines? The log only grows, so its ends tell. */
export function sameLines(a: readonly LogLine[], b: readonly LogLine[]): boolean {
  const ends = (lines: readonly LogLine[]) => JSON.stringify([lines.length, lines[0], lines.at(-1)]);
  return ends(a) === ends(b);
}
