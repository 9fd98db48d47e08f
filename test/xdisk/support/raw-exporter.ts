import type { TestContext } from 'node:test';
import type { DecodedMessage } from '../../../electron/dmsg/codec.ts';
import { connCommand } from '../../../electron/dmsg/conn.ts';
import { Command, Flag } from '../../../electron/dmsg/constants.ts';
import { commandOf } from '../../../electron/dmsg/header.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { listen } from '../../../electron/stream/listen.ts';
import { LOCAL } from '../../target/support/net.ts';
import { RawPeer } from '../../target/support/raw-peer.ts';
import { DISK } from './fake-exporter.ts';

const CONN_ID = 0x10n;
const SPAN_ID = 0x20n;
const ANSWER = Flag.CREATE | Flag.DELETE | Flag.REPLY | Flag.REVTRANS | Flag.REVCIRC;
const RESULT = Command.LNK_ERROR | Flag.CREATE | Flag.REPLY | Flag.REVTRANS;

/** An exporter of one disk made of single messages, which can be sent in pieces. Serves one link. */
export class RawExporter {
  readonly address: Address;
  readonly stream: Promise<ByteStream>;
  readonly #peer: Promise<RawPeer>;

  private constructor(address: Address, stream: Promise<ByteStream>, peer: Promise<RawPeer>) {
    this.address = address;
    this.stream = stream;
    this.#peer = peer;
  }

  static async start(test: TestContext): Promise<RawExporter> {
    let arrived: (link: { stream: ByteStream; peer: RawPeer }) => void = () => {};
    const arriving = new Promise<{ stream: ByteStream; peer: RawPeer }>((resolve) => {
      arrived = resolve;
    });
    const listener = await listen(LOCAL, (stream) => arrived({ stream, peer: new RawPeer(stream) }));
    const peer = arriving.then((link) => link.peer);
    const stream = arriving.then((link) => link.stream);
    const exporter = new RawExporter(listener.address, stream, peer);
    const greeting = exporter.#greet();
    test.after(async () => {
      (await peer).destroy();
      await greeting;
      await listener.close();
    });
    return exporter;
  }

  /** Grant the next BLK_OPEN. */
  async open(): Promise<RawSession> {
    const peer = await this.#peer;
    const asked = await peer.next(({ cmd }) => commandOf(cmd) === Command.BLK_OPEN);
    await this.send({ cmd: RESULT, msgid: asked.msgid, circuit: SPAN_ID });
    return new RawSession(this, peer, asked.msgid);
  }

  async send(given: Partial<DecodedMessage> & { cmd: number }): Promise<void> {
    (await this.#peer).send(given);
  }

  async #greet(): Promise<void> {
    const peer = await this.#peer;
    const { msgid } = await peer.next(({ body }) => body.kind === 'conn');
    await this.send({ cmd: RESULT, msgid });
    await this.send({
      cmd: connCommand('current') | Flag.CREATE,
      msgid: CONN_ID,
      body: { kind: 'conn', dialect: 'current', conn: exporterConn() },
    });
    await this.send({
      cmd: Command.LNK_SPAN | Flag.CREATE,
      msgid: SPAN_ID,
      body: { kind: 'span', span: DISK },
    });
  }
}

/** A device the client has open. */
export class RawSession {
  readonly #exporter: RawExporter;
  readonly #peer: RawPeer;
  readonly #id: bigint;

  constructor(exporter: RawExporter, peer: RawPeer, id: bigint) {
    this.#exporter = exporter;
    this.#peer = peer;
    this.#id = id;
  }

  /** The bytes of the answer to the next READ, which must be sent before any other message. */
  async readAnswer(payload: Buffer): Promise<Buffer> {
    const { msgid } = await this.#peer.next(({ cmd }) => commandOf(cmd) === Command.BLK_READ);
    return this.#peer.encode({
      cmd: Command.LNK_ERROR | ANSWER,
      msgid,
      circuit: this.#id,
      payload,
    });
  }

  /** The id of the BLK_OPEN. */
  get id(): bigint {
    return this.#id;
  }

  /** The next message with a command. */
  next(command: number): Promise<DecodedMessage> {
    return this.#peer.next(({ cmd }) => commandOf(cmd) === command);
  }

  /** Answer a command; what is given replaces the plain success. */
  answer(msgid: bigint, given: Partial<DecodedMessage>): Promise<void> {
    const cmd = (given.cmd ?? Command.LNK_ERROR) | ANSWER;
    return this.#exporter.send({ ...given, cmd, msgid, circuit: this.#id });
  }

  sendBytes(bytes: Uint8Array): void {
    this.#peer.sendBytes(Buffer.from(bytes));
  }

  /** Wait for the client's close and confirm it. */
  async closed(): Promise<void> {
    await this.#peer.next(({ cmd, msgid }) => msgid === this.#id && (cmd & Flag.DELETE) !== 0);
    await this.#exporter.send({
      cmd: Command.LNK_ERROR | Flag.DELETE | Flag.REPLY | Flag.REVTRANS,
      msgid: this.#id,
      circuit: SPAN_ID,
    });
  }
}
