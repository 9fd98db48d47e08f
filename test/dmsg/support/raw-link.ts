import { connCommand, EMPTY_CONN } from '../../../electron/dmsg/conn.ts';
import { Command, Flag, PeerType } from '../../../electron/dmsg/constants.ts';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import { type MemoryStream, memoryPair } from './memory-stream.ts';
import { RawPeer } from './raw-peer.ts';
import { type End, type LinkTraits, linkOn, quiet, turns, within } from './test-link.ts';

export interface RawLink extends End {
  readonly peer: RawPeer;
  readonly stream: MemoryStream;
  readonly peerStream: MemoryStream;
}

/** A link, as listener, with a raw peer that has not spoken yet. */
export function rawLink(options: LinkTraits = {}): RawLink {
  const [stream, peerStream] = memoryPair();
  const end = linkOn(stream, quiet('listener', options));
  return { ...end, peer: new RawPeer(peerStream), stream, peerStream };
}

/** The peer introduces itself: as a client that wants block devices. */
export function introduce(peer: RawPeer, dialect: Dialect = 'current', id = 0xc0n): void {
  const conn = {
    ...EMPTY_CONN,
    peerType: dialect === '2014' ? PeerType.BLOCK : PeerType.CLIENT,
    peerMask: 1n << BigInt(PeerType.BLOCK),
    pfsMask: 1n << 3n,
  };
  peer.send({ cmd: connCommand(dialect) | Flag.CREATE, msgid: id, body: { kind: 'conn', dialect, conn } });
}

/** Both introduced, both results exchanged. */
export async function rawUp(options: LinkTraits = {}, dialect: Dialect = 'current'): Promise<RawLink> {
  const raw = rawLink(options);
  await join(raw.peer, raw, dialect);
  return raw;
}

export async function join(peer: RawPeer, end: End, dialect: Dialect = 'current'): Promise<void> {
  introduce(peer, dialect);
  const conn = await within(
    peer.next(({ body }) => body.kind === 'conn'),
    'the introduction of the link',
  );
  await within(
    peer.next(({ msgid }) => msgid === 0xc0n),
    'the result',
  );
  peer.send({ cmd: Command.LNK_ERROR | Flag.CREATE | Flag.REPLY | Flag.REVTRANS, msgid: conn.msgid });
  await within(end.user.isUp, 'up');
  await turns();
}
