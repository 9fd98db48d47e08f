import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { loadLinkKeys, type RefusalCode } from '../../electron/dmsg/crypto/keys.ts';
import { alice, bob, mallory } from './support.ts';

const directory = mkdtempSync(join(tmpdir(), 'link-keys-'));
after(() => rmSync(directory, { recursive: true }));

const publicPem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }) as string;
const privatePem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs1' }) as string;
const path = (name: string) => join(directory, name);

beforeEach(() => {
  rmSync(directory, { recursive: true });
  mkdirSync(path('remote'), { recursive: true });
  writeFileSync(path('rsa.prv'), privatePem(alice.privateKey), { mode: 0o600 });
  writeFileSync(path('rsa.pub'), publicPem(alice.publicKey));
  writeFileSync(path('remote/10.0.0.2.pub'), publicPem(bob.publicKey));
});

function refused(peerAddress: string, code: RefusalCode, message: string): void {
  const policy = loadLinkKeys(directory, peerAddress);
  assert.ok(policy.kind === 'refused');
  assert.equal(policy.code, code, policy.message);
  assert.ok(policy.message.includes(message), policy.message);
}

test('a peer with a key', () => {
  for (const address of ['10.0.0.2', '::ffff:10.0.0.2']) {
    const policy = loadLinkKeys(directory, address);
    assert.ok(policy.kind === 'encrypted');
    assert.ok(policy.keys.own.equals(alice.privateKey));
    assert.ok(policy.keys.peer.equals(bob.publicKey));
  }
});

test('a peer by name, and by IPv6 address', () => {
  for (const name of ['nas.example', 'fe80::1%em0']) {
    writeFileSync(path(`remote/${name}.pub`), publicPem(bob.publicKey));
    assert.equal(loadLinkKeys(directory, name).kind, 'encrypted');
  }
});

test('a plain peer needs no keys of ours, but a key wins over leave for a plain link', () => {
  writeFileSync(path('remote/10.0.0.3.none'), '');
  rmSync(path('rsa.prv'));
  assert.deepEqual(loadLinkKeys(directory, '10.0.0.3'), { kind: 'plain' });
  writeFileSync(path('remote/10.0.0.2.none'), '');
  refused('10.0.0.2', 'own-key-missing', 'rsa.prv');
});

test('an unknown peer', () => {
  refused('10.0.0.9', 'unknown-peer', path('remote/10.0.0.9.pub'));
  refused('10.0.0.9', 'unknown-peer', path('remote/10.0.0.9.none'));
});

test('an address that is none cannot leave the directory', () => {
  for (const address of ['', '..', '../rsa', 'a/b', '/etc/x', '.hidden'])
    refused(address, 'address', address);
});

test('our key is missing', () => {
  rmSync(path('rsa.pub'));
  refused('10.0.0.2', 'own-key-missing', `openssl rsa -in ${path('rsa.prv')} -pubout`);
  rmSync(path('rsa.prv'));
  refused('10.0.0.2', 'own-key-missing', 'openssl genrsa');
});

test('our private key can be read by others', { skip: process.platform === 'win32' }, () => {
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path('rsa.prv'), mode);
    refused('10.0.0.2', 'own-key-exposed', `chmod 600 ${path('rsa.prv')}`);
  }
});

test('our two keys do not belong together', () => {
  writeFileSync(path('rsa.pub'), publicPem(mallory.publicKey));
  refused('10.0.0.2', 'bad-key', 'does not belong');
});

test('key files that are none', () => {
  writeFileSync(path('remote/10.0.0.2.pub'), 'no key');
  refused('10.0.0.2', 'bad-key', path('remote/10.0.0.2.pub'));
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  writeFileSync(path('remote/10.0.0.2.pub'), publicPem(small.publicKey));
  refused('10.0.0.2', 'bad-key', '2048 bits');
  const curve = generateKeyPairSync('ed25519');
  writeFileSync(path('remote/10.0.0.2.pub'), publicPem(curve.publicKey));
  refused('10.0.0.2', 'bad-key', '2048 bits');
  rmSync(path('remote/10.0.0.2.pub'));
  mkdirSync(path('remote/10.0.0.2.pub'));
  refused('10.0.0.2', 'bad-key', 'cannot be read');
});
