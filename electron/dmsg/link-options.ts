import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type Conn, EMPTY_CONN } from './conn.ts';
import { PeerType, PfsType } from './constants.ts';
import type { DialectChoice } from './dialect.ts';
import type { LinkLimits } from './link-limits.ts';
import type { Span } from './span.ts';

/** How a link behaves. */
export interface LinkOptions {
  dialect: DialectChoice;
  /** Which side opened the connection: it speaks first. */
  side: 'dialer' | 'listener';
  /** What we announce. */
  conn: Conn;
  /** Time between pings. */
  pingMs: number;
  /** What the peer may cost. Read whenever it matters: a change holds at once. */
  limits: LinkLimits;
}

export const LINK_DEFAULTS: Readonly<Pick<LinkOptions, 'dialect' | 'pingMs'>> = {
  dialect: 'auto',
  pingMs: 500,
};

const BLOCK_BIT = 1n << BigInt(PeerType.BLOCK);
const SERVER_BIT = 1n << BigInt(PfsType.SERVER);
const ALL_BITS = 0xffff_ffff_ffff_ffffn;

/** 16 random bytes as hexadecimal digits: an id that tells this node, or one attachment, from all others. */
export function randomUuid(): string {
  return randomBytes(16).toString('hex');
}

/**
 * What a client of disks announces, in either dialect: xdisk.c of 2014 gives peer type BLOCK and PFS type
 * CLIENT, since 2015 there is a peer type CLIENT. `peerType` is that of the current dialect; see connFor.
 */
export function clientConn(pfsId: string = randomUuid()): Conn {
  return {
    ...EMPTY_CONN,
    pfsId,
    peerMask: BLOCK_BIT,
    peerType: PeerType.CLIENT,
    pfsType: PfsType.CLIENT,
    pfsMask: SERVER_BIT,
    peerLabel: `${hostname()}/xdisk`,
    pfsLabel: 'xdisk',
  };
}

/** What an exporter of disks announces: it wants no spans. */
export function exporterConn(pfsId: string = randomUuid()): Conn {
  return {
    ...EMPTY_CONN,
    pfsId,
    peerMask: 0n,
    peerType: PeerType.BLOCK,
    pfsType: PfsType.SERVER,
    pfsMask: 0n,
    peerLabel: `${hostname()}/spandrel`,
    pfsLabel: 'spandrel',
  };
}

/** What a router announces: it wants all spans. */
export function routerConn(): Conn {
  return {
    ...EMPTY_CONN,
    peerMask: ALL_BITS,
    peerType: PeerType.ROUTER,
    pfsMask: ALL_BITS,
    peerLabel: `${hostname()}/router`,
  };
}

/** The announcement as a dialect words it. */
export function connFor(dialect: '2014' | 'current', conn: Conn): Conn {
  if (dialect === '2014') {
    return conn.peerType === PeerType.CLIENT ? { ...conn, peerType: PeerType.BLOCK } : conn;
  }
  // The current layout keeps the node id's and PFS type's places reserved.
  return { ...conn, pfsId: EMPTY_CONN.pfsId, pfsType: 0 };
}

/** Whether a peer's LNK_CONN asks for a span: by peer type, in 2014 also by PFS type. */
export function admits(conn: Conn, dialect: '2014' | 'current', span: Span): boolean {
  if (span.peerType > 63 || ((conn.peerMask >> BigInt(span.peerType)) & 1n) === 0n) return false;
  if (dialect === 'current' || span.pfsType > 63) return true;
  return ((conn.pfsMask >> BigInt(span.pfsType)) & 1n) === 1n;
}
