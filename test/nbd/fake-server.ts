import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { NbdClient, type NbdClientOptions } from '../../electron/nbd/client.ts';
import {
  OPTION_REPLY_MAGIC,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from '../../electron/nbd/constants.ts';
import { parseNbdUri } from '../../electron/nbd/uri.ts';
import { closeServer, RawPeer, u16, u32, u64 } from './raw.ts';

export const GREETING = Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), u16(3)]);

/** A UNIX socket where a test plays the server; returns the URI to dial. */
export async function fakeServer(t: TestContext, play: (peer: RawPeer) => Promise<void>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nbdfake-'));
  const socket = join(folder, 's');
  const peers: RawPeer[] = [];
  const server = createServer((accepted) => {
    const peer = new RawPeer(accepted);
    peers.push(peer);
    play(peer).catch(() => peer.socket.destroy()); // the client hung up on the play
  });
  t.after(async () => {
    await closeServer(server, peers);
    rmSync(folder, { recursive: true });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return `nbd+unix:///disk?socket=${socket}`;
}

export function reply(option: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u32(...OPTION_REPLY_MAGIC, option, type, data.length), data]);
}

export function exportInfo(sizeBytes: bigint, flags: number): Buffer {
  return Buffer.concat([u16(0), u64(sizeBytes), u16(flags)]);
}

export function blockSizeInfo(minimum: number, preferred: number, maximum: number): Buffer {
  return Buffer.concat([u16(3), u32(minimum, preferred, maximum)]);
}

/** The next option of the client. */
export async function takeOption(peer: RawPeer): Promise<{ option: number; data: Buffer }> {
  const head = await peer.read(16);
  return { option: head.readUInt32BE(8), data: await peer.read(head.readUInt32BE(12)) };
}

/** Negotiate as a good server with structured replies, up to the transmission phase. */
export async function agree(peer: RawPeer, sizeBytes = 1n << 20n, flags = 0x0ed): Promise<void> {
  peer.write(GREETING);
  await peer.read(4);
  await takeOption(peer);
  peer.write(reply(8, 1));
  await takeOption(peer);
  peer.write(reply(7, 3, exportInfo(sizeBytes, flags)), reply(7, 1));
}

/** A request of the client, without payload. */
export interface Asked {
  readonly type: number;
  /** The eight bytes of the cookie. */
  readonly cookie: Buffer;
  readonly offset: number;
  readonly length: number;
}

export async function takeRequest(peer: RawPeer): Promise<Asked> {
  const head = await peer.read(28);
  return {
    type: head.readUInt16BE(6),
    cookie: Buffer.from(head.subarray(8, 16)),
    offset: Number(head.readBigUInt64BE(16)),
    length: head.readUInt32BE(24),
  };
}

export function simple(cookie: Buffer, errno = 0): Buffer {
  return Buffer.concat([u32(SIMPLE_REPLY_MAGIC, errno), cookie]);
}

export function chunk(cookie: Buffer, type: number, isLast: boolean, ...payload: Buffer[]): Buffer {
  const data = Buffer.concat(payload);
  return Buffer.concat([
    u32(STRUCTURED_REPLY_MAGIC),
    u16(isLast ? 1 : 0),
    u16(type),
    cookie,
    u32(data.length),
    data,
  ]);
}

export function dial(uri: string, options?: NbdClientOptions): Promise<NbdClient> {
  return NbdClient.connect(parseNbdUri(uri), options);
}
