import type { Random } from '../../dmsg/support/random.ts';

const PIECES: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u00',
  '\\ud800',
  'null',
  '-',
  '1e999',
  '0x1',
  '//',
  '\u0001',
  '\t',
  '\r\n',
  '\ufeff',
  '"__proto__":{"polluted":1},',
  '"version":2',
  '\u2028',
  "'",
  'NaN',
];

/** Lists in lists: JSON.parse takes them, what looks at them may have no stack for it. */
const DEEP = `${'['.repeat(20_000)}0${']'.repeat(20_000)}`;

/** A text with something changed, cut or put in. */
export function spoilText(text: string, random: Random): string {
  const at = random.integer(0, text.length);
  switch (random.integer(0, 7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.integer(1, 10));
    case 3:
      return text.slice(0, at) + text.slice(at + random.integer(1, 200));
    case 4: {
      const from = random.integer(0, text.length);
      return text.slice(0, at) + text.slice(from, from + random.integer(1, 300)) + text.slice(at);
    }
    case 5:
      return random.pick(['', '\ufeff', 'null', '[]', '{}', '"x"', '0', text + text]);
    case 6:
      if (random.chance(0.1)) return text.replace(/"layout":\s*\{/, `"layout":{"deep":${DEEP},`);
      return text.slice(0, at) + random.pick(['[', '{"a":']).repeat(random.pick([1, 100, 3000]));
    default:
      return text.replace(/\d+/, '1e400');
  }
}
