import { randomBytes } from 'node:crypto';
import { type DecodedMessage, encodeMessage } from '../../../electron/dmsg/codec.ts';
import { type Conn, EMPTY_CONN } from '../../../electron/dmsg/conn.ts';
import { Command, Flag, OpenMode, PeerType } from '../../../electron/dmsg/constants.ts';
import { clientConn } from '../../../electron/dmsg/link-options.ts';
import { parseAddress } from '../../../electron/stream/address.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { connect } from '../../../electron/stream/connect.ts';
import { fields } from '../../dmsg/support/fields.ts';
import { RawPeer } from '../../dmsg/support/raw-peer.ts';
import type { Sandbox } from './sandbox.ts';

const CONN_ID = 1n;
const FIRST_OPEN_ID = 1000n;

/** A client without an engine, that does right or wrong as a test wants. */
export class Peer {
  readonly raw: RawPeer;
  readonly #stream: ByteStream;
  #nextId = FIRST_OPEN_ID;
  #sent = 0;

  private constructor(stream: ByteStream) {
    this.#stream = stream;
    this.raw = new RawPeer(stream);
    void this.#answerPings();
  }

  /** Connect and say nothing. */
  static async silent(address: string): Promise<Peer> {
    return new Peer(await connect(parseAddress(address)));
  }

  /** Connect and introduce ourselves, as a client of disks or, with another `conn`, as something else. */
  static async introduced(address: string, conn: Conn = clientConn()): Promise<Peer> {
    return Peer.introducedOn(await connect(parseAddress(address)), conn);
  }

  /** The same on a stream that stands. */
  static async introducedOn(stream: ByteStream, conn: Conn = clientConn()): Promise<Peer> {
    const peer = new Peer(stream);
    const cmd = Command.LNK_CONN | Flag.CREATE;
    peer.send({ cmd, msgid: CONN_ID, body: { kind: 'conn', dialect: 'current', conn } });
    await peer.raw.next((message) => commandOf(message) === Command.LNK_CONN);
    return peer;
  }

  /** The other side has ended the connection. */
  get closed(): Promise<Error | undefined> {
    return this.raw.closedWith;
  }
  /** The sequence number of the next message. */
  get sequence(): number {
    return this.#sent & 0xff;
  }

  /** Send a message with the sequence number that is due. */
  send(given: Partial<DecodedMessage> & { cmd: number }): void {
    this.#sent++;
    this.raw.send(given);
  }

  /** Send bytes made by `message`, or others. @returns whether the system has taken them */
  sendBytes(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => this.#stream.write([bytes], (error) => resolve(error === undefined)));
  }

  /** An id of ours that was never used. */
  id(): bigint {
    return this.#nextId++;
  }

  /** Open the first disk that is offered. @returns what commands are stacked on */
  async open(modes = OpenMode.READ | OpenMode.WRITE): Promise<bigint> {
    const span = await this.raw.next((message) => commandOf(message) === Command.LNK_SPAN);
    const id = this.id();
    const cmd = Command.BLK_OPEN | Flag.CREATE | Flag.REVCIRC;
    this.send({ cmd, msgid: id, circuit: span.msgid, body: { kind: 'open', modes } });
    await this.answer(id);
    return id;
  }

  /** Until the other side has answered a ping, and so everything sent before. */
  async pinged(): Promise<void> {
    this.send({ cmd: Command.LNK_PING });
    await this.raw.next(({ cmd }) => cmd === (Command.LNK_PING | Flag.REPLY) >>> 0);
  }

  /** The id of the first disk that is offered. */
  async span(): Promise<bigint> {
    return (await this.raw.next((message) => commandOf(message) === Command.LNK_SPAN)).msgid;
  }

  /** Ask to open a disk. @returns the id of the open, and the error of its answer */
  async tryOpen(span: bigint, modes: number): Promise<{ id: bigint; error: number }> {
    const id = this.id();
    const cmd = Command.BLK_OPEN | Flag.CREATE | Flag.REVCIRC;
    this.send({ cmd, msgid: id, circuit: span, body: { kind: 'open', modes } });
    return { id, error: (await this.answer(id)).error };
  }

  /** Send a command for a range. @returns its answer */
  ranged(
    open: bigint,
    command: number,
    offset: number,
    bytes: number,
    payload: Buffer,
  ): Promise<DecodedMessage> {
    const id = this.id();
    const range = { keyidLow: 0, keyidHigh: 0, offset, bytes, flags: 0 };
    this.send({
      cmd: command | Flag.CREATE | Flag.DELETE,
      msgid: id,
      circuit: open,
      body: { kind: 'range', range },
      payload,
    });
    return this.answer(id);
  }

  /** The next answer in a transaction of ours. */
  answer(id: bigint): Promise<DecodedMessage> {
    return this.raw.next((message) => message.msgid === id && (message.cmd & Flag.REPLY) !== 0);
  }

  /** Ask for a read; the answer is not awaited. */
  read(open: bigint, offset: number, bytes: number): bigint {
    const id = this.id();
    const range = { keyidLow: 0, keyidHigh: 0, offset, bytes, flags: 0 };
    const cmd = Command.BLK_READ | Flag.CREATE | Flag.DELETE;
    this.send({ cmd, msgid: id, circuit: open, body: { kind: 'range', range } });
    return id;
  }

  /** Take nothing any more of what is sent to us. */
  stopReading(): void {
    this.#stream.pause();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** Without an answer to its pings the other side would take us for dead. */
  async #answerPings(): Promise<never> {
    for (;;) {
      await this.raw.next(({ cmd }) => cmd === Command.LNK_PING);
      this.send({ cmd: Command.LNK_PING | Flag.REPLY });
    }
  }
}

/** A peer that is gone with the sandbox's test. */
export async function introduced(box: Sandbox, address: string, conn?: Conn): Promise<Peer> {
  const peer = await Peer.introduced(address, conn);
  box.after(() => peer.destroy());
  return peer;
}

/** A peer that wants no spans: all it gets are answers. */
export const WANTS_NOTHING: Conn = { ...EMPTY_CONN, peerType: PeerType.CLIENT, peerLabel: 'e2e/silent' };

/** A message as a value, with random salt above its sequence number. */
export function message(sequence: number, given: Partial<DecodedMessage> & { cmd: number }): Buffer {
  const salt = (randomBytes(4).readUInt32LE() & 0xffffff00) | sequence;
  return encodeMessage(fields({ ...given, cmd: given.cmd >>> 0, salt: salt >>> 0 }));
}

function commandOf({ cmd }: DecodedMessage): number {
  return cmd & 0x00ffffff;
}
