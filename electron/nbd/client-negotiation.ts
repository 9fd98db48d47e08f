import { quoted } from '../stream/text.ts';
import {
  GREETING_MAGIC,
  HandshakeFlag,
  Info,
  MAX_OPTION_BYTES,
  MAX_PAYLOAD_BYTES,
  MAX_STRING_BYTES,
  OPTION_MAGIC,
  OPTION_REPLY_MAGIC,
  Option,
  OptionError,
  OptionReply,
  TransmissionFlag,
} from './constants.ts';
import type { HandshakeChannel } from './handshake-channel.ts';
import { OPTION_REPLY_BYTES } from './option-reply.ts';

export type NbdConnectErrorCode = 'unknown-export' | 'refused' | 'protocol' | 'timeout';

/** A server that is there and does not give the export. */
export class NbdConnectError extends Error {
  readonly code: NbdConnectErrorCode;
  constructor(code: NbdConnectErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NbdConnectError';
    this.code = code;
  }
}

/** What the server told of an export. */
export interface RemoteExport {
  sizeBytes: number;
  /** Transmission flags. */
  flags: number;
  structuredReplies: boolean;
  /** Requests are whole blocks of this: a power of two, 1 or more. */
  minimumBlockBytes: number;
  /** Most bytes one read or write may have. */
  maximumPayloadBytes: number;
}

const MAX_REPLIES = 64;
const SMALLEST_MAXIMUM_BYTES = 4096;

/**
 * The client's side of the negotiation: structured replies if the server knows them, then GO, or EXPORT_NAME
 * with servers from before GO.
 * @throws NbdConnectError, or the channel's error
 */
export async function negotiateExport(channel: HandshakeChannel, exportName: string): Promise<RemoteExport> {
  const name = Buffer.from(exportName);
  if (name.length > MAX_STRING_BYTES) {
    throw new NbdConnectError('refused', `an export name has at most ${MAX_STRING_BYTES} bytes`);
  }
  const serverFlags = await greet(channel);
  const found: RemoteExport = {
    sizeBytes: 0,
    flags: 0,
    structuredReplies: false,
    minimumBlockBytes: 1,
    maximumPayloadBytes: MAX_PAYLOAD_BYTES,
  };
  const isFixed = (serverFlags & HandshakeFlag.fixedNewstyle) !== 0;
  if (isFixed) found.structuredReplies = await askStructuredReplies(channel);
  if (!isFixed || !(await go(channel, name, found))) {
    await chooseByName(channel, name, found, (serverFlags & HandshakeFlag.noZeroes) !== 0);
  }
  check(found);
  return found;
}

async function greet(channel: HandshakeChannel): Promise<number> {
  const greeting = await channel.take(18);
  if (!startsWith(greeting, 0, GREETING_MAGIC)) throw broken('it does not speak NBD');
  if (!startsWith(greeting, 8, OPTION_MAGIC)) throw broken('it speaks the oldstyle handshake only');
  const flags = greeting.readUInt16BE(16);
  const answer = Buffer.alloc(4);
  answer.writeUInt32BE(flags & (HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes));
  channel.send(answer);
  return flags;
}

async function askStructuredReplies(channel: HandshakeChannel): Promise<boolean> {
  sendOption(channel, Option.structuredReply, Buffer.alloc(0));
  const reply = await takeReply(channel, Option.structuredReply);
  if (reply.type === OptionReply.ack) return true;
  if (reply.type === OptionError.tlsRequired) throw refusal(reply);
  return false;
}

/** @returns false when the server does not know the option */
async function go(channel: HandshakeChannel, name: Buffer, found: RemoteExport): Promise<boolean> {
  const data = Buffer.alloc(4 + name.length + 4);
  data.writeUInt32BE(name.length);
  name.copy(data, 4);
  data.writeUInt16BE(1, 4 + name.length);
  data.writeUInt16BE(Info.blockSize, 4 + name.length + 2);
  sendOption(channel, Option.go, data);
  let isDescribed = false;
  for (let replies = 0; replies < MAX_REPLIES; replies++) {
    const reply = await takeReply(channel, Option.go);
    if (reply.type === OptionError.unsupported) return false;
    if (reply.type === OptionReply.ack) {
      if (!isDescribed) throw broken('it did not tell the size of the export');
      return true;
    }
    if (reply.type !== OptionReply.info) throw refusal(reply);
    isDescribed = readInfo(reply.data, found) || isDescribed;
  }
  throw broken('its answer has no end');
}

/** @returns whether this was the information that must be there */
function readInfo(data: Buffer, found: RemoteExport): boolean {
  const info = data.length >= 2 ? data.readUInt16BE() : -1;
  if (info === Info.export && data.length === 12) {
    readSize(data, 2, found);
    return true;
  }
  if (info === Info.blockSize && data.length === 14) {
    found.minimumBlockBytes = data.readUInt32BE(2);
    found.maximumPayloadBytes = Math.min(data.readUInt32BE(10), MAX_PAYLOAD_BYTES);
  } else if (info === -1 || info === Info.export || info === Info.blockSize) {
    throw broken('it sent malformed information');
  }
  return false;
}

async function chooseByName(
  channel: HandshakeChannel,
  name: Buffer,
  found: RemoteExport,
  noZeroes: boolean,
): Promise<void> {
  sendOption(channel, Option.exportName, name);
  try {
    readSize(await channel.take(noZeroes ? 10 : 10 + 124), 0, found);
  } catch (error) {
    // The only way such a server can say no is to hang up.
    throw new NbdConnectError('refused', 'it hung up when asked for the export', { cause: error });
  }
}

function readSize(data: Buffer, at: number, found: RemoteExport): void {
  found.sizeBytes = data.readUInt32BE(at) * 2 ** 32 + data.readUInt32BE(at + 4);
  found.flags = data.readUInt16BE(at + 8);
}

function check(found: RemoteExport): void {
  const { minimumBlockBytes: minimum, maximumPayloadBytes: maximum } = found;
  if (!Number.isSafeInteger(found.sizeBytes)) throw broken('the export is larger than 2^53 bytes');
  if ((found.flags & TransmissionFlag.hasFlags) === 0) throw broken('its flags have no first bit');
  // proto.md, Block size constraints: the minimum is a power of two of at most 64 KiB.
  if (minimum === 0 || (minimum & (minimum - 1)) !== 0 || minimum > 65536) {
    throw broken(`it asks for blocks of ${minimum} bytes`);
  }
  if (maximum < Math.max(minimum, SMALLEST_MAXIMUM_BYTES)) {
    throw broken(`it takes at most ${maximum} bytes at a time`);
  }
}

interface Reply {
  readonly type: number;
  readonly data: Buffer;
}

function sendOption(channel: HandshakeChannel, option: number, data: Buffer): void {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(OPTION_MAGIC[0], 0);
  head.writeUInt32BE(OPTION_MAGIC[1], 4);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(data.length, 12);
  channel.send(Buffer.concat([head, data]));
}

async function takeReply(channel: HandshakeChannel, option: number): Promise<Reply> {
  const head = await channel.take(OPTION_REPLY_BYTES);
  const length = head.readUInt32BE(16);
  if (!startsWith(head, 0, OPTION_REPLY_MAGIC) || head.readUInt32BE(8) !== option) {
    throw broken('it sent something that is no answer');
  }
  if (length > MAX_OPTION_BYTES) throw broken(`it sent an answer of ${length} bytes`);
  return { type: head.readUInt32BE(12), data: await channel.take(length) };
}

const REFUSALS: Record<number, string> = {
  [OptionError.policy]: 'it refuses (by policy)',
  [OptionError.tlsRequired]: 'it requires TLS, which is not supported',
  [OptionError.shutdown]: 'it is shutting down',
  [OptionError.platform]: 'it cannot open the export',
};

function refusal(reply: Reply): NbdConnectError {
  const said = reply.data.length === 0 ? '' : ` (it says ${quoted(reply.data.toString('utf8', 0, 200))})`;
  if (reply.type === OptionError.unknown)
    return new NbdConnectError('unknown-export', `no such export${said}`);
  return new NbdConnectError('refused', `${REFUSALS[reply.type] ?? `it refuses (${reply.type})`}${said}`);
}

function broken(problem: string): NbdConnectError {
  return new NbdConnectError('protocol', problem);
}

function startsWith(data: Buffer, at: number, magic: readonly [number, number]): boolean {
  return data.readUInt32BE(at) === magic[0] && data.readUInt32BE(at + 4) === magic[1];
}
