import { Command, PeerType } from './constants.ts';
import type { Dialect } from './dialect.ts';
import { NO_UUID, readLabel, readUuid, writeLabel, writeUuid } from './labels.ts';

/**
 * LNK_CONN: who a peer is and which spans it wants. One form for both generations; fields a generation
 * lacks are read as their empty value and not written. Layouts: sys/sys/dmsg.h, struct dmsg_lnk_conn, of
 * 2014 (512 bytes) and since 2015 (384 bytes).
 */
export interface Conn {
  mediaId: string;
  /** 2014 `pfs_clid`, current `peer_id`: the cluster or the peer. */
  peerId: string;
  /** 2014 `pfs_fsid`, unique to the node. The current generation leaves these 16 bytes reserved. */
  pfsId: string;
  /** One bit per peer type whose spans are wanted, bits 0 … 63. */
  peerMask: bigint;
  peerType: number;
  /** 2014 only. */
  pfsType: number;
  protoVersion: number;
  status: number;
  rnss: number;
  /** 2014 only: one bit per PFS type wanted. */
  pfsMask: bigint;
  /** 2014 `cl_label`, current `peer_label`: `host/name`. */
  peerLabel: string;
  /** 2014 only, `fs_label`: a serial number, or `xdisk`. */
  pfsLabel: string;
}

export const EMPTY_CONN: Readonly<Conn> = {
  mediaId: NO_UUID,
  peerId: NO_UUID,
  pfsId: NO_UUID,
  peerMask: 0n,
  peerType: PeerType.NONE,
  pfsType: 0,
  protoVersion: 1,
  status: 0,
  rnss: 0,
  pfsMask: 0n,
  peerLabel: '',
  pfsLabel: '',
};

const AT = {
  mediaId: 0x40,
  peerId: 0x50,
  pfsId: 0x60,
  peerMask: 0x70,
  peerType: 0x78,
  pfsType: 0x79,
} as const;
const AT_2 = { protoVersion: 0x7a, status: 0x7c, rnss: 0x80 } as const;
const AT_2014 = { pfsMask: 0xc0, clLabel: 0xc8, fsLabel: 0x148 } as const;
const AT_CURRENT = { peerLabel: 0xc4 } as const;

/** The command word (without flags) of LNK_CONN in a dialect. */
export function connCommand(dialect: Dialect): number {
  return dialect === '2014' ? Command.LNK_CONN_2014 : Command.LNK_CONN;
}

/** Read a LNK_CONN whose header begins at `at`; the reader has checked that the header is whole. */
export function readConn(view: DataView, at: number, le: boolean, dialect: Dialect): Conn {
  const old = dialect === '2014';
  return {
    mediaId: readUuid(view, at + AT.mediaId),
    peerId: readUuid(view, at + AT.peerId),
    pfsId: readUuid(view, at + AT.pfsId),
    peerMask: view.getBigUint64(at + AT.peerMask, le),
    peerType: view.getUint8(at + AT.peerType),
    pfsType: view.getUint8(at + AT.pfsType),
    protoVersion: view.getUint16(at + AT_2.protoVersion, le),
    status: view.getUint32(at + AT_2.status, le),
    rnss: view.getUint32(at + AT_2.rnss, le),
    pfsMask: old ? view.getBigUint64(at + AT_2014.pfsMask, le) : 0n,
    peerLabel: readLabel(view, at + (old ? AT_2014.clLabel : AT_CURRENT.peerLabel)),
    pfsLabel: old ? readLabel(view, at + AT_2014.fsLabel) : '',
  };
}

/** Write a LNK_CONN into a zeroed header of the dialect's size at `at`. */
export function writeConn(view: DataView, at: number, le: boolean, dialect: Dialect, conn: Conn): void {
  writeUuid(view, at + AT.mediaId, conn.mediaId);
  writeUuid(view, at + AT.peerId, conn.peerId);
  writeUuid(view, at + AT.pfsId, conn.pfsId);
  view.setBigUint64(at + AT.peerMask, conn.peerMask, le);
  view.setUint8(at + AT.peerType, conn.peerType);
  view.setUint8(at + AT.pfsType, conn.pfsType);
  view.setUint16(at + AT_2.protoVersion, conn.protoVersion, le);
  view.setUint32(at + AT_2.status, conn.status, le);
  view.setUint32(at + AT_2.rnss, conn.rnss, le);
  if (dialect === '2014') {
    view.setBigUint64(at + AT_2014.pfsMask, conn.pfsMask, le);
    writeLabel(view, at + AT_2014.clLabel, conn.peerLabel);
    writeLabel(view, at + AT_2014.fsLabel, conn.pfsLabel);
  } else {
    writeLabel(view, at + AT_CURRENT.peerLabel, conn.peerLabel);
  }
}
