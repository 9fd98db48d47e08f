/** What may stand next in a JSON text: the kinds of token, and that in words. */
const NEXT = {
  value: { kinds: '{["w', words: 'a value' },
  element: { kinds: '{["w]', words: 'a value or "]"' },
  name: { kinds: '"', words: 'a name in double quotes' },
  member: { kinds: '"}', words: 'a name in double quotes or "}"' },
  colon: { kinds: ':', words: '":"' },
  moreOfList: { kinds: ',]', words: '"," or "]"' },
  moreOfObject: { kinds: ',}', words: '"," or "}"' },
  end: { kinds: '', words: 'the end' },
};

const BLANKS = /[ \t\r\n]*/y;
/** A sign or a word; the kind of a token is its first character, `w` for words. */
const SIGN_OR_WORD = /[{}[\],:]|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
/** What a string is made of (RFC 8259, section 7): no control characters. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Where a text that JSON.parse refuses goes wrong; Node's own messages name the place only of some faults.
 * @returns for example `line 3, column 14: ":" should stand where "}" is`
 */
export function jsonFault(text: string): string {
  const open: string[] = [];
  let next: keyof typeof NEXT = 'value';
  let at = 0;
  for (;;) {
    at += lengthOf(BLANKS, text, at);
    const length = text[at] === '"' ? stringLength(text, at) : lengthOf(SIGN_OR_WORD, text, at);
    const first = text[at] ?? '';
    const kind = '{}[],:"'.includes(first) ? first : 'w';
    if (length === 0 || !NEXT[next].kinds.includes(kind)) return describe(text, at, NEXT[next].words);
    at += length;
    if (kind === '{' || kind === '[') open.push(kind);
    if (kind === '}' || kind === ']') open.pop();
    const inObject = open.at(-1) === '{';
    if (kind === '{') next = 'member';
    else if (kind === '[') next = 'element';
    else if (kind === ':') next = 'value';
    else if (kind === ',') next = inObject ? 'name' : 'value';
    else if (next === 'name' || (next === 'member' && kind === '"')) next = 'colon';
    else next = open.length === 0 ? 'end' : inObject ? 'moreOfObject' : 'moreOfList';
  }
}

/** Length of the string that begins at `at`, 0 where it has no end. One pattern for it would need as much stack. */
function stringLength(text: string, at: number): number {
  let end = at + 1;
  for (let characters = 1; characters > 0; end += characters) {
    end += lengthOf(PLAIN, text, end);
    characters = lengthOf(ESCAPE, text, end);
  }
  return text[end] === '"' ? end + 1 - at : 0;
}

function lengthOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function describe(text: string, at: number, wanted: string): string {
  const lines = text.slice(0, at).split('\n');
  const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  const found = text.slice(at, at + 40).split(/\s/, 1)[0] ?? '';
  if (at >= text.length) return `${place}: the text ends where ${wanted} should stand`;
  return `${place}: ${wanted} should stand where ${JSON.stringify(found.slice(0, 20))} is`;
}
