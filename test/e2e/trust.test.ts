import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Command, Flag, OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import { parseAddress } from '../../electron/stream/address.ts';
import { connectTls } from '../../electron/stream/tls.ts';
import { randomFile, sha256 } from './support/data.ts';
import { addressOf } from './support/disk.ts';
import { Fio } from './support/fio.ts';
import { without } from './support/needs.ts';
import { Peer } from './support/peer.ts';
import type { Sandbox } from './support/sandbox.ts';
import type { Spandrel } from './support/spandrel.ts';
import { contextOf, hostOf, keyOf, type TestHost } from './support/trusted.ts';

const MIB = 1 << 20;
const TLS = ['--tls', '--listen', '127.0.0.1:0'];

/** An exporter and a client whose keys know nothing of each other yet. */
async function two(t: TestContext) {
  return { server: await hostOf(t), client: await hostOf(t) };
}

function exporting({ box }: TestHost, source: string, ...flags: string[]): Promise<Spandrel<'export'>> {
  return box.start('export', source, ...TLS, ...flags);
}

/** Log lines so far that say somebody was refused. */
function refusals(command: Spandrel<'export'> | Spandrel<'route'>): string[] {
  return command.logLines.filter((line) => line.includes('refused'));
}

/** A client without an engine that does what a test wants, with the key of a host. */
async function rawPeer({ box }: TestHost, address: string): Promise<Peer> {
  const context = contextOf(box);
  const peer = await Peer.introducedOn(await connectTls(parseAddress(address), { context }));
  box.after(() => peer.destroy());
  return peer;
}

test('keygen makes a key once, for its owner alone, and shows it again; --force makes another', async (t) => {
  const { box, fingerprint } = await hostOf(t);
  const path = box.path('state/keys/host.key');
  assert.match(fingerprint, /^SHA256:[A-Za-z0-9+/]{43}$/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(box.path('state/keys')).mode & 0o777, 0o700);
  assert.equal(await keyOf(box), fingerprint);
  assert.equal((await box.cli('keygen')).stdout, `${fingerprint}\n`);
  const [forced] = await box.events('keygen', '--force');
  assert.ok(forced?.event === 'ready' && forced.command === 'keygen' && forced.created);
  assert.notEqual(forced.fingerprint, fingerprint);
  assert.equal(await keyOf(box), forced.fingerprint);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a key others could read is refused, with the fix', async (t) => {
  const { box } = await hostOf(t);
  const path = box.path('state/keys/host.key');
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(path, mode);
    for (const command of [['keygen'], ['export', 'memory:1M', ...TLS]]) {
      const { status, messages } = await box.cli(...command);
      assert.equal(status, 4);
      assert.match(messages.join(), new RegExp(`host\\.key .*0${mode.toString(8)}.*chmod 600 .*host\\.key`));
    }
  }
  chmodSync(path, 0o600);
  await box.runOk(process.execPath, '-e', '');
  assert.equal((await box.cli('keygen')).status, 0);
});

test('a disk goes over TLS whole: nbdcopy out and in, the same SHA-256', {
  skip: without('nbdcopy'),
}, async (t) => {
  const { server, client } = await two(t);
  const file = server.box.path('disk.img');
  const hash = await randomFile(file, 48 * MIB);
  const exporter = await exporting(server, file, '--allow', client.fingerprint);
  const nbd = `unix:${client.box.path('nbd')}`;
  const flags = ['--tls', '--trust', server.fingerprint, '--nbd', nbd];
  const unit = await client.box.start('attach', addressOf(exporter), ...flags);
  const copy = client.box.path('copy.img');
  await client.box.runOk('nbdcopy', unit.ready.nbd as string, copy);
  assert.equal(await sha256(copy), hash);
  const other = client.box.path('other.img');
  const otherHash = await randomFile(other, 48 * MIB);
  await client.box.runOk('nbdcopy', '--flush', other, unit.ready.nbd as string);
  await unit.stop();
  await exporter.stop();
  assert.equal(await sha256(file), otherHash);
  // Pinned: from now on without --trust.
  const pins = await client.box.events('trust', 'list');
  assert.ok(pins[0]?.event === 'ready' && pins[0].command === 'trust');
  assert.deepEqual(
    pins[0].peers.map(({ address, fingerprint }) => [address, fingerprint]),
    [[addressOf(exporter), server.fingerprint]],
  );
  assert.equal(statSync(client.box.path('state/known-peers.json')).mode & 0o777, 0o600);
});

test('a peer whose key is not known is refused with its fingerprint and the flag; then it is known', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:1M', '--allow', client.fingerprint);
  const refused = await client.box.cli('spans', addressOf(exporter), '--tls');
  assert.equal(refused.status, 3);
  assert.ok(refused.messages.join().includes(`--trust ${server.fingerprint}`), refused.messages.join());
  assert.ok(!existsSync(client.box.path('state/known-peers.json')), 'nothing is pinned without consent');
  const wrong = await client.box.cli('spans', addressOf(exporter), '--tls', '--trust', client.fingerprint);
  assert.equal(wrong.status, 3, 'another key was vouched for');
  await client.box.events('spans', addressOf(exporter), '--tls', '--trust', server.fingerprint);
  const events = await client.box.events('spans', addressOf(exporter), '--tls');
  assert.equal(events.filter(({ event }) => event === 'disk').length, 1);
});

test('a key that has changed is refused loudly, with both, also with --trust', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:1M', '--allow', client.fingerprint);
  const address = addressOf(exporter);
  await client.box.events('spans', address, '--tls', '--trust', server.fingerprint);
  await exporter.stop();
  await server.box.events('keygen', '--force');
  const renewed = await keyOf(server.box);
  const flags = ['--tls', '--listen', address, '--allow', client.fingerprint];
  await server.box.start('export', 'memory:1M', ...flags);
  for (const more of [[], ['--trust', renewed]]) {
    const { status, messages } = await client.box.cli('spans', address, '--tls', ...more);
    assert.equal(status, 3);
    const text = messages.join();
    assert.ok(text.includes('KEY HAS CHANGED') && text.includes(renewed), text);
    assert.ok(text.includes(`spandrel trust forget ${server.fingerprint}`), text);
  }
  await client.box.events('trust', 'forget', server.fingerprint);
  await client.box.events('spans', address, '--tls', '--trust', renewed);
});

test('an unknown key is refused, logged once with the flag that lets it in; any key, where there is no list', async (t) => {
  const { server, client } = await two(t);
  const stranger = await hostOf(t);
  for (const allow of [[], ['--allow', stranger.fingerprint]]) {
    const exporter = await exporting(server, 'memory:1M', ...allow);
    const address = addressOf(exporter);
    for (let i = 0; i < 3; i++) {
      const result = await client.box.cli('spans', address, '--tls', '--trust', server.fingerprint);
      assert.equal(result.status, 3);
    }
    const lines = refusals(exporter);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.ok(lines[0]?.includes(`--allow ${client.fingerprint}`), lines[0]);
    assert.ok(lines[0]?.includes('127.0.0.1:'), lines[0]);
    // The client is told what it may be.
    const { stderr } = await client.box.cli('spans', address, '--tls');
    assert.ok(stderr.includes(`--allow ${client.fingerprint}`), stderr);
    await exporter.stop();
    await client.box.events('trust', 'forget', server.fingerprint);
  }
});

test('a plain client is refused by a listener with TLS, logged once; TLS at a plain one is no better', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:1M', '--allow', client.fingerprint);
  for (let i = 0; i < 3; i++) {
    const { status } = await client.box.cli('spans', addressOf(exporter), '--insecure-plain');
    assert.equal(status, 3);
  }
  const lines = refusals(exporter);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] as string, /without TLS.*takes links with TLS only/);
  const plain = await server.box.start('export', 'memory:1M', '--listen', '127.0.0.1:0');
  const result = await client.box.cli('spans', addressOf(plain), '--tls', '--trust', server.fingerprint);
  assert.equal(result.status, 3);
  assert.equal((await client.box.events('spans', addressOf(plain))).length, 2, 'plain is plain here');
});

test('another host gets TLS without asking, and plain only where both sides say so', async (t) => {
  const { server, client } = await two(t);
  const open = ['--listen', '0.0.0.0:0', '--allow', client.fingerprint];
  const exporter = await server.box.start('export', 'memory:1M', ...open);
  const address = `127.0.0.1:${addressOf(exporter).split(':')[1]}`;
  assert.equal((await client.box.cli('spans', address)).status, 3, 'plain, as loopback is by default');
  assert.equal(refusals(exporter).length, 1);
  await client.box.events('spans', address, '--tls', '--trust', server.fingerprint);
  const both = await client.box.cli('spans', address, '--tls', '--insecure-plain');
  assert.equal(both.status, 2);
  assert.match(both.messages.join(), /contradict/);
});

test('an expired handshake is refused, logged once', async (t) => {
  const { server, client } = await two(t);
  const flags = ['--allow', client.fingerprint, '--limit', 'handshake_seconds=0.3'];
  const exporter = await exporting(server, 'memory:1M', ...flags);
  for (let i = 0; i < 3; i++) {
    const peer = await Peer.silent(addressOf(exporter));
    await peer.closed;
  }
  const lines = refusals(exporter);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] as string, /not finished in 300 ms/);
});

test('a read-only key that writes is refused, logged once; it reads', async (t) => {
  const { server, client } = await two(t);
  const file = server.box.file('disk.img', MIB);
  const exporter = await exporting(server, file, '--allow', `${client.fingerprint}:ro`);
  const flags = ['--tls', '--trust', server.fingerprint];
  const unit = await client.box.start('attach', addressOf(exporter), ...flags);
  assert.equal(unit.ready.read_only, true, 'our own engine goes on with reading');
  await unit.stop();

  const peer = await rawPeer(client, addressOf(exporter));
  const span = await peer.span();
  const refused = await peer.tryOpen(span, OpenMode.READ | OpenMode.WRITE);
  assert.equal(refused.error, Wire.PARAM);
  const open = await peer.tryOpen(span, OpenMode.READ);
  assert.equal(open.error, 0);
  for (const command of [Command.BLK_WRITE, Command.BLK_FREEBLKS]) {
    const payload = command === Command.BLK_WRITE ? Buffer.alloc(4096, 0xff) : Buffer.alloc(0);
    const answer = await peer.ranged(open.id, command, 0, 4096, payload);
    assert.notEqual(answer.error, 0);
    assert.equal(answer.cmd & 0x00ffffff, Command.BLK_ERROR);
  }
  const read = await peer.answer(peer.read(open.id, 0, 4096));
  assert.equal(read.error, 0);
  assert.ok(
    readFileSync(file).every((byte) => byte === 0),
    'nothing was written',
  );
  const lines = refusals(exporter);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] as string, /refused a write of 127\.0\.0\.1:\d+ to .*may only read it/);
  assert.ok(lines[0]?.includes(`--allow ${client.fingerprint}`), lines[0]);
});

test('a foreign or guessed circuit gives a key no rights', async (t) => {
  const { server, client } = await two(t);
  const writer = await hostOf(t);
  const file = server.box.file('disk.img', MIB);
  const allow = ['--allow', writer.fingerprint, '--allow', `${client.fingerprint}:ro`];
  const exporter = await exporting(server, file, ...allow);
  const good = await rawPeer(writer, addressOf(exporter));
  const goodOpen = await good.tryOpen(await good.span(), OpenMode.READ | OpenMode.WRITE);
  assert.equal(goodOpen.error, 0);
  const peer = await rawPeer(client, addressOf(exporter));
  await peer.span();
  assert.equal(peer.id(), goodOpen.id, 'so that the number is one of ours, but nothing is open under it');
  // The other link's open, never made on this one.
  peer.send({
    cmd: Command.BLK_WRITE | Flag.CREATE | Flag.DELETE,
    msgid: peer.id(),
    circuit: goodOpen.id,
    body: { kind: 'range', range: { keyidLow: 0, keyidHigh: 0, offset: 0, bytes: 512, flags: 0 } },
    payload: Buffer.alloc(512, 0xff),
  });
  // The other link is as it was, and what it reads comes after.
  assert.equal((await good.answer(good.read(goodOpen.id, 0, 4096))).error, 0);
  assert.ok(
    readFileSync(file).every((byte) => byte === 0),
    'nothing was written',
  );
});

test('a revoked key is refused, logged once; it is cut off at once while it is in use', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:8M', '--allow', client.fingerprint);
  const flags = ['--tls', '--trust', server.fingerprint, '--no-path', 'fail'];
  const unit = await client.box.start('attach', addressOf(exporter), ...flags);
  const mark = unit.mark;
  const startMs = performance.now();
  await server.box.events('trust', 'revoke', client.fingerprint);
  const down = await unit.waitForEvent('link', ({ state }) => state === 'down', mark);
  t.diagnostic(`the link ended ${(down.atMs - startMs).toFixed(0)} ms after the command was started`);
  await exporter.waitForLog(['was revoked', client.fingerprint]);
  await exporter.waitForLog(['refused', client.fingerprint]);
  await client.box.cli('spans', addressOf(exporter), '--tls');
  assert.equal(refusals(exporter).length, 1, refusals(exporter).join('\n'));
  assert.equal(unit.events.filter((event) => event.event === 'link' && event.state === 'up').length, 0);
  // What was revoked can be taken back.
  await server.box.events('trust', 'forget', client.fingerprint);
  await unit.waitForEvent('link', ({ state }) => state === 'up', mark);
});

test('a client cuts off an exporter whose key it revokes', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:1M', '--allow', client.fingerprint);
  const unit = await client.box.start('attach', addressOf(exporter), '--tls', '--trust', server.fingerprint);
  const mark = unit.mark;
  await client.box.events('trust', 'revoke', server.fingerprint);
  await unit.waitForEvent('link', ({ state }) => state === 'down', mark);
  const { status, messages } = await client.box.cli('spans', addressOf(exporter), '--tls');
  assert.equal(status, 3);
  assert.match(messages.join(), /was revoked here/);
});

test('a router takes only keys on its list, and relays over TLS', async (t) => {
  const { server, client } = await two(t);
  const hub = await hostOf(t);
  const allow = ['--allow', server.fingerprint, '--allow', client.fingerprint];
  const router = await hub.box.start('route', ...TLS, ...allow);
  const to = ['--tls', '--trust', hub.fingerprint];
  await server.box.start(
    'export',
    'memory:1M',
    '--connect',
    addressOf(router),
    ...to,
    '--allow',
    hub.fingerprint,
  );
  const unit = await client.box.start('attach', addressOf(router), ...to, '--wait', '10');
  assert.equal(unit.ready.units[0]?.distance, 1);
  const stranger = await hostOf(t);
  for (let i = 0; i < 2; i++) {
    assert.equal((await stranger.box.cli('spans', addressOf(router), ...to)).status, 3);
  }
  const lines = refusals(router);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.ok(lines[0]?.includes(`--allow ${stranger.fingerprint}`));
});

test('the exporter in use dies: over TLS as well nobody notices', { skip: without('fio') }, async (t) => {
  const { server, client } = await two(t);
  const file = server.box.file('disk.img', 64 * MIB);
  const start = (): Promise<Spandrel<'export'>> =>
    exporting(server, file, '--serial', 'TLS-FAILOVER', '--allow', client.fingerprint);
  const exporters = [await start(), await start()];
  const nbd = `unix:${client.box.path('nbd')}`;
  const flags = ['--tls', '--trust', server.fingerprint, '--nbd', nbd, '--stat', '0.1'];
  const unit = await client.box.start('attach', ...exporters.map(addressOf), ...flags);
  const load = ['--rw=randwrite', '--bs=4k', '--iodepth=16', '--verify=crc32c', '--size=16M'];
  const fio = new Fio(client.box, unit.ready.nbd as string, ...load, '--rate_iops=,1500');
  const open = await unit.waitForEvent(
    'stats',
    ({ units }) => (units[0]?.figures.writes ?? 0) > 0 && units[0]?.paths.some(isOpen) === true,
  );
  const first = open.units[0]?.paths.find(isOpen)?.peer;
  const dying = exporters.find((exporter) => addressOf(exporter) === first) as Spandrel<'export'>;
  await dying.kill();
  const result = await fio.clean();
  t.diagnostic(`longest write ${result.longestWriteMs.toFixed(0)} ms`);
});

function isOpen({ state }: { readonly state: string }): boolean {
  return state === 'open';
}

test('keys and secrets stand in no log and no argument', async (t) => {
  const { server, client } = await two(t);
  const exporter = await exporting(server, 'memory:1M', '--allow', client.fingerprint);
  const result = await client.box.cli('spans', addressOf(exporter), '--tls', '--trust', server.fingerprint);
  await exporter.waitForLog(['link up', client.fingerprint]);
  const said = exporter.logLines.join('\n') + result.stdout + result.stderr;
  for (const { box } of [server, client] as { box: Sandbox }[]) {
    const secret = readFileSync(box.path('state/keys/host.key'), 'utf8').split('\n')[1] as string;
    assert.ok(!said.includes(secret.slice(0, 40)), 'a key was told');
  }
});
