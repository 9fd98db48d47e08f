import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNbdUri } from '../../electron/nbd/uri.ts';

test('URIs of the field', () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port });
  const unix = (path: string) => ({ kind: 'unix', path });
  const good: Record<string, { address: unknown; exportName: string }> = {
    'nbd://example.com': { address: tcp('example.com', 10809), exportName: '' },
    'nbd://example.com/': { address: tcp('example.com', 10809), exportName: '' },
    'nbd://10.0.0.1:4711/disk': { address: tcp('10.0.0.1', 4711), exportName: 'disk' },
    'nbd://[::1]:4711/disk': { address: tcp('::1', 4711), exportName: 'disk' },
    'nbd://[fe80::1]/a': { address: tcp('fe80::1', 10809), exportName: 'a' },
    'nbd://example.com//disk': { address: tcp('example.com', 10809), exportName: '/disk' },
    'nbd://example.com/hello%20world': { address: tcp('example.com', 10809), exportName: 'hello world' },
    'nbd+unix:///disk?socket=/run/s': { address: unix('/run/s'), exportName: 'disk' },
    'nbd+unix://?socket=/run/s': { address: unix('/run/s'), exportName: '' },
    'nbd+unix:///?socket=nbd.sock': { address: unix('nbd.sock'), exportName: '' },
    'nbd+unix:///a+b?socket=%2Frun%2Fa+b%3F': { address: unix('/run/a+b?'), exportName: 'a+b' },
  };
  for (const [text, expected] of Object.entries(good)) assert.deepEqual(parseNbdUri(text), expected, text);
});

test('bad URIs are told what is wrong with them', () => {
  const bad: Record<string, RegExp> = {
    '': /no NBD URI/,
    disk: /no NBD URI/,
    'nbd:disk': /no NBD URI/,
    'http://example.com/': /"http" is no scheme/,
    'nbds://example.com/': /TLS is not supported/,
    'nbds+unix:///?socket=s': /TLS is not supported/,
    'nbd:///disk': /host is missing/,
    'nbd://me@example.com/disk': /user name/,
    'nbd://example.com:99999/disk': /no port/,
    'nbd://[::x]/disk': /no IPv6/,
    'nbd://example.com/%zz': /percent-encoded/,
    'nbd://example.com/?socket=s': /parameter "socket" is not known/,
    'nbd+unix:///disk': /socket is missing/,
    'nbd+unix:///disk?socket=': /socket is missing/,
    'nbd+unix:///disk?socket=%00/abstract': /NUL/,
    'nbd+unix://disk?socket=/run/s': /three slashes/,
    'nbd+unix:///disk?socket=/run/s&tls-type=x509': /parameter "tls-type" is not known/,
    'nbd+unix:///disk?socket=/a&socket=/b': /twice/,
    [`nbd+unix:///disk?socket=/${'x'.repeat(200)}`]: /at most 107 bytes/,
  };
  for (const [text, message] of Object.entries(bad)) {
    assert.throws(() => parseNbdUri(text), { name: 'AddressError', message }, text);
  }
});
