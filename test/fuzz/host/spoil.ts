import type { Random } from '../../dmsg/support/random.ts';

const DEEP = 100;

type Maker = (random: Random) => unknown;

/** Values no schema expects. */
export const ODD_JSON: readonly Maker[] = [
  () => null,
  () => -1,
  () => 1e308,
  () => 2 ** 53,
  () => 0.1,
  () => true,
  () => '',
  () => 'x'.repeat(70_000),
  () => '\ud800\0',
  () => [],
  () => ({}),
  () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown,
  () => nested(DEEP),
  (random) => random.integer(-(2 ** 31), 2 ** 31),
];

/** Besides, what IPC can carry and JSON cannot. */
export const ODD: readonly Maker[] = [
  ...ODD_JSON,
  () => undefined,
  () => Number.NaN,
  () => new Date(0),
  () => new Map([['a', 1]]),
  () => 10n,
  () => new Uint8Array(10),
  () => Array<unknown>(1_000_000),
  () => circle(),
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

function circle(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

/** A copy of plain data in which something is otherwise. */
export function spoil(value: unknown, random: Random, odd: readonly Maker[]): unknown {
  if (random.chance(0.25) || typeof value !== 'object' || value === null) return random.pick(odd)(random);
  if (Array.isArray(value)) {
    if (random.chance(0.3)) return [...value, random.pick(odd)(random)];
    const copy: unknown[] = [...value];
    if (copy.length === 0) return [random.pick(odd)(random)];
    const at = random.integer(0, copy.length - 1);
    copy[at] = spoil(copy[at], random, odd);
    return copy;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 || random.chance(0.2)) {
    entries.push([
      random.pick(['more', '__proto__', 'constructor', 'id', 'cancel', '']),
      random.pick(odd)(random),
    ]);
  } else {
    const at = random.integer(0, entries.length - 1);
    const [key, before] = entries[at] as [string, unknown];
    if (random.chance(0.2)) entries.splice(at, 1);
    else entries[at] = [key, spoil(before, random, odd)];
  }
  return ownEntries(entries);
}

/** As JSON.parse makes them: `__proto__` is a key like others. */
function ownEntries(entries: readonly (readonly [string, unknown])[]): object {
  const made = {};
  for (const [key, value] of entries) {
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return made;
}
