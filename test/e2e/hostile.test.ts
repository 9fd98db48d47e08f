import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import { headerCrc, Off } from '../../electron/dmsg/header.ts';
import { clientConn } from '../../electron/dmsg/link-options.ts';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { Fio } from './support/fio.ts';
import { without } from './support/needs.ts';
import { introduced, message, Peer } from './support/peer.ts';
import { Sandbox } from './support/sandbox.ts';
import type { Spandrel } from './support/spandrel.ts';

const MIB = 1 << 20;
const UNKNOWN_COMMAND = 0x00001a01;
const MAX_TRANSACTIONS = 16_384;
const TIMEOUT_MS = 90_000;

interface Offence {
  readonly name: string;
  /** What the log must say of it. */
  readonly reason: string;
  readonly commit: (peer: Peer) => void;
}

/** What ends a link that stood. */
const OFFENCES: readonly Offence[] = [
  {
    name: 'bad magic',
    reason: 'not DMSG',
    commit: (peer) => peer.sendBytes(Buffer.from('GET / HTTP/1.1\r\nHost: nas.example\r\n\r\n')),
  },
  {
    name: 'bad header CRC',
    reason: 'header CRC',
    commit: (peer) => peer.sendBytes(broken(message(peer.sequence, { cmd: Command.LNK_PING }), Off.hdrCrc)),
  },
  {
    name: 'bad payload CRC',
    reason: 'payload CRC',
    commit: (peer) => {
      const payload = Buffer.from('hello');
      const cmd = Command.DBG_SHELL;
      const bytes = message(peer.sequence, { cmd, payload, body: { kind: 'shell', text: 'hello' } });
      peer.sendBytes(broken(bytes, bytes.length - 1));
    },
  },
  {
    name: 'wrong sequence',
    reason: 'was due',
    commit: (peer) => peer.sendBytes(message((peer.sequence + 5) & 0xff, { cmd: Command.LNK_PING })),
  },
  {
    name: 'oversize payload',
    reason: `payload of ${2 * MIB} bytes`,
    commit: (peer) => peer.sendBytes(announcing(2 * MIB, peer.sequence)),
  },
  {
    name: 'oversize header',
    reason: 'header of 16320 bytes',
    commit: (peer) => peer.sendBytes(message(peer.sequence, { cmd: 0x000010ff })),
  },
  {
    name: 'an answer nobody waits for',
    reason: 'not there',
    commit: (peer) =>
      peer.send({ cmd: Command.LNK_ERROR | Flag.DELETE | Flag.REPLY | Flag.REVTRANS, msgid: 0x7777n }),
  },
  {
    name: 'a transaction opened twice',
    reason: 'there already',
    commit: (peer) => {
      const msgid = peer.id();
      for (let i = 0; i < 2; i++) peer.send({ cmd: UNKNOWN_COMMAND | Flag.CREATE, msgid });
    },
  },
  {
    name: 'a second introduction',
    reason: 'second LNK_CONN',
    commit: (peer) =>
      peer.send({
        cmd: Command.LNK_CONN | Flag.CREATE,
        msgid: peer.id(),
        body: { kind: 'conn', dialect: 'current', conn: clientConn() },
      }),
  },
  {
    name: 'a flood of open transactions',
    reason: `more than ${MAX_TRANSACTIONS} open transactions`,
    commit: (peer) => {
      for (let i = 0; i <= MAX_TRANSACTIONS; i++) {
        peer.send({ cmd: UNKNOWN_COMMAND | Flag.CREATE, msgid: peer.id() });
      }
    },
  },
];

/** Bytes with one of them changed. */
function broken(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
}

/** A header, right in itself, that announces a payload. */
function announcing(payloadBytes: number, sequence: number): Buffer {
  const bytes = message(sequence, { cmd: Command.DBG_SHELL });
  bytes.writeUInt32LE(payloadBytes, Off.auxBytes);
  bytes.writeUInt32LE(headerCrc(bytes, 0, bytes.length), Off.hdrCrc);
  return bytes;
}

type Server = Spandrel<'export'> | Spandrel<'route'>;

/** The exporter itself, or a router before it. */
const SERVERS: Readonly<Record<string, (box: Sandbox) => Promise<Server>>> = {
  export: (box) => exported(box, 'memory:64M'),
  route: async (box) => {
    const router = await box.start('route', '--listen', ANY_PORT);
    await box.start('export', 'memory:64M', '--connect', addressOf(router));
    return router;
  },
};

for (const [name, start] of Object.entries(SERVERS)) {
  test(`hostile peers of ${name}`, { skip: without('fio'), timeout: TIMEOUT_MS }, async (t) => {
    const box = new Sandbox(t);
    const server = await start(box);
    const { client, uri } = await attached(box, [addressOf(server)], '--stat', '0.1');
    const load = ['--rw=randwrite', '--bs=4k', '--iodepth=8', '--size=48M', '--verify=crc32c'];
    const fio = new Fio(box, uri, ...load, '--rate_iops=,2000');
    await client.waitForEvent('stats', ({ units }) => (units[0]?.figures.writes ?? 0) > 0);
    for (const offence of OFFENCES) await t.test(offence.name, () => ends(box, server, offence));
    await t.test('a stranger', () => stranger(box, server));
    await t.test('an unknown command is refused, the link stays', () => refuses(box, server));
    await t.test('meanwhile another link was untouched', async () => {
      await fio.clean();
      const { events } = client;
      assert.ok(!events.some((event) => event.event === 'link' && event.state === 'down'));
      await client.stop();
      await server.stop();
    });
  });
}

/** The offence ends the link of who committed it, with one line that names the peer and the reason. */
async function ends(box: Sandbox, server: Server, { reason, commit }: Offence): Promise<void> {
  const mark = server.logMark;
  const peer = await introduced(box, addressOf(server));
  const up = await server.waitForLog(['link up'], mark);
  const [remote] = /127\.0\.0\.1:\d+/.exec(up) as RegExpExecArray;
  commit(peer);
  await peer.closed;
  await server.waitForLog([`${remote}: link ended: `, reason], mark);
  assert.equal(server.logLines.slice(mark).filter((line) => line.includes(remote)).length, 2);
}

/** Somebody who never introduced himself, and does not speak DMSG. */
async function stranger(box: Sandbox, server: Server): Promise<void> {
  const mark = server.logMark;
  const peer = await Peer.silent(addressOf(server));
  box.after(() => peer.destroy());
  await peer.sendBytes(Buffer.from('EHLO nas.example\r\n'));
  await peer.closed;
  await server.waitForLog(['link ended', 'not DMSG'], mark);
  assert.equal(server.logLines.length, mark + 1);
}

async function refuses(box: Sandbox, server: Server): Promise<void> {
  const peer = await introduced(box, addressOf(server));
  const msgid = peer.id();
  peer.send({ cmd: UNKNOWN_COMMAND | Flag.CREATE | Flag.DELETE, msgid });
  assert.equal((await peer.answer(msgid)).error, Wire.NOSUPP);
  peer.send({ cmd: Command.LNK_PING });
  await peer.raw.next(({ cmd }) => cmd === (Command.LNK_PING | Flag.REPLY));
}
