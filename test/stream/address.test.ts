import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressError, formatAddress, isLoopback, parseAddress } from '../../electron/stream/address.ts';

const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port }) as const;
const unix = (path: string) => ({ kind: 'unix', path }) as const;

test('every form', () => {
  for (const [text, address] of [
    ['127.0.0.1:987', tcp('127.0.0.1', 987)],
    ['tcp:127.0.0.1:987', tcp('127.0.0.1', 987)],
    ['nas.example:10809', tcp('nas.example', 10_809)],
    ['nas.example', tcp('nas.example', 5)],
    ['tcp:nas.example', tcp('nas.example', 5)],
    ['[::1]', tcp('::1', 5)],
    ['[::1]:0', tcp('::1', 0)],
    ['tcp:[fe80::1]:65535', tcp('fe80::1', 65_535)],
    ['unix:/run/x.sock', unix('/run/x.sock')],
    ['unix:relative:with:colons', unix('relative:with:colons')],
    [`unix:${'x'.repeat(107)}`, unix('x'.repeat(107))],
  ] as const) {
    assert.deepEqual(parseAddress(text, 5), address, text);
  }
});

test('a port is required where none is the default', () => {
  assert.throws(() => parseAddress('nas.example'), /the port is missing \(example: 127\.0\.0\.1:10809\)/);
  assert.throws(() => parseAddress('[::1]'), /the port is missing/);
});

test('what cannot be read is quoted, with the problem and a good address', () => {
  for (const [text, problem] of [
    ['', 'the host is missing'],
    [':987', 'the host is missing'],
    ['tcp:', 'the host is missing'],
    ['host:', '"" is no port'],
    ['host:65536', '"65536" is no port'],
    ['host:-1', '"-1" is no port'],
    ['host:1e3', '"1e3" is no port'],
    ['host:000987', '"000987" is no port'],
    ['host:98 ', '"98 " is no port'],
    ['a b:987', 'expected HOST:PORT'],
    ['http://host:987', '"//host:987" is no port'],
    ['a/b:987', 'expected HOST:PORT'],
    ['::1', ''],
    ['fe80::1:987', ''],
    ['[::1', 'expected HOST:PORT'],
    ['[nas]:987', '"nas" is no IPv6 address'],
    ['[]:987', '"" is no IPv6 address'],
    ['[127.0.0.1]:987', '"127.0.0.1" is no IPv6 address'],
    ['unix:', 'the path is missing'],
    [`unix:${'x'.repeat(108)}`, 'at most 107 bytes'],
    [`unix:${'é'.repeat(54)}`, 'at most 107 bytes'],
  ] as const) {
    assert.throws(
      () => parseAddress(text, 987),
      (error: Error) =>
        error instanceof AddressError &&
        error.message.startsWith(`bad address "${text}": `) &&
        error.message.includes(problem) &&
        error.message.includes('(example: '),
      `${text}: ${problem}`,
    );
  }
});

test('the example of an error can itself be read', () => {
  for (const text of ['::1', 'host:x', '[x]:1', 'unix:', '']) {
    try {
      parseAddress(text, 987);
      assert.fail(`${text} was read`);
    } catch (error) {
      const example = /\(example: (.*)\)$/.exec((error as Error).message)?.[1];
      assert.doesNotThrow(() => parseAddress(example ?? ''), example);
    }
  }
});

test('formatted text reads back as the same address', () => {
  for (const address of [tcp('127.0.0.1', 0), tcp('::1', 987), tcp('nas', 65_535), unix('/a b:c')]) {
    assert.deepEqual(parseAddress(formatAddress(address)), address);
  }
});

test('loopback', () => {
  for (const address of [
    tcp('127.0.0.1', 1),
    tcp('127.9.9.9', 1),
    tcp('::1', 1),
    tcp('localhost', 1),
    unix('/x'),
  ]) {
    assert.ok(isLoopback(address), formatAddress(address));
  }
  for (const host of [
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.example.org',
    '128.0.0.1',
    'localhost.example.org',
  ]) {
    assert.ok(!isLoopback(tcp(host, 1)), host);
  }
});
