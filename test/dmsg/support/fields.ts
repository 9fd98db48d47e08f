import type { DecodedMessage } from '../../../electron/dmsg/codec.ts';

/** A message of which only the interesting fields are given: little-endian, no body, no payload. */
export function fields(given: Partial<DecodedMessage> & { cmd: number }): DecodedMessage {
  return {
    littleEndian: true,
    reserved: 0,
    salt: 0,
    msgid: 0n,
    circuit: 0n,
    linkVerifier: 0n,
    error: 0,
    auxDescr: 0n,
    reserved2: 0,
    body: { kind: 'none' },
    rest: Buffer.alloc(0),
    payload: Buffer.alloc(0),
    ...given,
  };
}
