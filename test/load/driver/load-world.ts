import { readdirSync } from 'node:fs';
import { addressOf, exported } from '../../e2e/support/disk.ts';
import { peakRssMib, rssMib } from '../../e2e/support/rss.ts';
import type { Spandrel } from '../../e2e/support/spandrel.ts';
import { NbdDisk } from '../../faults/world/nbd-disk.ts';
import { BLOCK } from '../process/checked-client.ts';
import { collect, type LoadBox } from './load-box.ts';

/** What a process has of the machine. */
export interface Held {
  readonly descriptors: number;
  readonly rssMib: number;
  /** What of its memory is in use: JavaScript's heap and what that holds outside. */
  readonly liveMib: number;
}
export type ProcessName = 'gateway' | 'exporter';
export type HeldByAll = Readonly<Record<ProcessName, Held>>;

const MIB = 1 << 20;
export const DISK_BYTES = 4 << 20;
/** How long a process may take to let go of what nobody needs any more. */
const PATIENCE_MS = 15_000;
const LOOK_MS = 100;

/** An exporter with disks of memory and a gateway that serves them as units, each a command as a user runs it. */
export class LoadWorld {
  readonly units: readonly string[];
  readonly socket: string;
  readonly #processes: Readonly<Record<ProcessName, Spandrel<'export'> | Spandrel<'attach'>>>;

  private constructor(exporter: Spandrel<'export'>, gateway: Spandrel<'attach'>, socket: string) {
    this.#processes = { gateway, exporter };
    this.units = gateway.ready.units.map(({ unit }) => unit);
    this.socket = socket;
  }

  /** @param clients as many NBD clients the gateway takes */
  static async start(box: LoadBox, units: number, clients: number): Promise<LoadWorld> {
    const disks = Array.from({ length: units - 1 }, () => `memory:${DISK_BYTES}`);
    const exporter = await exported(box, `memory:${DISK_BYTES}`, ...disks);
    const socket = box.path('nbd');
    const limit = ['--limit', `nbd_clients=${clients}`];
    const gateway = await box.start('attach', addressOf(exporter), '--nbd', `unix:${socket}`, ...limit);
    const world = new LoadWorld(exporter, gateway, socket);
    if (world.units.length !== units) throw new Error(`${world.units.length} of ${units} units`);
    return world;
  }

  /** Connections that have negotiated, spread over the units. */
  async connect(count: number): Promise<NbdDisk[]> {
    const disks: NbdDisk[] = [];
    for (let i = 0; i < count; i++) {
      disks.push(await NbdDisk.open(this.socket, this.units[i % this.units.length] as string));
    }
    return disks;
  }

  descriptors(name: ProcessName): number {
    return readdirSync(`/proc/${this.#processes[name].pid}/fd`).length;
  }

  peakRssMib(name: ProcessName): number {
    return peakRssMib(this.#processes[name].pid);
  }

  /** What they have now, without their garbage. */
  async held(): Promise<HeldByAll> {
    const of = async (name: ProcessName): Promise<Held> => {
      const liveMib = (await collect(this.#processes[name])) / MIB;
      return { descriptors: this.descriptors(name), rssMib: rssMib(this.#processes[name].pid), liveMib };
    };
    return { gateway: await of('gateway'), exporter: await of('exporter') };
  }

  /** Wait until the gateway has no more descriptors than these, but not for long. */
  async settled(descriptors: number): Promise<void> {
    // Nothing tells when a process has closed a socket whose other end is closed.
    const deadline = performance.now() + PATIENCE_MS;
    while (this.descriptors('gateway') > descriptors && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async stop(): Promise<void> {
    for (const command of Object.values(this.#processes)) await command.stop();
  }
}

/** Read a block over each of the connections. @returns how many were served */
export async function servedOf(disks: readonly NbdDisk[]): Promise<number> {
  let served = 0;
  for (const disk of disks) {
    const answered = new Promise<number>((resolve) => disk.read(0, BLOCK, resolve));
    if ((await Promise.race([answered, disk.closed])) === 0) served++;
  }
  return served;
}
