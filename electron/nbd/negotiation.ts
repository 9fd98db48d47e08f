import { quoted } from '../stream/text.ts';
import {
  ALLOCATION_CONTEXT,
  GREETING_MAGIC,
  HandshakeFlag,
  Info,
  MAX_OPTION_BYTES,
  OPTION_MAGIC,
  Option,
  OptionError,
  OptionReply,
} from './constants.ts';
import type { ExportDirectory, OpenExport, ServedClient } from './export.ts';
import { transmissionFlags } from './export.ts';
import type { HandshakeChannel } from './handshake-channel.ts';
import { decodeString, OptionDataError, OptionDataReader } from './option-data.ts';
import { blockSizeInfo, contextReply, exportInfo, listReply, optionReply, textInfo } from './option-reply.ts';
import { ProtocolError } from './protocol-error.ts';

const MAX_OPTIONS = 32;
const OPTION_HEAD_BYTES = 16;
/** The id clients know base:allocation by. */
export const ALLOCATION_ID = 1;

/** What a client and the server agreed on. The export is the caller's to close. */
export interface Session {
  readonly opened: OpenExport;
  readonly structuredReplies: boolean;
  /** The client may ask for base:allocation; only where the device has an AllocationMap. */
  readonly allocation: boolean;
}

/**
 * The server's side of the fixed newstyle negotiation (proto.md, Session startup).
 * @param warn told why an export could not be opened; the client only hears that it could not
 * @returns null when the client asked to end it
 * @throws ProtocolError, or the channel's error
 */
export function negotiate(
  channel: HandshakeChannel,
  directory: ExportDirectory,
  client: ServedClient,
  warn: (message: string) => void,
): Promise<Session | null> {
  return new Negotiation(channel, directory, client, warn).run();
}

/** The directory has the export and could not open it. */
class OpenError extends Error {}

class Negotiation {
  readonly #channel: HandshakeChannel;
  readonly #directory: ExportDirectory;
  readonly #client: ServedClient;
  readonly #warn: (message: string) => void;
  #noZeroes = false;
  #structuredReplies = false;
  /** The export asked for last stays open, as INFO, SET_META_CONTEXT and GO name the same one in turn. */
  #opened: { readonly asked: string; readonly export: OpenExport } | null = null;
  /** The export name base:allocation was chosen for. */
  #allocationFor: string | null = null;

  constructor(
    channel: HandshakeChannel,
    directory: ExportDirectory,
    client: ServedClient,
    warn: (message: string) => void,
  ) {
    this.#channel = channel;
    this.#directory = directory;
    this.#client = client;
    this.#warn = warn;
  }

  async run(): Promise<Session | null> {
    let session: Session | null = null;
    try {
      await this.#greet();
      session = await this.#haggle();
      return session;
    } finally {
      if (session === null) await this.#closeOpened();
    }
  }

  async #greet(): Promise<void> {
    const greeting = Buffer.alloc(18);
    writeMagic(greeting, 0, GREETING_MAGIC);
    writeMagic(greeting, 8, OPTION_MAGIC);
    greeting.writeUInt16BE(HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes, 16);
    this.#channel.send(greeting);
    const flags = (await this.#channel.take(4)).readUInt32BE();
    if ((flags & ~(HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes)) !== 0) {
      throw new ProtocolError(`unknown handshake flags 0x${flags.toString(16)}`);
    }
    this.#noZeroes = (flags & HandshakeFlag.noZeroes) !== 0;
  }

  async #haggle(): Promise<Session | null> {
    for (let options = 0; options < MAX_OPTIONS; options++) {
      const head = await this.#channel.take(OPTION_HEAD_BYTES);
      if (head.readUInt32BE(0) !== OPTION_MAGIC[0] || head.readUInt32BE(4) !== OPTION_MAGIC[1]) {
        throw new ProtocolError('an option without its magic number');
      }
      const option = head.readUInt32BE(8);
      const length = head.readUInt32BE(12);
      if (length > MAX_OPTION_BYTES) throw new ProtocolError(`option ${option} of ${length} bytes`);
      const data = await this.#channel.take(length);
      if (option === Option.abort) {
        this.#channel.send(optionReply(option, OptionReply.ack));
        return null;
      }
      if (option === Option.exportName) return await this.#exportName(data);
      const session = await this.#answer(option, data);
      if (session !== null) return session;
    }
    throw new ProtocolError(`more than ${MAX_OPTIONS} options`);
  }

  /** Answer any option but those without a way to report an error. */
  async #answer(option: number, data: Buffer): Promise<Session | null> {
    try {
      switch (option) {
        case Option.list:
          return this.#list(option, data);
        case Option.structuredReply:
          new OptionDataReader(data).end();
          this.#structuredReplies = true;
          return this.#acknowledge(option);
        case Option.info:
        case Option.go:
          return await this.#info(option, data);
        case Option.listMetaContext:
        case Option.setMetaContext:
          return await this.#metaContext(option, data);
        default:
          return this.#refuse(option, OptionError.unsupported, `option ${option} is not supported`);
      }
    } catch (error) {
      if (error instanceof OpenError) return this.#refuse(option, OptionError.platform, error.message);
      if (!(error instanceof OptionDataError)) throw error;
      return this.#refuse(option, error.tooBig ? OptionError.tooBig : OptionError.invalid, error.message);
    }
  }

  #acknowledge(option: number): null {
    this.#channel.send(optionReply(option, OptionReply.ack));
    return null;
  }

  #refuse(option: number, error: OptionError, message: string): null {
    this.#channel.send(optionReply(option, error, Buffer.from(message)));
    return null;
  }

  #list(option: number, data: Buffer): null {
    new OptionDataReader(data).end();
    for (const listed of this.#directory.list()) this.#channel.send(listReply(option, listed));
    return this.#acknowledge(option);
  }

  async #exportName(data: Buffer): Promise<Session> {
    let name: string;
    try {
      name = decodeString(data);
    } catch (error) {
      throw new ProtocolError('EXPORT_NAME with a bad name', { cause: error });
    }
    const opened = await this.#open(name);
    if (opened === null) throw new ProtocolError(`no export ${quoted(name)}`);
    const reply = Buffer.alloc(this.#noZeroes ? 10 : 10 + 124);
    reply.writeBigUInt64BE(BigInt(opened.device.sizeBytes));
    reply.writeUInt16BE(transmissionFlags(opened.device, this.#structuredReplies), 8);
    this.#channel.send(reply);
    return this.#session(name, opened);
  }

  async #info(option: number, data: Buffer): Promise<Session | null> {
    const fields = new OptionDataReader(data);
    const name = fields.string();
    const asked = new Set<number>();
    for (let left = fields.u16(); left > 0; left--) asked.add(fields.u16());
    fields.end();
    const opened = await this.#open(name);
    if (opened === null) return this.#refuse(option, OptionError.unknown, `no export ${quoted(name)}`);
    const { device } = opened;
    const flags = transmissionFlags(device, this.#structuredReplies);
    this.#channel.send(exportInfo(option, device.sizeBytes, flags));
    this.#channel.send(blockSizeInfo(option, device));
    if (asked.has(Info.name)) this.#channel.send(textInfo(option, Info.name, opened.name));
    if (asked.has(Info.description)) {
      this.#channel.send(textInfo(option, Info.description, opened.description));
    }
    this.#acknowledge(option);
    return option === Option.go ? this.#session(name, opened) : null;
  }

  async #metaContext(option: number, data: Buffer): Promise<null> {
    if (!this.#structuredReplies) throw new OptionDataError('structured replies come first');
    const fields = new OptionDataReader(data);
    const name = fields.string();
    const queries: string[] = [];
    for (let left = fields.u32(); left > 0; left--) queries.push(fields.string());
    fields.end();
    const isList = option === Option.listMetaContext;
    if (!isList) this.#allocationFor = null;
    const opened = await this.#open(name);
    if (opened === null) return this.#refuse(option, OptionError.unknown, `no export ${quoted(name)}`);
    // A list without queries asks for everything, and a list knows the namespace alone as a wildcard.
    const wanted = isList
      ? queries.length === 0 || queries.includes('base:') || queries.includes(ALLOCATION_CONTEXT)
      : queries.includes(ALLOCATION_CONTEXT);
    if (wanted && opened.device.allocation !== undefined) {
      if (!isList) this.#allocationFor = name;
      this.#channel.send(contextReply(option, isList ? 0 : ALLOCATION_ID));
    }
    return this.#acknowledge(option);
  }

  #session(name: string, opened: OpenExport): Session {
    return { opened, structuredReplies: this.#structuredReplies, allocation: this.#allocationFor === name };
  }

  async #open(name: string): Promise<OpenExport | null> {
    if (this.#opened?.asked === name) return this.#opened.export;
    await this.#closeOpened();
    let found: OpenExport | null;
    try {
      found = await this.#directory.open(name, this.#client);
    } catch (error) {
      this.#warn(`cannot open export ${quoted(name)}: ${(error as Error).message}`);
      throw new OpenError(`export ${quoted(name)} cannot be opened`);
    }
    if (found !== null) this.#opened = { asked: name, export: found };
    return found;
  }

  async #closeOpened(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.export.close();
  }
}

function writeMagic(buffer: Buffer, at: number, magic: readonly [number, number]): void {
  buffer.writeUInt32BE(magic[0], at);
  buffer.writeUInt32BE(magic[1], at + 4);
}
