import type { z } from 'zod';
import type { Random } from '../../dmsg/support/random.ts';

/** Texts of which one fits most of the contract's strings. */
const TEXTS: readonly string[] = [
  'a',
  'xa0',
  'peer-1',
  '127.0.0.1:1',
  'memory:1M',
  'table.peers',
  `SHA256:${'A'.repeat(43)}`,
  `SHA256:${'b'.repeat(43)}`,
  '2026-01-01T00:00:00Z',
  '1700000000000',
  '{}',
  '',
  '../../etc/passwd',
  '\u202e\0\x1b[2J',
  '__proto__',
  'constructor',
];
const NUMBERS: readonly number[] = [0, 1, 2, 10, 512, 1000, 4096, 65_536, 1_700_000_000_000, 0.5, -1];
const MAX_TRIES = 5;

/** Which of the values above fit a schema: to try costs more than all the rest. */
const fits = new WeakMap<z.core.$ZodType, readonly unknown[]>();

/** A value a schema takes; undefined where none was found. */
export function generate(schema: z.core.$ZodType, random: Random, depth = 0): unknown {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = (type: z.core.$ZodType): unknown => generate(type, random, depth + 1);
  switch (def.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape)
          .map(([key, type]) => [key, inner(type)])
          .filter(([, value]) => value !== undefined),
      );
    case 'array':
      return list(schema, random, () => inner(def.element));
    case 'union':
      return inner(random.pick(def.options));
    case 'enum':
      return random.pick(Object.values(def.entries));
    case 'literal':
      return random.pick(def.values);
    case 'nullable':
      return random.chance(0.3) ? null : inner(def.innerType);
    case 'optional':
      return random.chance(0.3) ? undefined : inner(def.innerType);
    case 'default':
    case 'prefault':
      return inner(def.innerType);
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    case 'number':
      return oneOf(schema, random, NUMBERS);
    case 'string':
      return oneOf(schema, random, TEXTS);
    case 'record':
      return Object.fromEntries([[inner(def.keyType), inner(def.valueType)]]);
    case 'lazy':
      return depth > 4 ? null : inner(def.getter());
    case 'pipe':
      return inner(def.in);
    default:
      return random.pick([null, 1, 'text', [], {}]);
  }
}

/** A list a schema takes, which may want one of some length, or no entry twice. */
function list(schema: z.core.$ZodType, random: Random, element: () => unknown): unknown[] {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const made = Array.from({ length: random.pick([1, 1, 1, 0, 2, 12]) }, element);
    if (made.length === 1 || (schema as z.ZodType).safeParse(made).success) return made;
  }
  return [element()];
}

function oneOf(schema: z.core.$ZodType, random: Random, values: readonly unknown[]): unknown {
  const known = fits.get(schema) ?? values.filter((value) => (schema as z.ZodType).safeParse(value).success);
  fits.set(schema, known);
  return random.pick(known.length === 0 ? values : known);
}
