import type { TestContext } from 'node:test';
import type { DecodedMessage, MessageBody } from '../../../electron/dmsg/codec.ts';
import { connCommand } from '../../../electron/dmsg/conn.ts';
import { Command, Flag, HEADER_BYTES, OpenMode } from '../../../electron/dmsg/constants.ts';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import { commandOf } from '../../../electron/dmsg/header.ts';
import { clientConn } from '../../../electron/dmsg/link-options.ts';
import { type OpenFence, writeOpenFence } from '../../../electron/dmsg/open-fence.ts';
import type { Span } from '../../../electron/dmsg/span.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { connect } from '../../../electron/stream/connect.ts';
import { RawPeer } from './raw-peer.ts';

const RESULT = Command.LNK_ERROR | Flag.CREATE | Flag.REPLY | Flag.REVTRANS;

/** What a command says of its range. */
export interface Asked {
  readonly offset?: number;
  readonly bytes?: number;
  readonly keyidLow?: number;
  readonly keyidHigh?: number;
  readonly payload?: Buffer;
}

/** A client of disks made of single messages, in either byte order, so that it can ask what ours never would. */
export class RawClient {
  readonly peer: RawPeer;
  readonly stream: ByteStream;
  readonly littleEndian: boolean;
  #nextId = 0x100n;

  private constructor(stream: ByteStream, littleEndian: boolean) {
    this.stream = stream;
    this.peer = new RawPeer(stream);
    this.littleEndian = littleEndian;
  }

  static async connect(
    test: TestContext,
    address: Address,
    { dialect = 'current', littleEndian = true }: { dialect?: Dialect; littleEndian?: boolean } = {},
  ): Promise<RawClient> {
    const client = new RawClient(await connect(address), littleEndian);
    test.after(() => client.peer.destroy());
    client.create(connCommand(dialect), { kind: 'conn', dialect, conn: clientConn() });
    const theirs = await client.peer.next(({ body }) => body.kind === 'conn');
    client.send({ cmd: RESULT, msgid: theirs.msgid });
    return client;
  }

  /** Wait for a span and take it. */
  async span(serial = 'S1'): Promise<{ msgid: bigint; span: Span }> {
    const offered = await this.peer.next(({ body }) => body.kind === 'span' && body.span.pfsLabel === serial);
    this.send({ cmd: RESULT, msgid: offered.msgid });
    return { msgid: offered.msgid, span: (offered.body as { span: Span }).span };
  }

  /** Ask for a device; its id, and the error of the answer. */
  async open(span: bigint, modes = OpenMode.READ | OpenMode.WRITE): Promise<{ id: bigint; error: number }> {
    const id = this.create(Command.BLK_OPEN, { kind: 'open', modes }, { circuit: span, inTheirs: true });
    const { error } = await this.answer(id);
    return { id, error };
  }

  /** Ask for a device for reading and writing, as a client with a fence; its id. */
  openAs(span: bigint, fence: OpenFence): bigint {
    const msgid = this.#nextId;
    this.#nextId += 0x10n;
    const header = Buffer.alloc(2 * HEADER_BYTES);
    writeOpenFence(new DataView(header.buffer, header.byteOffset), 0, this.littleEndian, fence);
    this.send({
      cmd: Command.BLK_OPEN | Flag.CREATE | Flag.REVCIRC,
      msgid,
      circuit: span,
      body: { kind: 'open', modes: OpenMode.READ | OpenMode.WRITE },
      rest: header.subarray(HEADER_BYTES),
    });
    return msgid;
  }

  /** Send a block command in an open device; its id. */
  ask(device: bigint, command: number, asked: Asked = {}): bigint {
    const { offset = 0, bytes = 0, keyidLow = 0, keyidHigh = 0, payload = Buffer.alloc(0) } = asked;
    return this.create(
      command | Flag.DELETE,
      { kind: 'range', range: { offset, bytes, keyidLow, keyidHigh, flags: 0 } },
      { circuit: device, payload },
    );
  }

  /** The next message in a transaction of ours. */
  answer(id: bigint): Promise<DecodedMessage> {
    return this.peer.next(({ msgid, cmd }) => msgid === id && (cmd & Flag.REVTRANS) !== 0);
  }

  /** Ask and wait for the answer. */
  run(device: bigint, command: number, asked: Asked = {}): Promise<DecodedMessage> {
    return this.answer(this.ask(device, command, asked));
  }

  /** Open a transaction; its id. */
  create(
    command: number,
    body: MessageBody,
    { circuit = 0n, inTheirs = false, payload = Buffer.alloc(0) as Buffer } = {},
  ): bigint {
    const msgid = this.#nextId;
    this.#nextId += 0x10n;
    const cmd = command | Flag.CREATE | (inTheirs ? Flag.REVCIRC : 0);
    this.send({ cmd, msgid, circuit, body, payload });
    return msgid;
  }

  send(given: Partial<DecodedMessage> & { cmd: number }): void {
    this.peer.send({ littleEndian: this.littleEndian, ...given });
  }
}

/** The parts of an answer tests look at. */
export function answered({ cmd, error, body, payload }: DecodedMessage) {
  const flags = (cmd & ~0xffffff) >>> 0;
  return {
    command: commandOf(cmd),
    last: (flags & Flag.DELETE) !== 0,
    error,
    body,
    payload,
  };
}
