import type { BlockDevice } from '../block/device.ts';
import { TransmissionFlag } from './constants.ts';

/** What a server offers under which names. The host implements it. */
export interface ExportDirectory {
  /** The exports clients are told of when they ask for a list. */
  list(): readonly ListedExport[];
  /**
   * Open an export for one client, or answer null where there is none of that name (or none this client may
   * use). `''` asks for the default export. It is also called when a client only asks about an export; each
   * open is followed by exactly one `close`.
   */
  open(name: string, client: ServedClient): Promise<OpenExport | null>;
}

export interface ListedExport {
  readonly name: string;
  readonly description: string;
}

/**
 * An export as one client uses it. All opens of one name share what they cache, so that a flush or FUA by
 * one client covers the others' finished writes: the server promises CAN_MULTI_CONN.
 */
export interface OpenExport {
  readonly device: BlockDevice & Partial<AllocationMap>;
  /** The name clients should know it by. */
  readonly name: string;
  readonly description: string;
  /** Serial number of the unit, for people; NBD has no field for it. */
  readonly serial?: string;
  /** Called once, after the last request is done. */
  close(): Promise<void>;
}

/** A client as the host sees it. The counters move while it is connected. */
export interface ServedClient {
  /** Unique in the server's life. */
  readonly id: number;
  /** Who it is: `127.0.0.1:4711`, `unix:/run/x.sock#3`. */
  readonly remote: string;
  /** The export in use, null during the negotiation. */
  readonly exportName: string | null;
  readonly requests: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** A device that knows without I/O what of it is allocated. Offered to clients as base:allocation. */
export interface AllocationMap {
  /**
   * What lies in a range, in order from `offset`, in whole blocks: at least one extent, at most `limit`. It
   * may stop before the end of the range and may run beyond it.
   */
  allocation(offset: number, length: number, limit: number): readonly Extent[];
}

export interface Extent {
  /** More than 0. */
  readonly bytes: number;
  /** Not allocated on the medium. */
  readonly hole: boolean;
  /** Reads as zeros. */
  readonly zero: boolean;
}

/** What a device is able to do, as clients are told (proto.md, Transmission flags). */
export function transmissionFlags(device: BlockDevice, structuredReplies: boolean): number {
  const { hasFlags, sendFlush, sendFua, canMultiConn, sendDf, readOnly } = TransmissionFlag;
  const { sendTrim, sendWriteZeroes, sendFastZero } = TransmissionFlag;
  let flags = hasFlags | sendFlush | sendFua | canMultiConn;
  if (structuredReplies) flags |= sendDf;
  flags |= device.readOnly ? readOnly : sendTrim | sendWriteZeroes | sendFastZero;
  return flags;
}
