import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { formatAddress } from '../../../electron/stream/address.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import type { Sandbox } from '../../e2e/support/sandbox.ts';
import { BLOCK_BYTES } from '../../faults/model/block-content.ts';
import { BadLink } from '../../faults/net/bad-link.ts';
import { NbdDisk } from '../../faults/world/nbd-disk.ts';
import { Node } from '../../faults/world/node.ts';
import type { AppPage } from '../../host/app/support/app-page.ts';
import { Soaked } from './soaked.ts';
import { Browser } from './web-page.ts';

/** Disks by serial, with the paths to them when all is well. */
const DISKS = { 'SOAK-1': 3, 'SOAK-2': 2, 'SOAK-3': 1, 'SOAK-4': 2 } as const;
export type Serial = keyof typeof DISKS;
/** Those that carry the load; the other one is attached and detached. */
export const LOADED: readonly Serial[] = ['SOAK-1', 'SOAK-2', 'SOAK-3'];
export const CHURNED: Serial = 'SOAK-4';
export const BLOCKS = 256;
/** Paths that were refused come back when they are tried again, and dialers pause. */
const PATIENCE_MS = 60_000;

/**
 * The app, an exporter and a router that live long, and a second exporter that does not; bad links in between.
 * The first exporter has disks 1, 2 and 4 and offers them to the router too; the second has 1, of the same file, and 3.
 */
export class SoakWorld {
  /** Those that are looked at. */
  readonly soaked: Readonly<Record<'app' | 'exporter' | 'router', Soaked>>;
  readonly second: Node;
  readonly links: readonly BadLink[];
  readonly browser: Browser;
  /** A page that is always there. */
  readonly page: AppPage;
  readonly #box: Sandbox;

  private constructor(
    box: Sandbox,
    soaked: SoakWorld['soaked'],
    second: Node,
    links: readonly BadLink[],
    browser: Browser,
    page: AppPage,
  ) {
    this.#box = box;
    this.soaked = soaked;
    this.second = second;
    this.links = links;
    this.browser = browser;
    this.page = page;
  }

  static async start(box: Sandbox, random: () => number): Promise<SoakWorld> {
    for (const serial of Object.keys(DISKS)) box.file(serial, BLOCKS * BLOCK_BYTES);
    const disks = (...serials: Serial[]): string[] =>
      serials.map((serial) => `${box.path(serial)}=${serial}`);
    const linkTo = (name: string): Promise<BadLink> =>
      BadLink.start({ kind: 'unix', path: box.path(name) }, random);
    const uplink = await linkTo('router');
    const peers = [await linkTo('first'), await linkTo('router'), await linkTo('second')];
    const router = await Soaked.start(box, 'router', box.path('router'));
    const exporter = await Soaked.start(
      box,
      'exporter',
      box.path('first'),
      formatAddress(uplink.address),
      ...disks('SOAK-1', 'SOAK-2', 'SOAK-4'),
    );
    const second = new Node('second exporter', () =>
      Soaked.start(box, 'exporter', box.path('second'), '', ...disks('SOAK-1', 'SOAK-3')),
    );
    await second.start();
    mkdirSync(box.path('page'));
    writeFileSync(box.path('page/index.html'), '<!doctype html>\n<html><head></head><body></body></html>\n');
    const app = await Soaked.start(box, 'app', box.path('state'), box.path('page'));
    const browser = await Browser.signIn(app.greeting);
    const page = await browser.open();
    page.patienceMs = PATIENCE_MS;
    const world = new SoakWorld(box, { app, exporter, router }, second, [uplink, ...peers], browser, page);
    await world.#configure(peers);
    return world;
  }

  /** Where the metrics are. */
  get metricsPath(): string {
    return this.#box.path('metrics');
  }

  /** A connection to the NBD server of a disk's unit. */
  openDisk(unit: string): Promise<NbdDisk> {
    return NbdDisk.open(this.#box.path('state/nbd.sock'), unit);
  }

  unitOf(serial: Serial): string {
    const unit = [...this.page.tables.units.values()].find((row) => row.serial === serial);
    if (unit === undefined) throw new Error(`${serial} is not attached`);
    return unit.name;
  }

  /** Attach a disk that is offered. @returns the unit's name */
  async attach(serial: Serial): Promise<string> {
    const disk = await this.page.row('disks', (row) => row.serial === serial && row.offered, serial);
    const { unit } = await this.page.call('units.attach', {
      disk_id: disk.id,
      options: UNIT_OPTION_DEFAULTS,
    });
    await this.page.row('units', (row) => row.name === unit, unit);
    return unit;
  }

  async detach(unit: string): Promise<void> {
    const { label } = await this.page.row('units', (row) => row.name === unit, unit);
    await this.page.call('units.detach', { unit, force: true, label });
    await this.page.until(() => !this.page.tables.units.has(unit), `the end of ${unit}`);
  }

  /** All is well again, and all paths are there. */
  async heal(): Promise<void> {
    for (const link of this.links) {
      link.heal();
      link.deliver();
    }
    await this.second.start();
    for (const [serial, paths] of Object.entries(DISKS)) {
      await this.page.row(
        'disks',
        (row) => row.serial === serial && row.paths.filter(({ link }) => link === 'up').length === paths,
        `${serial} with ${paths} paths`,
      );
    }
    for (const serial of LOADED) {
      await this.page.row(
        'units',
        (row) => row.serial === serial && /^(optimal|single_path)$/.test(row.health),
        `${serial} in good health`,
      );
    }
  }

  /** What stands on a disk's medium. */
  content(serial: Serial): Buffer {
    return readFileSync(this.#box.path(serial));
  }

  async close(): Promise<void> {
    this.page.close();
    await Promise.all(Object.values(this.soaked).map((soaked) => soaked.kill()));
    await this.second.kill();
    await Promise.all(this.links.map((link) => link.close()));
  }

  async #configure(peers: readonly BadLink[]): Promise<void> {
    const settings = { metrics_listen: `unix:${this.metricsPath}`, export_listen: [] };
    await this.page.call('settings.update', settings);
    for (const { address } of peers) {
      const peer = { address: formatAddress(address), name: null, auto_connect: true, insecure_plain: false };
      await this.page.call('peers.add', peer);
    }
    for (const serial of LOADED) await this.attach(serial);
    await this.heal();
  }
}
