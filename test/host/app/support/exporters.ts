import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ExportHost } from '../../../../electron/host/export-host.ts';
import { makeLog } from '../../../../electron/host/log.ts';
import { type Address, parseAddress } from '../../../../electron/stream/address.ts';

/** An exporter in this process, on a socket of its own. */
export class TestExporter {
  readonly address: string;
  readonly #source: string;
  readonly #serial: string;
  readonly #readOnly: boolean;
  #host: ExportHost | undefined;

  private constructor(address: string, source: string, serial: string, readOnly: boolean) {
    this.address = address;
    this.#source = source;
    this.#serial = serial;
    this.#readOnly = readOnly;
  }

  static async start(
    t: TestContext,
    folder: string,
    name: string,
    source: string,
    serial: string,
    readOnly = false,
  ): Promise<TestExporter> {
    const made = new TestExporter(`unix:${join(folder, `${name}.sock`)}`, source, serial, readOnly);
    await made.start();
    t.after(() => made.stop());
    return made;
  }

  async start(): Promise<void> {
    const listen: Address[] = [parseAddress(this.address)];
    this.#host = await ExportHost.start(
      { dialect: 'auto', insecurePlain: false, log: makeLog(true, 'warn') },
      {
        sources: [this.#source],
        listen,
        connect: [],
        serial: this.#serial,
        label: `test/${this.#serial}`,
        readOnly: this.#readOnly,
      },
    );
  }

  async stop(): Promise<void> {
    const host = this.#host;
    this.#host = undefined;
    await host?.close();
  }
}
