import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { addressOf } from './support/disk.ts';
import { without } from './support/needs.ts';
import { Terminal } from './support/terminal.ts';
import { hostOf } from './support/trusted.ts';

/** The question about a key that is not known yet, on a real pseudo-terminal. */

const ON_TERMINAL = { skip: without('script') };
const QUESTION = 'Is it the same (yes/no)?';

/** A peer whose key the client does not know. */
async function setup(t: TestContext) {
  const server = await hostOf(t);
  const client = await hostOf(t);
  const flags = ['--tls', '--listen', '127.0.0.1:0', '--serial', 'ASKED', '--allow', client.fingerprint];
  const address = addressOf(await server.box.start('export', 'memory:1M', ...flags));
  return { server, client, address, known: client.box.path('state/known-peers.json') };
}

test('yes: the key is pinned, the command goes on, and nothing is asked again', ON_TERMINAL, async (t) => {
  const { server, client, address } = await setup(t);
  const terminal = new Terminal(client.box, 'spans', address, '--tls');
  await terminal.shows(`${address} has a key that is not known here:`);
  await terminal.shows(server.fingerprint);
  await terminal.shows(QUESTION);
  terminal.type('yes\r');
  await terminal.shows('ASKED');
  assert.equal(await terminal.end(), 0);
  const again = new Terminal(client.box, 'spans', address, '--tls');
  await again.shows('ASKED');
  assert.equal(await again.end(), 0);
  assert.ok(!again.child.stdout.includes(QUESTION), again.child.stdout);
});

test('no: nothing is pinned, and the command ends with 3, naming the key', ON_TERMINAL, async (t) => {
  const { server, client, address, known } = await setup(t);
  const terminal = new Terminal(client.box, 'attach', address, '--tls');
  await terminal.shows(QUESTION);
  terminal.type('no\r');
  await terminal.shows(`add --trust ${server.fingerprint}`);
  assert.equal(await terminal.end(), 3);
  assert.ok(!existsSync(known), 'a key was pinned');
});

test('another answer or none asks again; three of them are a no', ON_TERMINAL, async (t) => {
  const { client, address, known } = await setup(t);
  const first = new Terminal(client.box, 'spans', address, '--tls');
  await first.shows(QUESTION);
  first.type('\r');
  await first.shows('Type yes or no:');
  first.type('y\r');
  await first.shows('Type yes or no:');
  assert.ok(!existsSync(known), 'pinned without a yes');
  first.type('YES\r');
  await first.shows('ASKED');
  assert.equal(await first.end(), 0);

  await client.box.events('trust', 'forget', (await pinned(client.box)) ?? '');
  const second = new Terminal(client.box, 'spans', address, '--tls');
  await second.shows(QUESTION);
  for (const answer of ['sure', 'why']) {
    second.type(`${answer}\r`);
    await second.shows('Type yes or no:');
  }
  second.type('\r');
  assert.equal(await second.end(), 3);
  assert.equal(await pinned(client.box), undefined);
});

test('Ctrl-C at the question ends the command with 130, Ctrl-D is a no', ON_TERMINAL, async (t) => {
  const { client, address, known } = await setup(t);
  const terminal = new Terminal(client.box, 'attach', address, '--tls');
  await terminal.shows(QUESTION);
  terminal.type('\x03');
  assert.equal(await terminal.end(), 130);
  const other = new Terminal(client.box, 'attach', address, '--tls');
  await other.shows(QUESTION);
  other.type('\x04');
  assert.equal(await other.end(), 3);
  assert.ok(!existsSync(known), 'a key was pinned');
});

test('without a terminal nothing is asked: a refusal names the key and the flag', async (t) => {
  const { server, client, address, known } = await setup(t);
  const { status, stdout, stderr } = await client.box.cli('spans', address, '--tls');
  assert.equal(status, 3);
  assert.ok(!(stdout + stderr).includes(QUESTION));
  assert.ok(stderr.includes(`--trust ${server.fingerprint}`), stderr);
  assert.ok(!existsSync(known), 'a key was pinned');
});

async function pinned(box: Awaited<ReturnType<typeof hostOf>>['box']): Promise<string | undefined> {
  const [event] = await box.events('trust', 'list');
  return event?.event === 'ready' && event.command === 'trust' ? event.peers[0]?.fingerprint : undefined;
}
