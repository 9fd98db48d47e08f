/** The units of the longest p99, reads or writes. Pure. */

export const WORST = 5;

/**
 * @param p99 of a unit in µs; undefined where nothing is known
 * @returns keys, the slowest first; those without requests stand behind, in the order of their names
 */
export function slowest(names: readonly string[], p99: (name: string) => number | undefined): string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return names
    .map((name) => ({ name, us: p99(name) ?? 0 }))
    .sort((a, b) => b.us - a.us || collator.compare(a.name, b.name))
    .slice(0, WORST)
    .map(({ name }) => name);
}
