/** The numbers of DMSG. Names and values: DragonFly sys/sys/dmsg.h. */

/** First two bytes of every message, read in the sender's byte order. */
export const MAGIC = 0x4832;
/** The magic as it reads when the sender has the other byte order. */
export const MAGIC_SWAPPED = 0x3248;

/** Headers and padded payloads are multiples of this many bytes. */
export const ALIGN_BYTES = 64;
/** The core header, the part all messages have. */
export const HEADER_BYTES = 64;
/** The largest extended header (DMSG_HDR_MAX). */
export const HEADER_MAX_BYTES = 2048;
/** Port of the DragonFly cluster controller, `hammer2 service`. */
export const DEFAULT_PORT = 987;

/** Flags of the command word. */
export const Flag = {
  /** First message of this direction of a transaction. */
  CREATE: 0x80000000,
  /** Last message of this direction. */
  DELETE: 0x40000000,
  /** Sent by the side that did not open the transaction; in a one-way message, a status. */
  REPLY: 0x20000000,
  /** An abort, or a termination made up for a lost link. */
  ABORT: 0x10000000,
  /** The receiver opened the transaction. */
  REVTRANS: 0x08000000,
  /** The receiver opened the parent transaction. */
  REVCIRC: 0x04000000,
} as const;

/** What is left of a command word without its flags: protocol, command and header size. */
export const COMMAND_MASK = 0x00ffffff;

/** Command words without flags. The low byte is the header's size in units of 64 bytes. */
export const Command = {
  LNK_PAD: 0x00000001,
  LNK_PING: 0x00000101,
  LNK_AUTH: 0x00001002,
  /** LNK_CONN of DragonFly since 2015: a header of 384 bytes. */
  LNK_CONN: 0x00001106,
  /** LNK_CONN of 2014: a header of 512 bytes. */
  LNK_CONN_2014: 0x00001108,
  LNK_SPAN: 0x00001207,
  LNK_ERROR: 0x000fff01,
  DBG_SHELL: 0x00100101,
  BLK_OPEN: 0x00500102,
  BLK_CLOSE: 0x00500202,
  BLK_READ: 0x00500302,
  BLK_WRITE: 0x00500402,
  BLK_FLUSH: 0x00500502,
  BLK_FREEBLKS: 0x00500602,
  BLK_ERROR: 0x005fff03,
} as const;

/** Error codes of the header's `error` field. Those below 0x20 are local troubles of a link. */
export const Wire = {
  OK: 0,
  /** Bad magic: the stream is out of step. */
  SYNC: 1,
  EOF: 2,
  SOCKET: 3,
  /** A field has a value it must not have. */
  FIELD: 4,
  HEADER_CRC: 5,
  EXTENDED_CRC: 6,
  PAYLOAD_CRC: 7,
  /** A message is missing or doubled. */
  SEQUENCE: 15,
  /** A message does not fit the state of its transaction. */
  TRANSACTION: 17,
  /** An encrypted chunk was tampered with. */
  MAC: 19,
  NOSUPP: 0x20,
  LOSTLINK: 0x21,
  /** The medium failed. */
  IO: 0x22,
  PARAM: 0x23,
  CANTCIRC: 0x24,
} as const;

/** Kinds of peers, in LNK_CONN and LNK_SPAN. */
export const PeerType = { NONE: 0, ROUTER: 1, BLOCK: 2, HAMMER2: 3, CLIENT: 63 } as const;

/** Kinds of PFS, in messages of 2014. */
export const PfsType = { NONE: 0, ADMIN: 1, CLIENT: 2, SERVER: 3 } as const;

/** Modes of BLK_OPEN. */
export const OpenMode = { READ: 1, WRITE: 2 } as const;

/** A span that has come over more hops than this is not relayed further. */
export const MAX_DISTANCE = 16;
