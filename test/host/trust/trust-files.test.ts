import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { HostError } from '../../../electron/host/host-error.ts';
import { redacted } from '../../../electron/host/redact.ts';
import { Refusals } from '../../../electron/host/refusals.ts';
import { hostKey } from '../../../electron/host/trust/host-key.ts';
import { KnownPeers } from '../../../electron/host/trust/known-peers.ts';
import { keyOf } from './support/keys.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'spandrel-trust-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('the certificate is one, signed by its key; lost or foreign it is made anew and the key stays', (t) => {
  const state = folder(t);
  const made = hostKey(state);
  const certificate = new X509Certificate(made.certificate);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(made.key)));
  assert.ok(Date.parse(certificate.validTo) > Date.UTC(2200, 0));
  const foreign = hostKey(folder(t)).certificate;
  for (const damage of [foreign, 'no certificate', '']) {
    writeFileSync(join(state, 'keys', 'host.crt'), damage);
    const again = hostKey(state);
    assert.deepEqual([again.fingerprint, again.created], [made.fingerprint, false]);
    assert.ok(new X509Certificate(again.certificate).checkPrivateKey(createPrivateKey(again.key)));
  }
});

test('pins, revocations and forgetting are kept, for the owner alone', (t) => {
  const state = folder(t);
  const known = new KnownPeers(state);
  known.pin('nas:987', keyOf(1));
  known.pin('nas:987', keyOf(2));
  known.pin('__proto__:987', keyOf(2));
  known.revoke(keyOf(3));
  known.revoke(keyOf(3));
  const again = new KnownPeers(state);
  assert.deepEqual([again.pinOf('nas:987')?.fingerprint, again.peers.length], [keyOf(2), 2]);
  assert.deepEqual([again.revocationOf(keyOf(3))?.fingerprint, again.revoked.length], [keyOf(3), 1]);
  assert.equal(statSync(again.path).mode & 0o777, 0o600);
  assert.deepEqual(again.forget(keyOf(2)), { addresses: ['nas:987', '__proto__:987'], revoked: false });
  assert.deepEqual(again.forget(keyOf(3)), { addresses: [], revoked: true });
  assert.deepEqual([known.peers, known.revoked], [[], []]);
});

test('a damaged file is an error, not an empty one: nobody is trusted anew by accident', (t) => {
  const known = new KnownPeers(folder(t));
  known.pin('nas:987', keyOf(1));
  const whole = readFileSync(known.path, 'utf8');
  for (const text of [
    '',
    '{}',
    whole.slice(0, 40),
    whole.replace('SHA256', 'MD5'),
    whole.replace('1', '2'),
  ]) {
    writeFileSync(known.path, text);
    assert.throws(
      () => known.pinOf('nas:987'),
      (error: HostError) => error instanceof HostError && error.message.includes(known.path),
      JSON.stringify(text),
    );
    assert.throws(() => known.pin('other:987', keyOf(2)), HostError);
    assert.equal(readFileSync(known.path, 'utf8'), text, 'what may be repaired is left');
  }
});

test('processes that pin at the same time lose nothing of each other', async (t) => {
  const state = folder(t);
  const PROCESSES = 4;
  const PINS = 25;
  const source = fileURLToPath(new URL('../../../electron/host/trust/known-peers.ts', import.meta.url));
  const code = `
    import { KnownPeers } from ${JSON.stringify(source)};
    const known = new KnownPeers(${JSON.stringify(state)});
    const [, me] = process.argv;
    for (let i = 0; i < ${PINS}; i++) known.pin('peer-' + process.env.ME + '-' + i + ':987', 'SHA256:' + 'A'.repeat(43));
  `;
  const file = join(state, 'pin.mjs');
  writeFileSync(file, code);
  const endings = await Promise.all(
    Array.from({ length: PROCESSES }, async (_, number) => {
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
        env: { ...process.env, ME: String(number) },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return (await once(child, 'exit'))[0];
    }),
  );
  assert.deepEqual(endings, Array(PROCESSES).fill(0));
  assert.equal(new KnownPeers(state).peers.length, PROCESSES * PINS);
});

test('refusals are told once for each peer and reason, and a flood of peers cannot fill the log', () => {
  const lines: string[] = [];
  const refusals = new Refusals(pino({ base: null }, { write: (line: string) => lines.push(line) }));
  for (let i = 0; i < 100; i++) refusals.tell('10.0.0.1', 'plain', 'refused 10.0.0.1: plain');
  refusals.tell('10.0.0.1', 'timeout', 'refused 10.0.0.1: late');
  refusals.tell('10.0.0.2', 'plain', 'refused 10.0.0.2: plain');
  assert.equal(lines.length, 3);
  for (let i = 0; i < 100_000; i++) refusals.tell(`10.0.0.1 ${i}`, 'not-allowed', `refused ${i}`);
  assert.ok(lines.length <= 260, `${lines.length} lines`);
});

test('fingerprints are seen in the log, keys are not', (t) => {
  const { key: secret, fingerprint } = hostKey(folder(t));
  assert.equal(redacted(`refused ${fingerprint}.`), `refused ${fingerprint}.`);
  const body = secret.split('\n')[1] as string;
  const told = redacted(`oops ${secret} and ${body}`);
  assert.ok(!told.includes(body.slice(0, 41)));
});
