import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonFault } from '../../../electron/host/config/json-fault.ts';
import { emptyConfig } from '../../../electron/host/config/parse-config.ts';
import { Random } from '../../dmsg/support/random.ts';
import { fill } from './support/entries.ts';

const FAULTS: readonly [text: string, fault: string][] = [
  ['', 'line 1, column 1: the text ends where a value should stand'],
  ['{', 'line 1, column 2: the text ends where a name in double quotes or "}" should stand'],
  ['{"a":x}', 'line 1, column 6: a value should stand where "x}" is'],
  ['{"a":1,\n\n  b:2}', 'line 3, column 3: a name in double quotes should stand where "b:2}" is'],
  ['{"a" 1}', 'line 1, column 6: ":" should stand where "1}" is'],
  ['{"a":1,}', 'line 1, column 8: a name in double quotes should stand where "}" is'],
  ['[1,]', 'line 1, column 4: a value should stand where "]" is'],
  ['[1 2]', 'line 1, column 4: "," or "]" should stand where "2]" is'],
  ['[1}', 'line 1, column 3: "," or "]" should stand where "}" is'],
  ['{"a":[{"b":1}]} ]', 'line 1, column 17: the end should stand where "]" is'],
  ['{"a":TRUE}', 'line 1, column 6: a value should stand where "TRUE}" is'],
  ['{"a":01}', 'line 1, column 7: "," or "}" should stand where "1}" is'],
  ['{"a":-}', 'line 1, column 6: a value should stand where "-}" is'],
  ['{"a":"one\ntwo"}', 'line 1, column 6: a value should stand where "\\"one" is'],
  ['{"a":"\u0001"}', 'line 1, column 6: a value should stand where "\\"\\u0001\\"}" is'],
  ['{"a":"\\q"}', 'line 1, column 6: a value should stand where "\\"\\\\q\\"}" is'],
];

test('the place and cause of a fault in a JSON text', () => {
  for (const [text, fault] of FAULTS) {
    assert.throws(() => JSON.parse(text), SyntaxError);
    assert.equal(jsonFault(text), fault);
  }
});

test('a text of millions of characters in a bad config is passed over like a short one', () => {
  const text = `{"a":"${'x'.repeat(12_000_000)}" x`;
  assert.equal(jsonFault(text), 'line 1, column 12000009: "," or "}" should stand where "x" is');
});

test('whatever is cut off or changed in a config, the place named is the one where Node, too, gives up', () => {
  const config = emptyConfig();
  fill(config);
  const text = JSON.stringify(config, null, 2);
  const random = new Random();
  let compared = 0;
  for (let round = 0; round < 2000; round++) {
    const at = random.integer(0, text.length - 1);
    const bad =
      random.next() < 0.3
        ? text.slice(0, at)
        : text.slice(0, at) + random.pick([...'{}[],:"x1 ']) + text.slice(at + 1);
    const error = faultOf(bad);
    if (error === undefined) continue;
    const [, line, column] = /^line (\d+), column (\d+): /.exec(jsonFault(bad)) ?? [];
    const before = bad.split('\n').slice(0, Number(line) - 1);
    const offset = before.join('\n').length + (before.length === 0 ? 0 : 1) + Number(column) - 1;
    // Of a bad string Node names the character, we name the string. And it names the place only sometimes.
    const position = /^Expected .* position (\d+)/.exec(error)?.[1];
    if (position !== undefined) {
      assert.equal(offset, Number(position), `${error}: ${jsonFault(bad)}`);
      compared++;
    } else {
      assert.ok(offset <= bad.length, jsonFault(bad));
    }
  }
  assert.ok(compared > 100, `${compared} compared`);
});

function faultOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
