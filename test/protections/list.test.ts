import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROTECTIONS } from './list.ts';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

test('each protection is where it is said to be, once, and its test is there', () => {
  const tests = readdirSync(fileURLToPath(new URL('test/', root)), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path}`);
  for (const { name, file, code, test: word } of PROTECTIONS) {
    assert.equal(text(file).split(code).length - 1, 1, `${name}: its code in ${file}`);
    assert.ok(
      tests.some((path) => path.includes(word)),
      `${name}: no test ${word}`,
    );
  }
});
