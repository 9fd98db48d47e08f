import type { ByteStream } from '../stream/byte-stream.ts';
import { quoted } from '../stream/text.ts';
import { Connection, type Traffic } from './connection.ts';
import type { ExportDirectory, OpenExport, ServedClient } from './export.ts';
import { HandshakeChannel } from './handshake-channel.ts';
import type { NbdLimits } from './limits.ts';
import { negotiate, type Session } from './negotiation.ts';
import { ProtocolError } from './protocol-error.ts';

/** What a server's client tells it. */
export interface ClientObserver {
  /** The negotiation ended with an export. */
  attached(client: ClientSession): void;
  /** It is gone and its export is closed; `error` is set unless it left in an orderly way. */
  gone(client: ClientSession, error: Error | undefined): void;
  warn(message: string): void;
}

/** One client from its first byte to its last. */
export class ClientSession implements ServedClient, Traffic {
  readonly id: number;
  readonly remote: string;
  exportName: string | null = null;
  requests = 0;
  readBytes = 0;
  writtenBytes = 0;
  readonly #stream: ByteStream;
  readonly #limits: NbdLimits;
  readonly #observer: ClientObserver;
  readonly #acceptedAt = performance.now();
  #connection: Connection | null = null;
  #isShutdown = false;

  /** Belongs in the turn in which the stream was accepted. */
  constructor(
    id: number,
    stream: ByteStream,
    exports: ExportDirectory,
    limits: NbdLimits,
    observer: ClientObserver,
  ) {
    this.id = id;
    this.remote = stream.remote;
    this.#stream = stream;
    this.#limits = limits;
    this.#observer = observer;
    void this.#run(exports);
  }

  /** Answer what is in flight, then end; a negotiation just ends. */
  shutdown(): void {
    this.#isShutdown = true;
    if (this.#connection === null) this.#stream.destroy();
    else this.#connection.shutdown();
  }

  destroy(error: Error): void {
    this.#stream.destroy(error);
  }

  /** Called about once a second. */
  sweep(now: number): void {
    const { handshakeMs } = this.#limits;
    if (this.#connection !== null) this.#connection.checkProgress(now);
    else if (now - this.#acceptedAt >= handshakeMs) {
      this.#stream.destroy(new ProtocolError(`negotiated for over ${handshakeMs / 1000} s`));
    }
  }

  async #run(exports: ExportDirectory): Promise<void> {
    let error: Error | undefined;
    try {
      error = await this.#serve(exports);
    } catch (reason) {
      error = reason as Error;
      this.#stream.destroy(error);
    }
    this.#observer.gone(this, error);
  }

  async #serve(exports: ExportDirectory): Promise<Error | undefined> {
    const channel = new HandshakeChannel(this.#stream);
    const warn = (message: string): void => this.#observer.warn(`${this.remote}: ${message}`);
    const session = await negotiate(channel, exports, this, warn);
    if (session === null) {
      await channel.finish();
      return undefined;
    }
    try {
      return await this.#transmit(channel, session);
    } finally {
      await close(session.opened, warn);
    }
  }

  #transmit(channel: HandshakeChannel, session: Session): Promise<Error | undefined> {
    this.exportName = session.opened.name;
    return new Promise((resolve) => {
      const connection = new Connection(this.#stream, session, this.#limits, this, resolve);
      this.#connection = connection;
      this.#observer.attached(this);
      channel.handOver(connection.receiver);
      if (this.#isShutdown) connection.shutdown();
    });
  }
}

async function close(opened: OpenExport, warn: (message: string) => void): Promise<void> {
  try {
    await opened.close();
  } catch (error) {
    warn(`cannot close export ${quoted(opened.name)}: ${(error as Error).message}`);
  }
}
