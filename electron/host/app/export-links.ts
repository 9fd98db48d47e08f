import type { PeerLimits } from '../../../shared/limits.ts';
import type { ExportListener } from '../../../shared/model/export.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import type { Dialer } from '../../dmsg/dialer.ts';
import type { Link, LinkUser } from '../../dmsg/link.ts';
import { exporterConn } from '../../dmsg/link-options.ts';
import { formatAddress, isLoopback, parseAddress } from '../../stream/address.ts';
import type { Listener } from '../../stream/listen.ts';
import type { Exporter } from '../../target/exporter.ts';
import { listenForLinks } from '../link-listener.ts';
import { type Admit, dial, type LinkSetup } from '../link-setup.ts';
import type { Log } from '../log.ts';
import { admitByExports } from '../trust/admit.ts';
import type { Trust } from '../trust/trust.ts';
import type { RowSource } from './tables.ts';

interface Place {
  readonly kind: 'listen' | 'connect';
  listener: Listener | undefined;
  dialer: Dialer | undefined;
  error: string | null;
  readonly links: Set<Link>;
}

/** An address that could not be listened on is tried again this often. */
const RETRY_MS = 10_000;

/** Where exports are offered: addresses listened on, and routers connected to, as the settings say. */
export class ExportLinks implements RowSource<ExportListener> {
  readonly #log: Log;
  readonly #trust: Trust;
  readonly #admit: Admit;
  readonly #user: LinkUser;
  readonly #limits: PeerLimits;
  readonly #changed: (address: string) => void;
  readonly #limited: (address: string, remote: string, reason: string) => void;
  readonly #conn = exporterConn();
  readonly #places = new Map<string, Place>();
  #insecurePlain = false;
  #retryTimer: NodeJS.Timeout | undefined;

  /** @param limited a limit has ended the link of who came to an address, or kept it out */
  constructor(
    exporter: Exporter,
    trust: Trust,
    log: Log,
    limits: PeerLimits,
    changed: (address: string) => void,
    limited: (address: string, remote: string, reason: string) => void,
  ) {
    this.#user = exporter;
    this.#admit = admitByExports(exporter);
    this.#trust = trust;
    this.#log = log;
    this.#limits = limits;
    this.#changed = changed;
    this.#limited = limited;
  }

  /**
   * Listen and connect as the settings say, and nowhere else.
   * @param wanted false while there is nothing to offer: then no port is opened
   */
  async follow(settings: Settings, wanted: boolean): Promise<void> {
    const places = new Map<string, Place['kind']>();
    if (wanted) {
      for (const text of settings.export_listen) places.set(text, 'listen');
      for (const text of settings.export_connect) places.set(text, 'connect');
    }
    const again = this.#insecurePlain !== settings.insecure_plain;
    this.#insecurePlain = settings.insecure_plain;
    for (const [text, place] of [...this.#places]) {
      // Whether links to other hosts are plain is decided when the place is opened.
      if (places.get(text) !== place.kind || (again && isRemote(text, place))) await this.#close(text, place);
    }
    for (const [text, kind] of places) {
      if (!this.#places.has(text)) await this.#open(text, kind);
    }
    this.#retryLater();
  }

  async close(): Promise<void> {
    clearTimeout(this.#retryTimer);
    await Promise.all([...this.#places].map(([text, place]) => this.#close(text, place)));
  }

  // RowSource.

  keys(): Iterable<string> {
    return this.#places.keys();
  }

  row(text: string): ExportListener | undefined {
    const place = this.#places.get(text);
    if (place === undefined) return undefined;
    const { listener, dialer, error, links } = place;
    return {
      address: text,
      bound: listener === undefined ? null : formatAddress(listener.address),
      error: links.size > 0 ? null : (error ?? dialer?.lastError?.message ?? null),
      links: links.size,
    };
  }

  async #open(text: string, kind: Place['kind']): Promise<void> {
    const place: Place = { kind, listener: undefined, dialer: undefined, error: null, links: new Set() };
    this.#places.set(text, place);
    const setup: LinkSetup = {
      dialect: 'auto',
      insecurePlain: this.#insecurePlain,
      trust: this.#trust,
      log: this.#log,
      limits: this.#limits,
      limited: (remote, reason) => this.#limited(text, remote, reason),
    };
    const admit = this.#admit;
    const user = this.#counting(text, place);
    try {
      const address = parseAddress(text, DEFAULT_PORT);
      if (kind === 'listen') place.listener = await listenForLinks(setup, address, this.#conn, user, admit);
      else place.dialer = dial(setup, address, this.#conn, user, { admit, tried: () => this.#changed(text) });
    } catch (error) {
      place.error = (error as Error).message;
      this.#log.warn(`exports are not offered at ${text}: ${place.error}`);
    }
    this.#changed(text);
  }

  async #close(text: string, place: Place): Promise<void> {
    this.#places.delete(text);
    place.dialer?.stop();
    const closing = place.listener?.close();
    // Who came in through it goes with it; the listener's close waits for them.
    for (const link of place.links) link.close();
    await closing;
    this.#changed(text);
  }

  #retryLater(): void {
    clearTimeout(this.#retryTimer);
    const failed = [...this.#places].filter(([, { kind, error }]) => kind === 'listen' && error !== null);
    if (failed.length === 0) return;
    this.#retryTimer = setTimeout(() => void this.#retry(failed.map(([text]) => text)), RETRY_MS);
    this.#retryTimer.unref();
  }

  async #retry(texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      if (this.#places.get(text)?.error != null) await this.#open(text, 'listen');
    }
    this.#retryLater();
  }

  #counting(text: string, place: Place): LinkUser {
    const user = this.#user;
    return {
      up: (link) => {
        place.links.add(link);
        this.#changed(text);
        user.up(link);
      },
      spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
      progress: (link) => user.progress?.(link),
      down: (link, error) => {
        place.links.delete(link);
        this.#changed(text);
        user.down(link, error);
      },
    };
  }
}

function isRemote(text: string, { error }: Place): boolean {
  return error !== null || !isLoopback(parseAddress(text, DEFAULT_PORT));
}
