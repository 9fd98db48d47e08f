/** Why an encrypted link failed, as a closed set. */
export type LinkCryptoErrorCode =
  | 'key' // the peer's handshake was not made with the keys we have for it
  | 'plain' // the peer sends DMSG messages without encryption
  | 'magic' // a handshake made with the right keys whose magic is wrong
  | 'version' // ... whose version is unknown
  | 'verifier' // a handshake whose session does not match its verifier
  | 'replay' // a handshake seen before, or our own sent back
  | 'timeout' // no whole handshake in the time allowed
  | 'mac' // a chunk of the stream was changed on its way
  | 'truncated' // the stream ended within the handshake or within a chunk
  | 'alignment'; // our own side wrote something that is not whole chunks

/** What libdmsg calls each: the DMSG_IOQ_ERROR_* numbers of DragonFly's lib/libdmsg/dmsg.h. */
const WIRE = {
  key: 12,
  plain: 12,
  magic: 12,
  version: 12,
  verifier: 12,
  replay: 12,
  timeout: 12,
  mac: 19,
  truncated: 2,
  alignment: 4,
} as const satisfies Record<LinkCryptoErrorCode, number>;

/**
 * The error an encrypted link ends with. The message says what is wrong and what to look at, without naming
 * the peer.
 */
export class LinkCryptoError extends Error {
  readonly code: LinkCryptoErrorCode;
  /** The DMSG error code (below 0x20: a local link error). */
  readonly wire: number;

  constructor(code: LinkCryptoErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LinkCryptoError';
    this.code = code;
    this.wire = WIRE[code];
  }
}
