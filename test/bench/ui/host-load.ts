import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { scrape } from '../../host/app/support/scrape.ts';
import { Child } from '../children.ts';

const CLI = fileURLToPath(new URL('../../../dist/electron/cli.js', import.meta.url));
const SERIAL = 'BENCH-UI';
const SIZE_BYTES = 256 << 20;

export interface HostLoad {
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly mibPerSecond: number;
}

/**
 * How late the event loop of a host is that serves a unit to fio as fast as it goes, with its metrics, history
 * and events as always.
 * @param directory for its state and sockets
 */
export async function loopDelayUnderLoad(directory: string, seconds: number): Promise<HostLoad> {
  const socket = join(directory, 'load.sock');
  const state = join(directory, 'load');
  const exporter = new Child(process.execPath, [
    CLI,
    'export',
    `memory:${SIZE_BYTES >> 20}M`,
    '--listen',
    `unix:${socket}`,
    '--serial',
    SERIAL,
    '--json',
  ]);
  await exporter.firstLine();
  writeConfig(state, socket);
  process.env.SPANDREL_STATE = state;
  const host = new Child(process.execPath, [CLI, 'serve', '--no-open', '--json']);
  await host.firstLine();
  const metrics = join(state, 'metrics.sock');
  const uri = `nbd+unix:///xa0?socket=${join(state, 'nbd.sock')}`;
  await run('nbdinfo', '--size', uri);
  const fio = (...options: string[]): Promise<string> =>
    run('fio', '--name=load', '--ioengine=nbd', `--uri=${uri}`, '--bs=1M', '--iodepth=16', ...options);
  // Memory nobody wrote to is sent as holes: data is to be carried.
  await fio('--rw=write', `--size=${SIZE_BYTES}`);
  await scrape(metrics);
  const report = await fio('--rw=read', '--time_based', `--runtime=${seconds}`, '--output-format=json');
  const text = await scrape(metrics);
  await host.stop();
  await exporter.stop();
  const { jobs } = JSON.parse(report.slice(report.indexOf('\n{') + 1)) as {
    jobs: [{ read: { bw_bytes: number } }];
  };
  const delay = (quantile: string): number => {
    const line = text.split('\n').find((one) => one.includes('event_loop') && one.includes(`"${quantile}"`));
    if (line === undefined) throw new Error(`the metrics have no event loop delay of quantile ${quantile}`);
    return Number(line.split(' ').at(-1)) * 1000;
  };
  return { p99Ms: delay('0.99'), maxMs: delay('1'), mibPerSecond: jobs[0].read.bw_bytes / 2 ** 20 };
}

/** A config as a user's would be, with the disk attached. */
function writeConfig(state: string, socket: string): void {
  const peer = {
    id: 'bench',
    name: 'bench',
    address: `unix:${socket}`,
    auto_connect: true,
    insecure_plain: false,
  };
  const unit = {
    serial: SERIAL,
    size_bytes: SIZE_BYTES,
    block_bytes: 512,
    label: 'bench',
    options: UNIT_OPTION_DEFAULTS,
    disabled_paths: [],
    preferred_path: null,
  };
  const settings = { metrics_listen: `unix:${join(state, 'metrics.sock')}` };
  const config = {
    version: 1,
    peers: [peer],
    exports: [],
    units: [unit],
    detached: [],
    settings,
    layout: {},
  };
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'config.json'), JSON.stringify(config));
}

async function run(command: string, ...args: string[]): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await new Child(command, args).output();
    } catch (error) {
      // The unit may not have its path yet.
      if (Date.now() > deadline) throw error;
    }
  }
}
