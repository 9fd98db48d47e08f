import { ALIGN_BYTES, COMMAND_MASK, Flag, HEADER_BYTES } from '../dmsg/constants.ts';
import { headerBytes, Off } from '../dmsg/header.ts';
import type { Message } from '../dmsg/message.ts';
import { COPY_PAYLOAD_BYTES } from '../dmsg/message-writer.ts';
import type { Mux } from '../dmsg/mux.ts';
import type { Transaction } from '../dmsg/transaction.ts';

const copied = (): void => {};

/**
 * Send a message on in the transaction that is its mate on another link: ids and circuit are translated,
 * everything else is copied as it stands, in its sender's byte order.
 */
export function relayMessage(message: Message, mux: Mux, mate: Transaction): void {
  const { writer } = mux;
  const command = message.cmd & (COMMAND_MASK | Flag.ABORT);
  const at = mux.begin(mate, command, message.has(Flag.DELETE), message.error, 0, message.le);
  copyRest(message, writer.bytes, at);
  const { payload } = message;
  if (payload.length === 0) {
    writer.finish();
    return;
  }
  // The padding is ours, all zeros; only where there is none is the sender's CRC surely right for it.
  const crc = payload.length % ALIGN_BYTES === 0 ? message.payloadCrc : undefined;
  if (payload.length <= COPY_PAYLOAD_BYTES) writer.finishWith(payload, copied, crc);
  else {
    const { bytes, block } = message.keepPayload();
    writer.finishWith(bytes, () => block.release(), crc);
  }
}

/** Copy the extended header, and what relays copy through of the core header (dmsg.h). */
export function copyRest(message: Message, bytes: Buffer, at: number): void {
  const from = message.at;
  const copy = (start: number, end: number): void => {
    message.bytes.copy(bytes, at + start, from + start, from + end);
  };
  copy(Off.reserved, Off.salt);
  copy(Off.linkVerifier, Off.cmd);
  copy(Off.auxDescr, Off.hdrCrc);
  const length = headerBytes(message.cmd);
  if (length > HEADER_BYTES) copy(HEADER_BYTES, length);
}
