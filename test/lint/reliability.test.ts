import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROTECTIONS } from '../protections/list.ts';

/** What docs/reliability.md names is there: test files, tests, commands, protections. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docs/reliability.md'), 'utf8');

/** The rows of the table below a heading, without its head, as cells. */
function rowsOf(heading: string): string[][] {
  const [, section] = text.split(new RegExp(`\\n#+ ${heading}\\n`));
  assert.ok(section !== undefined, `the section ${heading}`);
  const lines = (section.split('\n#')[0] as string).split('\n').filter((line) => line.startsWith('| '));
  return lines.slice(1).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

/** Whether a file has a test of that name, or one whose name is made in its place of words the file has. */
function hasTest(source: string, name: string): boolean {
  for (const [, quote, given = ''] of source.matchAll(/\b(?:test|it)\(\s*(['"`])((?:\\.|(?!\1)[^\n])*)\1/g)) {
    if (quote !== '`') {
      if (given.replaceAll('\\', '') === name) return true;
      continue;
    }
    const parts = given.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const made = new RegExp(`^${parts.join('(.+)')}$`).exec(name);
    if (made?.slice(1).every((word) => source.includes(word))) return true;
  }
  return false;
}

test('each known class of faults has three tests or more, and they are there', () => {
  const rows = rowsOf('Known classes of faults');
  assert.ok(rows.length >= 16, `${rows.length} classes`);
  for (const [what = '', tests = ''] of rows) {
    const named = [...tests.matchAll(/`([^`]+)` “([^”]+)”/g)];
    assert.ok(named.length >= 3, `${what}: ${named.length} tests`);
    assert.equal(
      tests.split(/[`“]/).length - 1,
      3 * named.length,
      `${what}: something else than tests is named`,
    );
    for (const [, file = '', name = ''] of named) {
      const path = join(root, 'test', `${file}.test.ts`);
      assert.ok(existsSync(path), `${what}: no file test/${file}.test.ts`);
      assert.ok(
        hasTest(readFileSync(path, 'utf8'), name),
        `${what}: test/${file}.test.ts has no test "${name}"`,
      );
    }
  }
});

test('test files that are named are there', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const named = [...text.matchAll(/`([a-z0-9]+(?:\/[a-z0-9-]+)+)(?:\.test)?`/g)].map(
    ([, path]) => path as string,
  );
  assert.ok(named.length > 50, `${named.length} files`);
  const missing = named.filter((path) => !files.some((file) => file.startsWith(path)));
  assert.deepEqual([...new Set(missing)], []);
});

test('commands that are named are there', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...text.matchAll(/`npm run ([a-z:]+)/g)].map(([, name]) => name as string);
  assert.ok(named.length > 5);
  for (const name of named) assert.ok(name in scripts, `npm run ${name}`);
});

test('the protections are those of the list', () => {
  const rows = rowsOf('Protections, each seen by a test');
  assert.deepEqual(
    rows.map(([name, file]) => [name, file?.replaceAll('`', '')]),
    PROTECTIONS.map(({ name, test: file }) => [name, file]),
  );
});
