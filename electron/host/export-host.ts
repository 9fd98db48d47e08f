import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { ExportInfo } from '../../shared/events.ts';
import type { Dialer } from '../dmsg/dialer.ts';
import { exporterConn } from '../dmsg/link-options.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Listener } from '../stream/listen.ts';
import { Export } from '../target/export.ts';
import { Exporter, type ExporterEvents } from '../target/exporter.ts';
import { type Medium, openMedium, parseSource } from '../target/media/medium.ts';
import { HostError } from './host-error.ts';
import { dial, type LinkSetup, listenForLinks } from './link-setup.ts';

export interface ExportOptions {
  /** Paths or `memory:SIZE`. */
  readonly sources: readonly string[];
  readonly listen: readonly Address[];
  /** Routers to connect to. */
  readonly connect: readonly Address[];
  /** For a single source: its serial and label. */
  readonly serial?: string | undefined;
  readonly label?: string | undefined;
  readonly blockBytes?: number | undefined;
  readonly readOnly: boolean;
}

const FIELD_BYTES = 127;

/** Media offered as disks, on links accepted and links dialled. */
export class ExportHost {
  readonly #setup: LinkSetup;
  readonly #exporter: Exporter;
  readonly #infos: ExportInfo[] = [];
  readonly #listeners: Listener[] = [];
  readonly #dialers: Dialer[] = [];

  private constructor(setup: LinkSetup, events: ExporterEvents) {
    this.#setup = setup;
    this.#exporter = new Exporter(events);
  }

  /**
   * Open all media, then listen and connect.
   * @throws HostError, MediumError, ListenError: nothing is left running then
   */
  static async start(
    setup: LinkSetup,
    options: ExportOptions,
    events: ExporterEvents = {},
  ): Promise<ExportHost> {
    const host = new ExportHost(setup, events);
    try {
      for (const source of options.sources) await host.#add(source, options);
      const conn = exporterConn();
      for (const address of options.listen) {
        host.#listeners.push(await listenForLinks(setup, address, conn, host.#exporter));
      }
      for (const address of options.connect) host.#dialers.push(dial(setup, address, conn, host.#exporter));
      return host;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  get exports(): readonly ExportInfo[] {
    return this.#infos;
  }
  /** Addresses listened on, with their real ports. */
  get addresses(): string[] {
    return this.#listeners.map((listener) => formatAddress(listener.address));
  }

  /** Close and reopen media while they are offered: see Export.offline. */
  async offline(): Promise<void> {
    await Promise.all([...this.#exporter.exports].map((item) => item.offline()));
  }
  async online(): Promise<void> {
    await Promise.all([...this.#exporter.exports].map((item) => item.online()));
  }

  /** Finish what was accepted, withdraw the spans, close links and media. */
  async close(): Promise<void> {
    const closing = this.#listeners.map((listener) => listener.close());
    await this.#exporter.close();
    for (const dialer of this.#dialers) dialer.stop();
    await Promise.all(closing);
  }

  async #add(source: string, options: ExportOptions): Promise<void> {
    const { readOnly, blockBytes } = options;
    const open = (): Promise<Medium> =>
      openMedium(source, { readOnly, ...(blockBytes === undefined ? {} : { blockBytes }) });
    const medium = await open();
    const parsed = parseSource(source);
    const serial = options.serial ?? serialOf(medium.identity);
    const label =
      options.label ?? `${hostname()}/${parsed.kind === 'file' ? basename(parsed.path) : 'memory'}`;
    const item = new Export({
      serial: field('serial', serial),
      label: field('label', label),
      open: reopening(medium, open),
      volatile: parsed.kind === 'memory',
    });
    if ([...this.#exporter.exports].some((other) => other.serial === item.serial)) {
      await medium.close();
      throw new HostError(
        'usage',
        `two exports have the serial "${item.serial}"; give each its own process or serial`,
      );
    }
    await item.online();
    this.#exporter.add(item);
    this.#infos.push({
      source,
      serial: item.serial,
      label: item.label,
      size_bytes: medium.sizeBytes,
      block_bytes: medium.blockBytes,
      read_only: medium.readOnly,
      read_only_reason: medium.readOnlyReason,
      warning: medium.warning,
    });
    if (medium.warning !== null) this.#setup.log.warn(medium.warning);
    if (medium.readOnly && !readOnly) {
      this.#setup.log.warn(
        `${source} is offered for reading only: ${medium.readOnlyReason ?? 'the medium says so'}`,
      );
    }
  }
}

/** How an export opens its medium: first the one opened already. */
function reopening(first: Medium, open: () => Promise<Medium>): () => Promise<Medium> {
  let unused: Medium | undefined = first;
  return () => {
    const medium = unused;
    unused = undefined;
    return medium === undefined ? open() : Promise.resolve(medium);
  };
}

/** A serial number that is the same each time this host exports the same medium. */
function serialOf(identity: string): string {
  const digest = createHash('sha256').update(identity).digest('hex');
  return `SPN-${digest.slice(0, 16).toUpperCase()}`;
}

function field(name: string, text: string): string {
  if (text === '' || Buffer.byteLength(text) > FIELD_BYTES || /\p{Cc}/u.test(text)) {
    throw new HostError(
      'usage',
      `bad ${name} "${text}": 1 to ${FIELD_BYTES} bytes without control characters (example: DISK-0001)`,
    );
  }
  return text;
}
