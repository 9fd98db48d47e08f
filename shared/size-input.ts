import { formatBytes, formatCount } from './format.ts';

/** What became of a size someone typed. */
export type SizeInput =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly message: string /** Sizes that would do. */; readonly nearest: number[] };

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  pib: 1024 ** 5,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  pb: 1000 ** 5,
};
/** What `s` counts, as in the exporter's sources and in blockdev. */
const SECTOR_BYTES = 512;
const EXAMPLE = 'for example 16MiB, 16 M, 16MB, 16777216B or 32768s';

/**
 * Reads a size: `16MiB`, `16 M` (the same), `16MB` (powers of 1000), `16777216B`, `16777216`, `32768s`
 * (sectors of 512 bytes). Fractions are fine where whole bytes come out: `1.5 GiB`.
 * @param blockBytes what the size must be a multiple of
 */
export function parseSizeInput(text: string, blockBytes = 512): SizeInput {
  const match = /^([\d,]+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null)
    return refuse(text.trim() === '' ? `type a size, ${EXAMPLE}` : `is not a size: ${EXAMPLE}`);
  const [, digits = '', unit = ''] = match;
  const factor = unit.toLowerCase() === 's' ? SECTOR_BYTES : FACTORS[unit.toLowerCase()];
  if (factor === undefined) return refuse(`has an unknown unit “${unit}”: ${EXAMPLE}`);
  const bytes = exactProduct(digits.replaceAll(',', ''), factor);
  if (bytes === null) return refuse('is no whole number of bytes');
  if (bytes > Number.MAX_SAFE_INTEGER) return refuse('is more than 8 PiB');
  if (bytes <= 0) return refuse('must be more than 0');
  if (bytes % blockBytes === 0) return { ok: true, bytes };
  const below = Math.floor(bytes / blockBytes) * blockBytes;
  const nearest = [below, below + blockBytes].filter((size) => size > 0);
  const names = nearest.map((size) => `${formatCount(size)} B`).join(' or ');
  return refuse(`must be a multiple of ${blockBytes} B: ${names}`, nearest);
}

/** What a size is read as: `16.0 MiB = 16,777,216 B = 32,768 × 512 B`. */
export function echoSize(bytes: number, blockBytes: number): string {
  return `${formatBytes(bytes)} = ${formatCount(bytes)} B = ${formatCount(bytes / blockBytes)} × ${blockBytes} B`;
}

function refuse(message: string, nearest: number[] = []): SizeInput {
  return { ok: false, message, nearest };
}

/** Multiplied without rounding; null where no integer comes out. */
function exactProduct(decimal: string, factor: number): number | null {
  const [whole = '', fraction = ''] = decimal.split('.');
  if (whole.length + fraction.length > 30) return Number.POSITIVE_INFINITY;
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * BigInt(factor);
  return product % scale === 0n ? Number(product / scale) : null;
}
