import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSource } from '../../electron/target/media/medium.ts';
import { MediumError } from '../../electron/target/media/medium-error.ts';
import { formatSize, parseSize, SizeError } from '../../electron/target/media/size.ts';

test('sizes are read in every unit', () => {
  const sizes: [string, number][] = [
    ['0', 0],
    ['16777216', 16777216],
    ['16777216B', 16777216],
    ['32768s', 16777216],
    ['512M', 512 * 1024 ** 2],
    ['16MiB', 16 * 1024 ** 2],
    ['1G', 1024 ** 3],
    ['1GB', 1000 ** 3],
    ['3k', 3072],
    ['3K', 3072],
    ['3KiB', 3072],
    ['3kiB', 3072],
    ['3kB', 3000],
    ['3KB', 3000],
    ['2MB', 2_000_000],
    ['4TiB', 4 * 1024 ** 4],
    ['4TB', 4 * 1000 ** 4],
    ['1.5G', 1.5 * 1024 ** 3],
    [' 8 GiB ', 8 * 1024 ** 3],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ];
  for (const [text, bytes] of sizes) assert.equal(parseSize(text), bytes, text);
});

test('a bad size is quoted, with the problem and an example', () => {
  const bad: [string, RegExp][] = [
    ['', /expected a number and a unit/],
    ['G', /expected a number and a unit/],
    ['-1G', /expected a number and a unit/],
    ['1e9', /expected a number and a unit/],
    ['0x10', /expected a number and a unit|no unit/],
    ['10gb', /no unit "gb"/],
    ['1GiBs', /no unit "GiBs"/],
    ['1 constructor', /no unit "constructor"/],
    ['8P', /over the largest size/],
    ['9007199254740992', /over the largest size/],
    ['0.3B', /not a whole number/],
  ];
  for (const [text, problem] of bad) {
    assert.throws(
      () => parseSize(text),
      (error) =>
        error instanceof SizeError &&
        problem.test(error.message) &&
        error.message.startsWith(`bad size "${text}"`) &&
        error.message.includes('example: 16GiB'),
      text,
    );
  }
});

test('sizes are written for people', () => {
  assert.equal(formatSize(512), '512 B');
  assert.equal(formatSize(1536 * 1024 ** 2), '1.5 GiB');
  assert.equal(formatSize(16 * 1024 ** 4), '16 TiB');
});

test('a source is a path or memory of a size', () => {
  assert.deepEqual(parseSource('memory:512M'), { kind: 'memory', sizeBytes: 512 * 1024 ** 2 });
  assert.deepEqual(parseSource('/srv/a.img'), { kind: 'file', path: '/srv/a.img' });
  assert.deepEqual(parseSource('./memory:1G'), { kind: 'file', path: './memory:1G' });
  assert.throws(() => parseSource('memory:'), SizeError);
  for (const text of ['', 'a\0b']) {
    assert.throws(
      () => parseSource(text),
      (error) => error instanceof MediumError && error.code === 'source',
    );
  }
});
