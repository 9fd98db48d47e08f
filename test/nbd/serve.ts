import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { BlockDevice } from '../../electron/block/device.ts';
import type { ExportDirectory, OpenExport } from '../../electron/nbd/export.ts';
import type { NbdLimits } from '../../electron/nbd/limits.ts';
import { NbdServer, type NbdServerEvent } from '../../electron/nbd/server.ts';

/** Exports of a test, with what happened to them. */
export class TestDirectory implements ExportDirectory {
  readonly #devices: Map<string, BlockDevice>;
  opens = 0;
  closes = 0;

  constructor(devices: Record<string, BlockDevice>) {
    this.#devices = new Map(Object.entries(devices));
  }

  list() {
    return [...this.#devices.keys()].map((name) => ({ name, description: `disk ${name}` }));
  }

  async open(asked: string): Promise<OpenExport | null> {
    const name = asked === '' ? ([...this.#devices.keys()][0] as string) : asked;
    if (name === 'broken') throw new Error('the medium is away');
    const device = this.#devices.get(name);
    if (device === undefined) return null;
    this.opens++;
    return {
      device,
      name,
      description: `disk ${name}`,
      close: async () => {
        this.closes++;
      },
    };
  }
}

/** A server on a UNIX socket, ended with the test. */
export class TestServer {
  readonly directory: TestDirectory;
  readonly server: NbdServer;
  readonly socket: string;
  readonly warnings: string[] = [];
  readonly events: NbdServerEvent[] = [];
  #watchers: (() => void)[] = [];

  static async start(
    test: TestContext,
    devices: Record<string, BlockDevice>,
    limits: Partial<NbdLimits> = {},
  ): Promise<TestServer> {
    const folder = mkdtempSync(join(tmpdir(), 'nbd-'));
    const server = new TestServer(join(folder, 's'), devices, limits);
    test.after(async () => {
      await server.server.close();
      rmSync(folder, { recursive: true });
    });
    await server.server.listen({ kind: 'unix', path: server.socket });
    return server;
  }

  private constructor(socket: string, devices: Record<string, BlockDevice>, limits: Partial<NbdLimits>) {
    this.socket = socket;
    this.directory = new TestDirectory(devices);
    this.server = new NbdServer({
      exports: this.directory,
      limits: { closeMs: 1000, ...limits },
      onEvent: (event) => this.#happened(() => this.events.push(event)),
      warn: (message) => this.#happened(() => this.warnings.push(message)),
    });
  }

  uri(name: string): string {
    return `nbd+unix:///${name}?socket=${this.socket}`;
  }

  /** Wait until something the server reports makes `condition` true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  #happened(note: () => void): void {
    note();
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
