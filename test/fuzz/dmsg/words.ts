import { writeBlkKeyid, writeBlkRange, writeOpenModes } from '../../../electron/dmsg/blk.ts';
import { connCommand, EMPTY_CONN, writeConn } from '../../../electron/dmsg/conn.ts';
import { Command, Flag, PeerType } from '../../../electron/dmsg/constants.ts';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import { writeOpenFence } from '../../../electron/dmsg/open-fence.ts';
import { EMPTY_SPAN, writeSpan } from '../../../electron/dmsg/span.ts';
import type { Range } from '../support/range.ts';
import type { Id, Parts } from './frame.ts';
import type { Heard } from './hearing.ts';

/** The messages of a peer, as they should be. */

const ALL_SPANS = 0xffff_ffff_ffff_ffffn;

export function conn(id: Id, dialect: Dialect, peerType: number = PeerType.CLIENT): Parts {
  const said = { ...EMPTY_CONN, peerMask: ALL_SPANS, pfsMask: ALL_SPANS, peerType, peerLabel: 'fuzz/peer' };
  return {
    cmd: connCommand(dialect) | Flag.CREATE,
    id,
    body: (view, le) => writeConn(view, 0, le, dialect, said),
  };
}

export interface Offer {
  readonly serial: string;
  readonly sizeBytes: bigint;
  readonly blockBytes: number;
  readonly distance: number;
}

export function span(id: Id, { serial, sizeBytes, blockBytes, distance }: Offer): Parts {
  const said = {
    ...EMPTY_SPAN,
    peerType: PeerType.BLOCK,
    pfsType: 3,
    sizeBytes,
    blockBytes,
    distance,
    peerLabel: 'fuzz/disk',
    pfsLabel: serial,
  };
  return { cmd: Command.LNK_SPAN | Flag.CREATE, id, body: (view, le) => writeSpan(view, 0, le, said) };
}

/** Answer what was heard. @param last ends the transaction from the fuzzer's side */
export function answerTo(heard: Heard, last: boolean, error = 0, first = true, payload?: Buffer): Parts {
  const flags = Flag.REPLY | Flag.REVTRANS | (first ? Flag.CREATE : 0) | (last ? Flag.DELETE : 0);
  // The parent is the receiver's own, unless that said the fuzzer had opened it, or there is none.
  const isInTheirs = (heard.cmd & Flag.REVCIRC) === 0 && (heard.circuit.low | heard.circuit.high) !== 0;
  const circ = isInTheirs ? Flag.REVCIRC : 0;
  return {
    cmd: Command.LNK_ERROR | flags | circ,
    id: heard.id,
    circuit: heard.circuit,
    error,
    ...(payload === undefined ? {} : { payload }),
  };
}

/** End a transaction the fuzzer opened. */
export function end(id: Id, circuit: Id, flags = 0): Parts {
  return { cmd: Command.LNK_ERROR | Flag.DELETE | flags, id, circuit };
}

export function open(id: Id, spanId: Id, modes: number, fence?: { client: string; epoch: number }): Parts {
  return {
    cmd: Command.BLK_OPEN | Flag.CREATE | Flag.REVCIRC,
    id,
    circuit: spanId,
    body: (view, le) => {
      writeOpenModes(view, 0, le, modes);
      if (fence !== undefined) writeOpenFence(view, 0, le, fence);
    },
  };
}

export function block(
  command: number,
  id: Id,
  device: Id,
  { offset, bytes }: Range,
  payload?: Buffer,
): Parts {
  return {
    cmd: command | Flag.CREATE | Flag.DELETE,
    id,
    circuit: device,
    ...(payload === undefined ? {} : { payload }),
    body: (view, le) => {
      writeBlkRange(view, 0, le, offset, bytes);
      writeBlkKeyid(view, 0, le, id.low, 0x5a);
    },
  };
}
