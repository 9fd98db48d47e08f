import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LogRing } from '../../electron/host/log.ts';
import { redacted } from '../../electron/host/redact.ts';
import { LogLine } from '../../shared/model/host.ts';
import { Child } from '../e2e/support/child.ts';

const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const BASE64URL = 'Zm9vYmFyYmF6cXV4Y29ycmdlZ3JhdWx0Z2FycGx5d2E0';

const SECRETS: readonly [what: string, text: string, clean: string][] = [
  ['a token in a URL', 'GET /?token=abcd1234&x=1', 'GET /?token=[redacted]&x=1'],
  ['a password that is named', 'password: hunter22, user: me', 'password: [redacted], user: me'],
  ['a secret in JSON', '{"secret":"s3cr3t!","n":1}', '{"secret":"[redacted]","n":1}'],
  [
    'a secret in JSON in JSON',
    '{"msg":"{\\"token\\":\\"abcd1234\\"}"}',
    '{"msg":"{\\"token\\":\\"[redacted]\\"}"}',
  ],
  ['a key in a query', 'key=abcd1234', 'key=[redacted]'],
  ['a header', 'Authorization: Bearer abc.def-123456', 'Authorization: Bearer [redacted]'],
  ['the password of a URI', 'nbd://me:pa55@nas/disk', 'nbd://me:[redacted]@nas/disk'],
  ['256 bits in hexadecimal', `opened ${HEX}.`, 'opened [redacted].'],
  ['256 bits in base64', `http://127.0.0.1:1/#${BASE64URL}`, 'http://127.0.0.1:1/#[redacted]'],
  [
    'a private key',
    'x -----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\n-----END RSA PRIVATE KEY----- y',
    'x [redacted] y',
  ],
  ['a private key that was cut off', '"-----BEGIN PRIVATE KEY-----\\nMIIE"', '"[redacted]"'],
];

test('what looks like a secret is left out', () => {
  for (const [what, text, clean] of SECRETS) assert.equal(redacted(text), clean, what);
});

test('what only looks long or is about secrets stays', () => {
  for (const text of [
    'SPN-9F86D081884C7D65 at nas.example:987 has 1000204886016 bytes',
    'commit 5b2c7d0e9f86d081884c7d659a2feaa0c55ad015',
    '0b9e1c2a-7f51-4b0e-9b8e-2f4c1d3a5e6f',
    '/srv/images/debian-12-genericcloud-amd64-daily-20261120-1937.qcow2',
    'the private key cannot be read: no permission',
    'Unexpected token } in JSON at position 7',
    'http://127.0.0.1:8080/path',
  ]) {
    assert.equal(redacted(text), text);
  }
});

test('JSON from which secrets were taken is still JSON', () => {
  const line = JSON.stringify({
    token: 'abcdefgh',
    deep: { er: { password: 'p"a\\ss', token: 12345 } },
    msg: `secret=${BASE64URL} "quoted" key='x\\y' -----BEGIN PRIVATE KEY-----\nabc`,
  });
  const clean = redacted(line);
  assert.doesNotThrow(() => JSON.parse(clean), clean);
  assert.ok(!clean.includes('abcdefgh') && !clean.includes(BASE64URL) && !clean.includes('abc"'));
});

function line(n: number, more: object = {}): string {
  return `${JSON.stringify({ level: 40, time: n, msg: `line ${n}`, ...more })}\n`;
}

test('the ring holds the last 2,000 lines, oldest first', () => {
  const ring = new LogRing();
  assert.deepEqual(ring.tail(10), []);
  for (let n = 1; n <= 3; n++) ring.write(line(n));
  assert.deepEqual(
    ring.tail(2).map(({ text }) => text),
    ['line 2', 'line 3'],
  );
  for (let n = 4; n <= 5003; n++) ring.write(line(n));
  const all = ring.tail(2000);
  assert.deepEqual([all.length, all[0]?.at, all.at(-1)?.at], [2000, 3004, 5003]);
  assert.equal(ring.tail(100_000).length, 2000);
  assert.deepEqual(ring.tail(0), []);
});

test('a line of the ring has what was logged with it, is no longer than 8 KiB, and never fails', () => {
  const ring = new LogRing();
  ring.write(line(1, { peer: 'nas', err: { message: 'no', stack: 'Error: no\n    at x.ts:1' } }));
  ring.write(line(2, { msg: 'x'.repeat(100_000) }));
  ring.write(line(3, { msg: 7, err: 'odd' }));
  ring.write('no JSON\n');
  ring.write(line(5, { level: 35 }));
  const [first, second, ...odd] = ring.tail(10);
  assert.deepEqual(first, { at: 1, level: 'warn', text: 'line 1\nError: no\n    at x.ts:1\n{"peer":"nas"}' });
  assert.equal(second?.text.length, 8193);
  assert.deepEqual(
    odd.map(({ level, text }) => `${level} ${text}`),
    ['info {"level":40,"time":3,"msg":7,"err":"odd"}', 'info no JSON', 'info line 5'],
  );
  for (const one of ring.tail(10)) LogLine.parse(one);
});

const logger = fileURLToPath(new URL('support/logger.ts', import.meta.url));

/** Runs a process that logs a few lines. @returns its stderr, and the texts of its ring */
async function logOf(args: string[], level = ''): Promise<{ stderr: string; ring: LogLine[] }> {
  const child = new Child(process.execPath, ['--import', 'tsx', logger, ...args], {
    env: { ...process.env, SPANDREL_LOG: level },
  });
  await child.ended;
  return { stderr: child.stderr, ring: LogLine.array().parse(JSON.parse(child.stdout)) };
}

test('a log writes lines for people or machines on stderr, the same into its ring, and secrets into neither', async () => {
  const people = await logOf([]);
  assert.match(people.stderr, /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: opened \?token=\[redacted\]\n/);
  const machines = await logOf(['--json']);
  const [first = '', second = ''] = machines.stderr.split('\n');
  assert.equal(JSON.parse(first).msg, 'opened ?token=[redacted]');
  const { time, ...fields } = JSON.parse(second);
  assert.equal(typeof time, 'number');
  assert.deepEqual(fields, {
    level: 40,
    password: '[redacted]',
    peer: { key: '[redacted]', name: 'nas' },
    msg: 'refused',
  });
  for (const { stderr, ring } of [people, machines]) {
    assert.ok(!stderr.includes('abcd1234') && !JSON.stringify(ring).includes('abcd1234'));
    assert.deepEqual(
      ring.map(({ level, text }) => `${level}: ${text.split('\n')[0]}`),
      ['info: opened ?token=[redacted]', 'warn: refused', 'error: failed'],
    );
    assert.match(ring[2]?.text ?? '', /^failed\nError: no\n {4}at /);
  }
});

test('SPANDREL_LOG sets the level of both', async () => {
  const quiet = await logOf([], 'error');
  assert.deepEqual(
    [quiet.ring.map(({ level }) => level), /INFO|WARN/.test(quiet.stderr)],
    [['error'], false],
  );
  const loud = await logOf(['--json'], 'debug');
  assert.deepEqual(
    loud.ring.map(({ level }) => level),
    ['debug', 'info', 'warn', 'error'],
  );
});
