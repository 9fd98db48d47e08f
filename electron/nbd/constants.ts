/** Numbers of the NBD protocol, named as in proto.md without the NBD_ prefix. All fields are big-endian. */

/** First eight bytes a server says ("NBDMAGIC") and the magic of options ("IHAVEOPT"), as two words each. */
export const GREETING_MAGIC = [0x4e42444d, 0x41474943] as const;
export const OPTION_MAGIC = [0x49484156, 0x454f5054] as const;
export const OPTION_REPLY_MAGIC = [0x0003e889, 0x045565a9] as const;

export const REQUEST_MAGIC = 0x25609513;
export const SIMPLE_REPLY_MAGIC = 0x67446698;
export const STRUCTURED_REPLY_MAGIC = 0x668e33ef;

/** magic u32, flags u16, type u16, cookie u64, offset u64, length u32 */
export const REQUEST_BYTES = 28;
/** magic u32, error u32, cookie u64 */
export const SIMPLE_REPLY_BYTES = 16;
/** magic u32, flags u16, type u16, cookie u64, length u32 */
export const CHUNK_BYTES = 20;
/** In front of the data of an OFFSET_DATA chunk: its offset u64. */
export const CHUNK_OFFSET_BYTES = 8;
/** offset u64, length u32 */
export const HOLE_PAYLOAD_BYTES = 12;

/** Longest payload every server is to accept (proto.md, Block size constraints); ours accepts no longer one. */
export const MAX_PAYLOAD_BYTES = 32 << 20;
/** Longest name or other string (proto.md, Values). */
export const MAX_STRING_BYTES = 4096;
/** Longest data of one option, either way. */
export const MAX_OPTION_BYTES = 64 << 10;
/** The block size to prefer where the device's own is smaller. */
export const PREFERRED_BLOCK_BYTES = 4096;

/** Handshake flags; the client's have the same bits. */
export const HandshakeFlag = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const TransmissionFlag = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  sendFlush: 1 << 2,
  sendFua: 1 << 3,
  sendTrim: 1 << 5,
  sendWriteZeroes: 1 << 6,
  sendDf: 1 << 7,
  canMultiConn: 1 << 8,
  sendFastZero: 1 << 11,
} as const;

export const Option = {
  exportName: 1,
  abort: 2,
  list: 3,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

export const OptionReply = { ack: 1, server: 2, info: 3, metaContext: 4 } as const;
export type OptionReply = (typeof OptionReply)[keyof typeof OptionReply];

const ERROR_BIT = 2 ** 31;
export const OptionError = {
  unsupported: ERROR_BIT + 1,
  policy: ERROR_BIT + 2,
  invalid: ERROR_BIT + 3,
  platform: ERROR_BIT + 4,
  tlsRequired: ERROR_BIT + 5,
  unknown: ERROR_BIT + 6,
  shutdown: ERROR_BIT + 7,
  blockSizeRequired: ERROR_BIT + 8,
  tooBig: ERROR_BIT + 9,
} as const;
export type OptionError = (typeof OptionError)[keyof typeof OptionError];

export const Info = { export: 0, name: 1, description: 2, blockSize: 3 } as const;
export type Info = (typeof Info)[keyof typeof Info];

export const ALLOCATION_CONTEXT = 'base:allocation';
/** Flags of base:allocation. */
export const ExtentState = { hole: 1, zero: 2 } as const;

export const Command = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

export const CommandFlag = { fua: 1, noHole: 2, dontFragment: 4, requestOne: 8, fastZero: 16 } as const;

export const Chunk = { none: 0, offsetData: 1, offsetHole: 2, blockStatus: 5, error: 0x8001 } as const;
export const CHUNK_DONE = 1;
/** Set in the type of every chunk that tells an error, known or not. */
export const CHUNK_ERROR_BIT = 0x8000;

/** Error values on the wire: fixed numbers, not those of the system. */
export const Errno = {
  perm: 1,
  io: 5,
  noMemory: 12,
  invalid: 22,
  noSpace: 28,
  overflow: 75,
  notSupported: 95,
  shutdown: 108,
} as const;
export type Errno = (typeof Errno)[keyof typeof Errno];
