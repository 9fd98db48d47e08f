import type { ExportInfo } from '../../shared/events.ts';
import type { Dialer } from '../dmsg/dialer.ts';
import { exporterConn } from '../dmsg/link-options.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Listener } from '../stream/listen.ts';
import { Exporter, type ExporterEvents } from '../target/exporter.ts';
import { type ExportSource, openExport } from './export-source.ts';
import { HostError } from './host-error.ts';
import { listenForLinks } from './link-listener.ts';
import { dial, type LinkSetup } from './link-setup.ts';
import { admitByExports, tellRefusedWrite } from './trust/admit.ts';

/** How each source is offered, serial and label only where there is one source; and where. */
export interface ExportOptions extends Omit<ExportSource, 'source'> {
  /** Paths or `memory:SIZE`. */
  readonly sources: readonly string[];
  readonly listen: readonly Address[];
  /** Routers to connect to. */
  readonly connect: readonly Address[];
}

/** Media offered as disks, on links accepted and links dialled. */
export class ExportHost {
  readonly #setup: LinkSetup;
  readonly #exporter: Exporter;
  readonly #infos: ExportInfo[] = [];
  readonly #listeners: Listener[] = [];
  readonly #dialers: Dialer[] = [];

  private constructor(setup: LinkSetup, events: ExporterEvents) {
    this.#setup = setup;
    this.#exporter = new Exporter({
      ...events,
      writeRefused: (item, link) => {
        if (setup.trust !== undefined) tellRefusedWrite(setup.trust.refusals, item, link, item.serial);
      },
    });
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
      const admit = admitByExports(host.#exporter);
      for (const address of options.listen) {
        host.#listeners.push(await listenForLinks(setup, address, conn, host.#exporter, admit));
      }
      for (const address of options.connect) {
        host.#dialers.push(dial(setup, address, conn, host.#exporter, { admit }));
      }
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
    const { item, info } = await openExport({ ...options, source });
    if ([...this.#exporter.exports].some((other) => other.serial === item.serial)) {
      await item.offline();
      throw new HostError(
        'usage',
        `two exports have the serial "${item.serial}"; give each its own process or serial`,
      );
    }
    this.#exporter.add(item);
    this.#infos.push(info);
    if (info.warning !== null) this.#setup.log.warn(info.warning);
    if (info.read_only && !options.readOnly) {
      this.#setup.log.warn(
        `${source} is offered for reading only: ${info.read_only_reason ?? 'the medium says so'}`,
      );
    }
  }
}
