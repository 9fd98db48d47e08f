/** A size that cannot be read; the message quotes it and shows a good one. */
export class SizeError extends Error {
  constructor(text: string, problem: string) {
    super(`bad size "${text}": ${problem} (example: 16GiB)`);
    this.name = 'SizeError';
  }
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['s', 512],
  ...['k', 'M', 'G', 'T', 'P'].flatMap((letter, index): [string, number][] => {
    const binary = 1024 ** (index + 1);
    const decimal = 1000 ** (index + 1);
    const named: [string, number][] = [
      [letter, binary],
      [`${letter}iB`, binary],
      [`${letter}B`, decimal],
    ];
    // The k of 1024 is written either way.
    return letter === 'k' ? [...named, ['K', binary], ['KiB', binary], ['KB', decimal]] : named;
  }),
]);

/**
 * Read a size: a number, perhaps with a fraction, and a unit. `k` `M` `G` `T` `P` and `KiB` … `PiB` count by
 * 1024, `kB` … `PB` by 1000, `s` is a sector of 512 bytes, `B` or nothing a byte.
 * @returns bytes, 0 … 2^53-1
 * @throws SizeError
 */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text.trim());
  if (match === null) throw new SizeError(text, 'expected a number and a unit');
  const [, digits = '', name = ''] = match;
  const unit = UNITS.get(name);
  if (unit === undefined) {
    throw new SizeError(text, `no unit "${name}"; the units are B, s, k, M, G, T, P, KiB … PiB and kB … PB`);
  }
  const bytes = Number(digits) * unit;
  if (bytes > Number.MAX_SAFE_INTEGER) throw new SizeError(text, 'over the largest size, 8 PiB less a byte');
  if (!Number.isInteger(bytes)) throw new SizeError(text, 'not a whole number of bytes');
  return bytes;
}

/** A size for people: `512 B`, `1.5 GiB`. At most one decimal, so not exact. */
export function formatSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let power = 0;
  let value = bytes;
  while (value >= 1024 && power < names.length - 1) {
    value /= 1024;
    power++;
  }
  return `${Number(value.toFixed(1))} ${names[power]}`;
}
