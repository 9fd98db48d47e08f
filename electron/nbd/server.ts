import type { Address } from '../stream/address.ts';
import type { ByteSink, ByteStream } from '../stream/byte-stream.ts';
import { type Listener, listen } from '../stream/listen.ts';
import { receiveMemory } from '../stream/memory.ts';
import { type ClientObserver, ClientSession } from './client-session.ts';
import type { ExportDirectory, ServedClient } from './export.ts';
import { DEFAULT_LIMITS, type NbdLimits } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';

/** What happens to a server's clients. */
export type NbdServerEvent =
  /** The negotiation is over, `client.exportName` is in use. */
  | { readonly kind: 'attached'; readonly client: ServedClient }
  /** An attached client is gone, its last request is done and its export closed. */
  | { readonly kind: 'detached'; readonly client: ServedClient; readonly error: Error | undefined };

export interface NbdServerOptions {
  readonly exports: ExportDirectory;
  readonly limits?: Partial<NbdLimits>;
  readonly onEvent?: (event: NbdServerEvent) => void;
  /** One line for people, about a client that was dropped or an export that failed to open or close. */
  readonly warn?: (message: string) => void;
}

/** Serves block devices over NBD: any number of addresses, one set of exports. */
export class NbdServer {
  readonly #options: NbdServerOptions;
  readonly #limits: NbdLimits;
  readonly #clients = new Set<ClientSession>();
  readonly #listeners = new Set<Listener>();
  readonly #observer: ClientObserver = {
    attached: (client) => this.#options.onEvent?.({ kind: 'attached', client }),
    gone: (client, error) => this.#gone(client, error),
    warn: (message) => this.#options.warn?.(message),
  };
  #sweeper: NodeJS.Timeout | undefined;
  #isFull = false;
  #isClosing = false;
  #lastId = 0;
  #allGone: (() => void) | undefined;

  constructor(options: NbdServerOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
  }

  /** Every client connected now, those still negotiating too. */
  get clients(): readonly ServedClient[] {
    return [...this.#clients];
  }

  /**
   * Accept clients on an address, besides those already listened on. The listener may be closed alone, which
   * leaves its clients connected.
   * @throws ListenError
   */
  async listen(address: Address): Promise<Listener> {
    const listener = await listen(address, (stream) => this.#accept(stream));
    this.#listeners.add(listener);
    return {
      address: listener.address,
      close: () => {
        this.#listeners.delete(listener);
        return listener.close();
      },
    };
  }

  /**
   * Accept no more clients, let the requests in flight be answered, then end all connections. It takes at
   * most `limits.closeMs`; then connections are cut, and the export of a client whose request the device
   * still holds is closed whenever that is done.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = [...this.#listeners].map((listener) => listener.close());
    this.#listeners.clear();
    if (this.#clients.size > 0) await this.#endClients();
    await Promise.all(closed);
  }

  async #endClients(): Promise<void> {
    const allGone = new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
    for (const client of this.#clients) client.shutdown();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#limits.closeMs);
    });
    await Promise.race([allGone, timeout]);
    clearTimeout(timer);
    for (const client of this.#clients) client.destroy(new Error('the server was closed'));
  }

  #accept(stream: ByteStream): void {
    if (this.#isClosing || (this.#isCrowded() && !this.#makeRoom())) {
      this.#refuse(stream);
      return;
    }
    this.#clients.add(
      new ClientSession(++this.#lastId, stream, this.#options.exports, this.#limits, this.#observer),
    );
    this.#sweeper ??= setInterval(this.#sweep, this.#sweepMs()).unref();
  }

  get #room(): number {
    return this.#options.limits?.clients ?? DEFAULT_LIMITS.clients;
  }

  #isCrowded(): boolean {
    const isCrowded = this.#clients.size >= this.#room;
    if (!isCrowded) this.#isFull = false;
    return isCrowded;
  }

  /**
   * Those that have not chosen an export cannot keep others out: the oldest goes.
   * @returns whether there was one
   */
  #makeRoom(): boolean {
    for (const client of this.#clients) {
      if (client.exportName !== null) continue;
      this.#clients.delete(client);
      client.destroy(new Error('made room for a newer client'));
      this.#tellFull(`${client.remote}: made room for a newer client`);
      return true;
    }
    return false;
  }

  #refuse(stream: ByteStream): void {
    stream.start(DEAF);
    stream.destroy();
    if (!this.#isClosing) this.#tellFull(`${stream.remote}: refused`);
  }

  /** One line until there was room again: a flood of clients is no flood of lines. */
  #tellFull(what: string): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#options.warn?.(`${what}, ${this.#room} clients are connected`);
  }

  #gone(client: ClientSession, error: Error | undefined): void {
    this.#clients.delete(client);
    if (this.#clients.size === 0) {
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
      this.#allGone?.();
    }
    if (error instanceof ProtocolError) this.#options.warn?.(`${client.remote}: dropped: ${error.message}`);
    if (client.exportName !== null) this.#options.onEvent?.({ kind: 'detached', client, error });
  }

  #sweepMs(): number {
    const { handshakeMs, stallMs, closeMs } = this.#limits;
    return Math.min(1000, handshakeMs / 4, stallMs / 4, closeMs / 4);
  }

  readonly #sweep = (): void => {
    const now = performance.now();
    for (const client of this.#clients) client.sweep(now);
  };
}

const DEAF: ByteSink = {
  target: () => receiveMemory.bytes,
  received: () => {},
  closed: () => {},
};
