import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { limitsWith, type PeerLimits } from '../../../shared/limits.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import type { NbdServerEvent } from '../../nbd/server.ts';
import { type Address, isLoopback, parseAddress } from '../../stream/address.ts';
import { Exporter } from '../../target/exporter.ts';
import type { Path } from '../../xdisk/path.ts';
import { Registry } from '../../xdisk/registry.ts';
import type { Unit } from '../../xdisk/unit.ts';
import { Attachments } from '../attachments.ts';
import { ConfigStore } from '../config/config-store.ts';
import { Gateway } from '../gateway.ts';
import { HistoryStore } from '../history/history-store.ts';
import { HostError } from '../host-error.ts';
import { Jobs } from '../jobs/jobs.ts';
import { Journal } from '../journal/journal.ts';
import type { LinkSetup } from '../link-setup.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { NumbersFile } from '../state-file.ts';
import { tellRefusedWrite } from '../trust/admit.ts';
import { Trust } from '../trust/trust.ts';
import { Chronicle, limitEvent, lossEvent, stallEvent } from './chronicle.ts';
import { DEMO_PEERS, Demo } from './demo.ts';
import { Disks, diskKey } from './disks.ts';
import { ExportLinks } from './export-links.ts';
import { Exports } from './exports.ts';
import { KernelDevices } from './kernel-devices.ts';
import { metricsSource } from './metrics-source.ts';
import type { AppHostOptions } from './options.ts';
import type { AppParts } from './parts.ts';
import { PathBook } from './path-book.ts';
import { Peers } from './peers.ts';
import { refusalEvent } from './refusal-event.ts';
import { Stalls } from './stalls.ts';
import { Tables } from './tables.ts';
import { Units } from './units.ts';

const NBD_PORT = 10809;
const METRICS_PORT = 9736;
const DEMO_MS = 10_000;
/** What events of the program itself are about. */
const HOST = { kind: 'host', object: 'Spandrel', object_id: 'host' } as const;

/** The engine and all that is kept about it, put together; it follows the config whenever that changes. */
export class AppCore implements AppParts {
  readonly options: AppHostOptions;
  readonly startedAt = Date.now();
  readonly config: ConfigStore;
  readonly trust: Trust;
  /** One record for all links, those that stand as well: changed in place when the settings are. */
  readonly limits: PeerLimits;
  readonly journal: Journal;
  readonly history: HistoryStore;
  readonly registry: Registry;
  readonly peers: Peers;
  readonly book = new PathBook();
  readonly disks: Disks;
  readonly units: Units;
  readonly exports: Exports;
  readonly gateway: Gateway;
  readonly devices: KernelDevices;
  readonly jobs: Jobs;
  readonly tables: Tables;
  readonly #exporter: Exporter;
  readonly #exportLinks: ExportLinks;
  readonly #stalls: Stalls;
  readonly #troubles = new Map<string, string>();
  #metrics: MetricsServer | undefined;
  #metricsWanted = '';
  #nbdWanted: string | undefined;
  #demo: Demo | undefined;
  #spans: ReadonlyMap<string, number> | undefined;
  #following: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(options: AppHostOptions) {
    const { log, stateDirectory } = options;
    this.options = options;
    try {
      mkdirSync(stateDirectory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new HostError(
        'local',
        `the state directory ${stateDirectory} cannot be made: ${(error as Error).message}`,
      );
    }
    this.config = ConfigStore.open(stateDirectory, log);
    this.trust = new Trust(stateDirectory, log);
    this.limits = limitsWith(this.settings.limits);
    this.journal = Journal.open(join(stateDirectory, 'events'), log);
    this.trust.refusals.onTold = (refusal) => this.journal.add(refusalEvent(refusal));
    this.history = HistoryStore.open(join(stateDirectory, 'history'), log);
    const numbers = new NumbersFile(log, stateDirectory);
    this.registry = new Registry(
      {
        diskChanged: (disk) => {
          this.#diskChanged(this.disks.changed(disk), disk.unit);
          // Whether a serial is of two disks is told by the rows of both.
          for (const twin of this.registry.disksOf(disk.identity.serial)) {
            if (twin !== disk) this.#diskChanged(diskKey(twin.identity), twin.unit);
          }
        },
        unitChanged: (unit) => this.#unitChanged(unit),
        unitRemoved: (unit) => this.tables.mark('units', unit.name),
        writesLost: (unit) => this.journal.add(lossEvent(unit.name)),
        spanRejected: (link, reason) => log.warn(`${link.remote}: a span is not used: ${reason}`),
      },
      // Who attached a disk here wants it until it is detached.
      {
        knownNumbers: numbers.load(),
        numbersChanged: numbers.save,
        clientOf: new Attachments(stateDirectory, log).claim,
        graceMs: null,
      },
    );
    this.peers = new Peers(this.config, this.trust, log, this.limits, {
      spanOffered: (link, span, transaction) => this.registry.spanOffered(link, span, transaction),
      spansOf: (id) => this.#countedSpans().get(id) ?? 0,
      changed: (id) => this.tables.mark('peers', id),
      limited: (id, name, reason) =>
        this.journal.add(limitEvent({ kind: 'peer', object: name, object_id: id }, name, reason)),
    });
    this.disks = new Disks(this.book, this.peers, (key) => this.units.wishes(key));
    this.gateway = new Gateway(
      this.registry,
      log,
      this.limits,
      (event) => this.#clientEvent(event),
      (unit) => this.units.optionsOf(unit.name)?.exposed ?? false,
    );
    this.devices = new KernelDevices(this.gateway);
    this.units = new Units(this.registry, this.config, this.book, this.disks, {
      uriOf: (unit) => this.gateway.uriOf(unit),
      deviceOf: (unit) => this.devices.of(unit),
    });
    this.#exporter = new Exporter({
      writeRefused: (item, link) =>
        tellRefusedWrite(this.trust.refusals, item, link, this.exports.idOf(item) ?? item.serial),
    });
    this.exports = new Exports(this.#exporter, this.config, log, (id) => this.tables.mark('exports', id));
    this.#exportLinks = new ExportLinks(
      this.#exporter,
      this.trust,
      log,
      this.limits,
      (address) => this.tables.mark('listeners', address),
      (address, remote, reason) => this.journal.add(limitEvent(HOST, `${remote} at ${address}`, reason)),
    );
    this.jobs = new Jobs(
      log,
      (job) => this.tables.mark('jobs', job.id),
      (id) => this.tables.mark('jobs', id),
    );
    this.tables = new Tables({
      peers: this.peers,
      disks: this.disks,
      units: this.units,
      exports: this.exports,
      listeners: this.#exportLinks,
      jobs: {
        keys: () => this.jobs.list.map(({ id }) => id),
        row: (id) => this.jobs.list.find((job) => job.id === id),
      },
    });
    this.#stalls = new Stalls((unit, ms) => this.#stalled(unit, ms));
  }

  get settings(): Settings {
    return this.config.config.settings as Settings;
  }
  get metricsAddress(): string | null {
    const { address } = this.#metrics ?? {};
    if (address === undefined) return null;
    return address.kind === 'unix'
      ? `unix:${address.path}`
      : `http://${address.host}:${address.port}/metrics`;
  }
  get notices(): readonly string[] {
    return [...this.#troubles.values()];
  }
  get demoRuns(): boolean {
    return this.#demo !== undefined;
  }
  get isEmpty(): boolean {
    const { peers, exports, units } = this.config.config;
    return peers.length + exports.length + units.length === 0 && !this.demoRuns;
  }

  /** Bring up what the config says. What cannot stand is told as a notice; the rest does. */
  async start(): Promise<void> {
    const chronicle = new Chronicle(this.journal);
    this.tables.onChanges((changes) => chronicle.tell(changes));
    this.units.restore();
    await this.#follow();
    this.config.onChange((config, before) => {
      if (isSame(config, before)) return;
      this.#following = this.#following.then(() => this.#follow());
    });
    this.journal.add({
      severity: 'info',
      ...HOST,
      text: `Spandrel ${this.options.version} started`,
      to: 'started',
      actor: 'system',
    });
  }

  linkSetup(insecurePlain: boolean): LinkSetup {
    return { dialect: 'auto', insecurePlain, trust: this.trust, log: this.options.log, limits: this.limits };
  }

  async startDemo(): Promise<string> {
    if (this.#demo !== undefined) throw new HostError('busy', 'the demo runs already');
    const demo = new Demo(
      {
        addPeer: (id, name, address) => this.peers.addDemo(id, name, address),
        removePeer: (id) => this.peers.removeDemo(id),
        addExport: (id, opened) => this.exports.addDemo(id, opened),
        removeExport: (id) => this.exports.removeDemo(id),
        attach: (serial, paths, signal) => this.#attachDemo(serial, paths, signal),
        detach: (unit) => {
          this.units.detach({ unit: unit.name, force: true, label: unit.identity.label });
          this.tables.mark('units', unit.name);
        },
      },
      this.options.log,
    );
    this.#demo = demo;
    try {
      return await demo.start(this.options.stateDirectory);
    } catch (error) {
      await this.stopDemo();
      throw error;
    }
  }

  async stopDemo(): Promise<void> {
    const demo = this.#demo;
    this.#demo = undefined;
    await demo?.stop();
    for (const id of DEMO_PEERS) this.tables.mark('peers', id);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#following;
    await this.stopDemo();
    await this.jobs.close();
    await this.gateway.close();
    await this.#metrics?.close();
    this.units.detachAll();
    this.peers.close();
    await Promise.all([this.exports.close(), this.#exportLinks.close()]);
    this.tables.close();
    await Promise.all([this.history.close(), this.journal.close()]);
    this.config.close();
  }

  /** Make everything as the config says. */
  async #follow(): Promise<void> {
    if (this.#closing) return;
    const { settings } = this;
    Object.assign(this.limits, limitsWith(settings.limits));
    if (!settings.history) await this.history.clear();
    this.peers.follow();
    this.units.follow();
    await this.exports.follow();
    await this.#exportLinks.follow(settings, this.config.config.exports.length > 0);
    await this.#attempt('nbd', () => this.#followNbd(settings.nbd_listen, settings.insecure_plain));
    await this.#attempt('metrics', () => this.#followMetrics(settings.metrics_listen));
    for (const table of ['peers', 'units', 'exports', 'listeners'] as const) this.tables.markAll(table);
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#troubles.delete(what);
    } catch (error) {
      const { message } = error as Error;
      if (this.#troubles.get(what) !== message) this.options.log.warn(message);
      this.#troubles.set(what, message);
    }
  }

  async #followNbd(text: string, insecurePlain: boolean): Promise<void> {
    const address: Address =
      text === ''
        ? { kind: 'unix', path: join(this.options.stateDirectory, 'nbd.sock') }
        : parseAddress(text, NBD_PORT);
    const wanted = isLoopback(address) ? text : `${text} ${insecurePlain}`;
    if (wanted === this.#nbdWanted) return;
    this.#nbdWanted = wanted;
    await this.gateway.listen(address, insecurePlain);
  }

  async #followMetrics(text: string): Promise<void> {
    if (text === this.#metricsWanted) return;
    this.#metricsWanted = text;
    await this.#metrics?.close();
    this.#metrics = undefined;
    if (text === '') return;
    this.#metrics = await MetricsServer.start(
      parseAddress(text, METRICS_PORT),
      metricsSource(this),
      this.options.log,
    );
  }

  async #attachDemo(serial: string, paths: number, signal: AbortSignal): Promise<Unit> {
    const deadline = performance.now() + DEMO_MS;
    for (;;) {
      const disk = this.registry.disks.find(({ identity }) => identity.serial === serial);
      if (disk !== undefined && disk.paths.size >= paths) {
        const options = { ...UNIT_OPTION_DEFAULTS, at_startup: false, alias: 'Demo disk' };
        return this.units.find(this.units.attach(diskKey(disk.identity), options));
      }
      if (signal.aborted || performance.now() > deadline)
        throw new HostError('peer', 'the demo disk did not come');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #diskChanged(key: string, unit: Unit | undefined): void {
    this.tables.mark('disks', key);
    if (unit !== undefined) this.tables.mark('units', unit.name);
    this.#spans = undefined;
    for (const id of this.peers.keys()) this.tables.mark('peers', id);
  }

  /** How many disks each peer offers now. Counted once for all the changes of a batch. */
  #countedSpans(): ReadonlyMap<string, number> {
    if (this.#spans !== undefined) return this.#spans;
    const counts = new Map<string, number>();
    for (const disk of this.registry.disks) {
      for (const path of disk.paths) {
        const id = this.peers.idOf(path.link);
        if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
    }
    this.#spans = counts;
    return counts;
  }

  #unitChanged(unit: Unit): void {
    this.#stalls.changed(unit);
    this.tables.mark('units', unit.name);
    this.tables.mark('disks', diskKey(unit.identity));
  }

  #stalled(unit: Unit, ms: number): void {
    const path = unit.activePath as Path;
    const id = this.peers.idOf(path.link);
    const peer = (id === undefined ? undefined : this.peers.nameOf(id)) ?? path.link.remote;
    this.journal.add(stallEvent(unit.name, peer, ms));
  }

  #clientEvent({ kind, client, ...rest }: NbdServerEvent): void {
    const unit = client.exportName ?? '';
    const error = 'error' in rest ? rest.error : undefined;
    this.journal.add({
      severity: error === undefined ? 'info' : 'warning',
      kind: 'client',
      object: `${unit}: ${client.remote}`,
      object_id: unit,
      text: `NBD client ${client.remote} ${kind === 'attached' ? 'connected to' : 'left'} ${unit}`,
      to: kind,
      cause: error?.message ?? null,
      actor: 'remote',
    });
  }
}

/** Whether two versions differ in their layout at most, which is of no meaning to the host. */
function isSame(a: ConfigStore['config'], b: ConfigStore['config']): boolean {
  return isDeepStrictEqual({ ...a, layout: null }, { ...b, layout: null });
}
