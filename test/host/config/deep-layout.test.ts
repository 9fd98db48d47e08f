import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConfigError, emptyConfig, parseConfig } from '../../../electron/host/config/parse-config.ts';

const ROUNDS = 200;
const LIMIT_BYTES = 8 << 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('a layout of lists in lists is refused again and again without any memory staying behind', () => {
  const deep = `${'['.repeat(20_000)}0${']'.repeat(20_000)}`;
  const text = JSON.stringify({ ...emptyConfig(), layout: { deep: null } }).replace('null}', `${deep}}`);
  const refuse = (): void => assert.throws(() => parseConfig(text), ConfigError);
  refuse();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < ROUNDS; round++) refuse();
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < LIMIT_BYTES, `${grown} bytes more after ${ROUNDS} times`);
});
