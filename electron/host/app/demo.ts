import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { BlockOp, BlockRequest } from '../../block/device.ts';
import type { BlockError } from '../../block/error.ts';
import type { LinkUser } from '../../dmsg/link.ts';
import { exporterConn } from '../../dmsg/link-options.ts';
import { formatAddress } from '../../stream/address.ts';
import type { Listener } from '../../stream/listen.ts';
import { Exporter } from '../../target/exporter.ts';
import type { Unit } from '../../xdisk/unit.ts';
import type { UnitUser } from '../../xdisk/unit-user.ts';
import { type OpenedExport, openExport } from '../export-source.ts';
import { listenForLinks } from '../link-listener.ts';
import type { Log } from '../log.ts';

/** The size of the demo's disk: memory is taken only for what is written. */
const SIZE_MIB = 256;
/** Blocks the load writes lie in the first part, so that it takes little memory. */
const WRITTEN_BYTES = 8 << 20;
const BLOCK = 4096;
const LOOP_MS = 100;
export const DEMO_PEERS = ['demo-a', 'demo-b'] as const;
const DEMO_EXPORT = 'demo';

/** What the demo needs of the host. */
export interface DemoHost {
  addPeer(id: string, name: string, address: string): void;
  removePeer(id: string): void;
  addExport(id: string, opened: OpenedExport): void;
  removeExport(id: string): void;
  /** Resolves with the unit once a disk with this serial has this many paths and is attached. */
  attach(serial: string, paths: number, signal: AbortSignal): Promise<Unit>;
  detach(unit: Unit): void;
}

/**
 * A disk of memory exported by an exporter of its own in this process, reached over two links, attached and
 * under a light load: everything the pages show is real, and nothing of it is kept.
 */
export class Demo {
  readonly #host: DemoHost;
  readonly #log: Log;
  readonly #exporter = new Exporter();
  readonly #listeners: Listener[] = [];
  readonly #abort = new AbortController();
  #opened: OpenedExport | undefined;
  #unit: Unit | undefined;
  #load: Load | undefined;

  constructor(host: DemoHost, log: Log) {
    this.#host = host;
    this.#log = log;
  }

  /** @param directory for the sockets @returns the unit's name */
  async start(directory: string): Promise<string> {
    this.#opened = await openExport({
      source: `memory:${SIZE_MIB}M`,
      serial: `DEMO-${randomInt(1 << 30)}`,
      label: `${hostname()}/demo`,
      readOnly: false,
    });
    this.#exporter.add(this.#opened.item);
    this.#host.addExport(DEMO_EXPORT, this.#opened);
    const setup = { dialect: 'auto', insecurePlain: false, log: this.#log } as const;
    for (const id of DEMO_PEERS) {
      const user: LinkUser = this.#exporter;
      const listener = await listenForLinks(
        setup,
        { kind: 'unix', path: join(directory, `${id}.sock`) },
        exporterConn(),
        user,
      );
      this.#listeners.push(listener);
      this.#host.addPeer(id, id, formatAddress(listener.address));
    }
    this.#unit = await this.#host.attach(this.#opened.item.serial, DEMO_PEERS.length, this.#abort.signal);
    const user = await this.#unit.open('demo load');
    this.#load = new Load(user);
    return this.#unit.name;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#load?.stop();
    if (this.#unit !== undefined && this.#unit.state !== 'detached') this.#host.detach(this.#unit);
    for (const id of DEMO_PEERS) this.#host.removePeer(id);
    this.#host.removeExport(DEMO_EXPORT);
    const closing = this.#listeners.map((listener) => listener.close());
    await this.#exporter.close();
    await Promise.all(closing);
  }
}

/** Some hundred requests a second, more and less in the course of a minute. */
class Load {
  readonly #user: UnitUser;
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;
  #tick = 0;
  #stopped: (() => void) | undefined;

  constructor(user: UnitUser) {
    this.#user = user;
    this.#timer = setInterval(() => this.#step(), LOOP_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#stopped = resolve;
        // What waits for a path that does not come is ended by the detach that follows.
        setTimeout(resolve, 1_000).unref();
      });
    }
    await this.#user.close();
  }

  #step(): void {
    // While there is no path, more requests would only pile up.
    if (this.#inFlight > 64) return;
    const wave = 1 + Math.sin((this.#tick++ * LOOP_MS) / 9_000);
    const reads = Math.round(4 + 14 * wave * Math.random());
    const writes = Math.round(2 + 7 * wave * Math.random());
    for (let i = 0; i < reads; i++) this.#submit(BlockOp.read, BLOCK * 4, this.#user.sizeBytes);
    for (let i = 0; i < writes; i++) this.#submit(BlockOp.write, BLOCK * 2, WRITTEN_BYTES);
    if (this.#tick % 10 === 0) this.#submit(BlockOp.flush, 0, 0);
  }

  #submit(op: BlockOp, length: number, within: number): void {
    this.#inFlight++;
    const blocks = Math.max(1, Math.floor((within - length) / BLOCK));
    this.#user.submit(new LoadRequest(op, randomInt(blocks) * BLOCK, length, () => this.#ended()));
  }

  #ended(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#stopped?.();
  }
}

class LoadRequest extends BlockRequest {
  readonly #ended: () => void;

  constructor(op: BlockOp, offset: number, length: number, ended: () => void) {
    super();
    this.op = op;
    this.offset = op === BlockOp.flush ? 0 : offset;
    this.length = length;
    this.buffer = Buffer.alloc(length, 0x5a);
    this.#ended = ended;
  }

  override done(_error: BlockError | null): void {
    this.#ended();
  }
}
