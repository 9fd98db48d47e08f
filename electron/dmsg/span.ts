import { PeerType } from './constants.ts';
import { NO_UUID, readLabel, readUuid, writeLabel, writeUuid } from './labels.ts';

/**
 * LNK_SPAN: something a peer offers, here a disk. One layout in both generations (sys/sys/dmsg.h, struct
 * dmsg_lnk_span); 2014 calls the labels cl_label and fs_label.
 */
export interface Span {
  peerId: string;
  /** Tells the nodes of one cluster apart. */
  pfsId: string;
  pfsType: number;
  peerType: number;
  protoVersion: number;
  status: number;
  /** Hops from the node that offers it. */
  distance: number;
  /** Sub-sort among equal distances. */
  rnss: number;
  /** Size of the disk in bytes, 0 … 2^64-1. */
  sizeBytes: bigint;
  /** Logical block size in bytes. */
  blockBytes: number;
  /** `host/device` for disks. */
  peerLabel: string;
  /** The serial number, for disks. */
  pfsLabel: string;
}

export const EMPTY_SPAN: Readonly<Span> = {
  peerId: NO_UUID,
  pfsId: NO_UUID,
  pfsType: 0,
  peerType: PeerType.NONE,
  protoVersion: 1,
  status: 0,
  distance: 0,
  rnss: 0,
  sizeBytes: 0n,
  blockBytes: 0,
  peerLabel: '',
  pfsLabel: '',
};

/** Where a relay finds the two fields it changes. */
export const SPAN_DISTANCE_AT = 0x70;
export const SPAN_RNSS_AT = 0x74;

/** Read a LNK_SPAN whose header begins at `at`. */
export function readSpan(view: DataView, at: number, le: boolean): Span {
  return {
    peerId: readUuid(view, at + 0x40),
    pfsId: readUuid(view, at + 0x50),
    pfsType: view.getUint8(at + 0x60),
    peerType: view.getUint8(at + 0x61),
    protoVersion: view.getUint16(at + 0x62, le),
    status: view.getUint32(at + 0x64, le),
    distance: view.getUint32(at + SPAN_DISTANCE_AT, le),
    rnss: view.getUint32(at + SPAN_RNSS_AT, le),
    sizeBytes: view.getBigUint64(at + 0x78, le),
    blockBytes: view.getUint32(at + 0x80, le),
    peerLabel: readLabel(view, at + 0xb0),
    pfsLabel: readLabel(view, at + 0x130),
  };
}

/** Write a LNK_SPAN into a zeroed header of 448 bytes at `at`. */
export function writeSpan(view: DataView, at: number, le: boolean, span: Span): void {
  writeUuid(view, at + 0x40, span.peerId);
  writeUuid(view, at + 0x50, span.pfsId);
  view.setUint8(at + 0x60, span.pfsType);
  view.setUint8(at + 0x61, span.peerType);
  view.setUint16(at + 0x62, span.protoVersion, le);
  view.setUint32(at + 0x64, span.status, le);
  view.setUint32(at + SPAN_DISTANCE_AT, span.distance, le);
  view.setUint32(at + SPAN_RNSS_AT, span.rnss, le);
  view.setBigUint64(at + 0x78, span.sizeBytes, le);
  view.setUint32(at + 0x80, span.blockBytes, le);
  writeLabel(view, at + 0xb0, span.peerLabel);
  writeLabel(view, at + 0x130, span.pfsLabel);
}
