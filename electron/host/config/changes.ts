import { isDeepStrictEqual } from 'node:util';
import { type DeepReadonly, type ReadonlyConfig, type UnitConfig, unitKey } from './schema.ts';

/** More changes than these are counted, not told. */
const MAX_LINES = 200;

type Entry = Readonly<Record<string, unknown>>;

/** How entries of a list are told apart and shown. */
interface Kind<T> {
  readonly word: string;
  keyOf(entry: T): string;
  nameOf(entry: T): string;
  /** Where it comes from, shown when it is added or removed. */
  originOf(entry: T): string;
}

/**
 * What differs between two configs, one line each for people; no line for equal ones.
 * @returns for example `peer nas: address 10.0.0.1:987 -> 10.0.0.2:987`
 */
export function describeChanges(before: ReadonlyConfig, after: ReadonlyConfig): string[] {
  const lines = [
    ...listChanges(before.peers, after.peers, {
      word: 'peer',
      keyOf: (peer) => peer.id,
      nameOf: (peer) => peer.name,
      originOf: (peer) => peer.address,
    }),
    ...listChanges(before.exports, after.exports, {
      word: 'export',
      keyOf: (item) => item.id,
      nameOf: (item) => item.label,
      originOf: (item) => item.source,
    }),
    ...listChanges(before.units, after.units, {
      word: 'unit',
      keyOf: unitKey,
      nameOf: (unit: DeepReadonly<UnitConfig>) => unit.options.alias ?? (unit.label || unit.serial),
      originOf: (unit) => unit.serial,
    }),
    ...fieldChanges(before.settings, after.settings, ':').map((line) => `setting ${line}`),
  ];
  if (lines.length === 0 && !isDeepStrictEqual(before.detached, after.detached)) {
    lines.push('the list of detached disks');
  }
  if (!isDeepStrictEqual(before.layout, after.layout)) lines.push('the layout of pages and tables');
  // Lists are compared entry by entry, whatever their order.
  if (lines.length === 0 && !isDeepStrictEqual(before, after)) lines.push('the order of entries');
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
}

function listChanges<T extends Entry>(before: readonly T[], after: readonly T[], kind: Kind<T>): string[] {
  const { word, keyOf, nameOf, originOf } = kind;
  const named = (entry: T) => `${nameOf(entry)} (${originOf(entry)})`;
  const old = new Map(before.map((entry) => [keyOf(entry), entry]));
  const lines: string[] = [];
  for (const entry of after) {
    const was = old.get(keyOf(entry));
    old.delete(keyOf(entry));
    if (was === undefined) lines.push(`${word} added: ${named(entry)}`);
    else lines.push(...fieldChanges(was, entry).map((line) => `${word} ${nameOf(was)}: ${line}`));
  }
  for (const entry of old.values()) lines.push(`${word} removed: ${named(entry)}`);
  return lines;
}

/** `address 10.0.0.1:987 -> 10.0.0.2:987`, with a mark behind the name where one is given; options one by one. */
function fieldChanges(before: Entry, after: Entry, mark = ''): string[] {
  return Object.keys(after).flatMap((field) => {
    const [was, is] = [before[field], after[field]];
    if (isDeepStrictEqual(was, is)) return [];
    if (field === 'options' && isEntry(was) && isEntry(is)) return fieldChanges(was, is);
    if (field === 'limits' && isEntry(was) && isEntry(is)) {
      // Those left out are as usual.
      return fieldChanges({ ...usualOf(is), ...was }, { ...usualOf(was), ...is }, mark);
    }
    return [`${field}${mark} ${shown(was)} -> ${shown(is)}`];
  });
}

function usualOf(limits: Entry): Entry {
  return Object.fromEntries(Object.keys(limits).map((name) => [name, 'usual']));
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  // What a unit does without a path is the one value that is an object.
  return isEntry(value) ? Object.values(value).map(shown).join(' ') : String(value);
}
