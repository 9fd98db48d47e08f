import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Only rows whose `comparison/workload` contains this. */
  readonly only: string;
  readonly sizeBytes: number;
  /** Where the figures are written as JSON. */
  readonly json: string | undefined;
}

export const USAGE = `usage: npm run bench -- [options]
  --rounds N     rounds, each measuring both sides of every row (default 5)
  --seconds N    length of one measurement (default 5)
  --only TEXT    only rows whose name contains TEXT, e.g. engine/ or gateway/4k
  --size SIZE    size of the memory disks, e.g. 512M (default), 1G
  --json FILE    write all figures to FILE`;

/** @throws Error naming the option that cannot be read */
export function parseOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      size: { type: 'string', default: '512M' },
      json: { type: 'string' },
    },
  });
  return {
    rounds: count('--rounds', values.rounds),
    seconds: count('--seconds', values.seconds),
    only: values.only,
    sizeBytes: bytes('--size', values.size),
    json: values.json,
  };
}

function count(name: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error(`${name} ${text}: expected a whole number, 1 or more`);
}

function bytes(name: string, text: string): number {
  const [, digits, unit] = /^([1-9]\d{0,5})([MG])$/.exec(text) ?? [];
  if (digits === undefined) throw new Error(`${name} ${text}: expected a size such as 512M or 1G`);
  const size = Number(digits) * (unit === 'G' ? 2 ** 30 : 2 ** 20);
  if (size < 32 * 2 ** 20) throw new Error(`${name} ${text}: at least 32M`);
  return size;
}
