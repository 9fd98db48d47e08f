import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatAddress } from '../../../electron/stream/address.ts';
import type { Sandbox } from '../../e2e/support/sandbox.ts';
import { BLOCK_BYTES } from '../model/block-content.ts';
import { BadLink } from '../net/bad-link.ts';
import type { MediumFault } from './bad-medium.ts';
import { NbdDisk } from './nbd-disk.ts';
import { Node, type Running, type Script, startScript } from './node.ts';

/** How client, exporters and routers stand to each other. */
export const SHAPES = [
  'one path',
  'two links to one exporter',
  'two exporters of one file',
  'direct and through a router',
  'a medium that fails',
  'a medium that loses its cache',
] as const;
export type Shape = (typeof SHAPES)[number];

const SERIAL = 'FAULTS-1';
const BAD_EXPORTER = fileURLToPath(new URL('bad-exporter.ts', import.meta.url));

/** Real processes with bad links between them: exporters of a file, perhaps a router, and a client with its gateway. */
export class World {
  readonly exporters: Node[] = [];
  router: Node | undefined;
  gateway!: Node;
  readonly links: BadLink[] = [];
  readonly #box: Sandbox;
  readonly #file: string;
  readonly #random: () => number;
  #bad: Script | undefined;
  #unit = '';
  #uri = '';

  private constructor(box: Sandbox, blocks: number, random: () => number) {
    this.#box = box;
    this.#file = box.file('disk.img', blocks * BLOCK_BYTES);
    this.#random = random;
  }

  static async start(box: Sandbox, shape: Shape, blocks: number, random: () => number): Promise<World> {
    const world = new World(box, blocks, random);
    await world.#build(shape);
    return world;
  }

  get nodes(): Node[] {
    return [...this.exporters, ...(this.router === undefined ? [] : [this.router]), this.gateway];
  }

  /** A connection to the unit's NBD server. */
  openDisk(): Promise<NbdDisk> {
    return NbdDisk.open(this.#box.path('nbd'), this.#unit);
  }

  /** Where programs reach the unit. */
  get uri(): string {
    return this.#uri;
  }

  /** What stands on the medium, where nothing is cached by a process. */
  content(): Buffer {
    return readFileSync(this.#file);
  }

  /** Have the medium do wrong. */
  medium(fault: MediumFault): void {
    this.#bad?.tell(fault);
  }

  /** All is well again. */
  async heal(): Promise<void> {
    for (const link of this.links) {
      link.heal();
      link.deliver();
    }
    this.medium('none');
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.close()));
  }

  async #build(shape: Shape): Promise<void> {
    const first = await this.#link(this.#socket('exporter0'));
    const peers = [first];
    switch (shape) {
      case 'one path':
        this.#addExporter();
        break;
      case 'two links to one exporter':
        this.#addExporter();
        peers.push(await this.#link(this.#socket('exporter0')));
        break;
      case 'two exporters of one file':
        this.#addExporter();
        this.#addExporter();
        peers.push(await this.#link(this.#socket('exporter1')));
        break;
      case 'direct and through a router': {
        const toRouter = await this.#link(this.#socket('router'));
        this.#addExporter('--connect', formatAddress(toRouter.address));
        this.router = new Node('router', () =>
          this.#box.start('route', '--listen', `unix:${this.#box.path('router')}`),
        );
        peers.push(await this.#link(this.#socket('router')));
        break;
      }
      case 'a medium that fails':
        this.#addBadExporter('failing');
        break;
      case 'a medium that loses its cache':
        this.#addBadExporter('cached');
        break;
    }
    this.gateway = new Node('gateway', () => this.#attach(peers));
    await Promise.all(this.nodes.map((node) => node.start()));
  }

  async #attach(peers: readonly BadLink[]): Promise<Running> {
    const addresses = peers.map(({ address }) => formatAddress(address));
    const nbd = `unix:${this.#box.path('nbd')}`;
    const client = await this.#box.start(
      'attach',
      ...addresses,
      '--serial',
      SERIAL,
      '--nbd',
      nbd,
      '--wait',
      '30',
    );
    this.#unit = client.ready.unit;
    this.#uri = client.ready.nbd ?? '';
    return client;
  }

  #addExporter(...flags: string[]): void {
    const name = `exporter${this.exporters.length}`;
    const listen = `unix:${this.#box.path(name)}`;
    this.exporters.push(
      new Node(name, () =>
        this.#box.start('export', this.#file, '--serial', SERIAL, '--listen', listen, ...flags),
      ),
    );
  }

  #addBadExporter(kind: 'failing' | 'cached'): void {
    const launch = async (): Promise<Running> => {
      this.#bad = await startScript(
        this.#box,
        BAD_EXPORTER,
        this.#file,
        SERIAL,
        this.#box.path('exporter0'),
        kind,
      );
      return this.#bad;
    };
    this.exporters.push(new Node('exporter0', launch));
  }

  #socket(name: string): { kind: 'unix'; path: string } {
    return { kind: 'unix', path: this.#box.path(name) };
  }

  async #link(to: { kind: 'unix'; path: string }): Promise<BadLink> {
    const link = await BadLink.start(to, this.#random);
    this.links.push(link);
    return link;
  }
}
