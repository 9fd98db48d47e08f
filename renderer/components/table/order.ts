import type { Raw } from './column.ts';

/**
 * Order, filter and groups of rows, without React. Rows never move while someone looks: the order is taken
 * when it is asked for and kept, whatever the values become.
 */

export interface Sort {
  readonly id: string;
  readonly desc: boolean;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Compare raw values; nothing comes last in either direction. `xa2` comes before `xa10`. */
export function compareRaw(a: Raw, b: Raw, desc: boolean): number {
  const [noA, noB] = [isNothing(a), isNothing(b)];
  if (noA || noB) return Number(noA) - Number(noB);
  const order =
    typeof a === 'string' && typeof b === 'string' ? collator.compare(a, b) : Number(a) - Number(b);
  return desc ? -order : order;
}

function isNothing(value: Raw): boolean {
  return value === null || value === undefined || value === '' || Number.isNaN(value);
}

/** An order as ids, taken now. */
export function takeOrder<R>(
  rows: readonly R[],
  idOf: (row: R) => string,
  value: (row: R) => Raw,
  desc: boolean,
): string[] {
  return rows
    .map((row) => ({ id: idOf(row), value: value(row) }))
    .sort((a, b) => compareRaw(a.value, b.value, desc) || collator.compare(a.id, b.id))
    .map(({ id }) => id);
}

/**
 * Rows in an order taken before: those gone are left out, new ones stand at the end until the order is taken
 * anew.
 */
export function inOrder<R>(rows: readonly R[], idOf: (row: R) => string, order: readonly string[]): R[] {
  const place = new Map(order.map((id, index) => [id, index]));
  return rows
    .map((row, index) => ({ row, place: place.get(idOf(row)) ?? order.length + index }))
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row);
}

/** Do all words of the filter occur in the text? Case does not count. */
export function matchesFilter(text: string, filter: string): boolean {
  const lower = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** A line of the table. */
export type Line<R, S> =
  | { readonly kind: 'group'; readonly id: string; readonly label: string; readonly count: number }
  | { readonly kind: 'row'; readonly id: string; readonly row: R; readonly level: 1 | 2 }
  | { readonly kind: 'sub'; readonly id: string; readonly row: R; readonly sub: S; readonly level: 2 | 3 };

export interface Tree<R, S> {
  idOf(row: R): string;
  /** Group of a row; null where rows are not grouped. */
  readonly groupOf: ((row: R) => string) | null;
  readonly subs: { rows(row: R): readonly S[]; id(sub: S): string } | null;
  isOpen(id: string): boolean;
  isClosedGroup(id: string): boolean;
}

/** Everything unfolded as lines: groups in the order of their names, in them the rows as they come. */
export function linesOf<R, S>(rows: readonly R[], tree: Tree<R, S>): Line<R, S>[] {
  const lines: Line<R, S>[] = [];
  if (tree.groupOf === null) {
    for (const row of rows) pushRow(lines, row, 1, tree);
    return lines;
  }
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const label = tree.groupOf(row);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [row]);
    else group.push(row);
  }
  for (const label of [...groups.keys()].sort(collator.compare)) {
    const members = groups.get(label) ?? [];
    const id = `group ${label}`;
    lines.push({ kind: 'group', id, label, count: members.length });
    if (!tree.isClosedGroup(id)) for (const row of members) pushRow(lines, row, 2, tree);
  }
  return lines;
}

function pushRow<R, S>(lines: Line<R, S>[], row: R, level: 1 | 2, tree: Tree<R, S>): void {
  const id = tree.idOf(row);
  lines.push({ kind: 'row', id, row, level });
  if (tree.subs === null || !tree.isOpen(id)) return;
  for (const sub of tree.subs.rows(row))
    lines.push({ kind: 'sub', id: `${id} ${tree.subs.id(sub)}`, row, sub, level: level === 1 ? 2 : 3 });
}
