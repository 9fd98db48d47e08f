/**
 * Measures the page in Chromium and the host behind it: `npm run bench:ui -- [--units N] [--seconds N] [--minutes N]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { Child } from '../children.ts';
import { machineFacts } from '../machine.ts';
import { launch, MeasuredPage } from './browser.ts';
import { loopDelayUnderLoad } from './host-load.ts';

const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    /** How long the heap is watched. */
    minutes: { type: 'string', default: '10' },
  },
});
const PATHS = 4;
const TABLE = '[role=treegrid]';

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean;
}
const rows: Row[] = [];

function row(what: string, figure: string, goal: string, met: boolean): void {
  rows.push({ what, figure, goal, met });
  console.error(`${what}: ${figure} (${goal}: ${met ? 'met' : 'missed'})`);
}

const directory = mkdtempSync(join(tmpdir(), 'bench-ui-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const tsx = (name: string, ...args: string[]): Child =>
  new Child(process.execPath, ['--import', 'tsx', script(name), ...args]);

/** From the start of `serve` to the first row of a table in a fresh page. */
async function coldStart(browser: Browser): Promise<void> {
  const cli = script('../../../dist/electron/cli.js');
  const state = join(directory, 'cold');
  process.env.SPANDREL_STATE = state;
  const startMs = performance.now();
  const serve = new Child(process.execPath, [cli, 'serve', '--no-open', '--demo', '--json']);
  const { url } = JSON.parse(await serve.firstLine()) as { url: string };
  const servedMs = performance.now() - startMs;
  const page = await browser.newPage();
  await page.goto(url);
  await page
    .getByRole('link', { name: 'Attached disks' })
    .or(page.getByText('Attached disks'))
    .first()
    .click();
  await page.locator(`${TABLE} [role=row]`).nth(1).waitFor();
  const ms = performance.now() - startMs;
  row('start of `serve` to the first row', `${(ms / 1000).toFixed(2)} s`, '< 2 s', ms < 2000);
  console.error(`  of which until it serves: ${servedMs.toFixed(0)} ms`);
  await page.close();
  await serve.stop();
}

async function fleet(browser: Browser): Promise<void> {
  const units = Number(values.units);
  const seconds = Number(values.seconds);
  mkdirSync(join(directory, 'state'));
  const exporters = tsx('fleet.ts', directory, String(units), String(PATHS));
  const addresses = await exporters.firstLine();
  const host = tsx('fleet-host.ts', join(directory, 'state'), addresses, String(units));
  const url = await host.firstLine();
  const measured = await MeasuredPage.open(browser);
  const { page } = measured;
  await page.goto(url);
  await page.getByText('Attached disks').first().click();
  await page.locator(`${TABLE} [role=row]`).nth(5).waitFor();
  const size = `${units} units, ${units * PATHS} paths`;
  await delay(3_000);
  await measured.longestTaskMs();
  const load = await measured.load(() => delay(seconds * 1000));
  row(`main thread, ${size}`, `${(load * 100).toFixed(1)} % of a core`, '< 25 %', load < 0.25);
  const longest = await measured.longestTaskMs();
  row(
    `longest task, ${size}`,
    longest === 0 ? 'none of 50 ms' : `${longest.toFixed(0)} ms`,
    'none over 50 ms',
    longest <= 50,
  );
  const fps = await measured.scrollFps(TABLE, Math.min(10, seconds));
  row(`scrolling, ${size}`, `${fps.toFixed(0)} frames/s`, '>= 50', fps >= 50);
  await watchHeap(measured, size);
  await page.close();
  await host.stop();
  await exporters.stop();
}

async function watchHeap(measured: MeasuredPage, size: string): Promise<void> {
  const minutes = Number(values.minutes);
  if (minutes === 0) return;
  await delay(30_000);
  const first = await measured.heapBytes();
  await delay(minutes * 60_000);
  const last = await measured.heapBytes();
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  const growth = (last - first) / first;
  row(
    `heap over ${minutes} min, ${size}`,
    `${mib(first)} -> ${mib(last)} MiB (${(growth * 100).toFixed(1)} %)`,
    'steady (5 %)',
    growth < 0.05,
  );
}

const browser = await launch();
try {
  await coldStart(browser);
  await fleet(browser);
  const { p99Ms, maxMs, mibPerSecond } = await loopDelayUnderLoad(directory, Number(values.seconds));
  row(
    `host's event loop at ${mibPerSecond.toFixed(0)} MiB/s`,
    `p99 ${p99Ms.toFixed(1)} ms, longest ${maxMs.toFixed(1)} ms`,
    'p99 < 20 ms',
    p99Ms < 20,
  );
} finally {
  await browser.close();
}
const { cpu, cores, kernel, node, date } = machineFacts();
console.log(`${cpu}, ${cores} cores, ${kernel}; Node ${node}, Chromium headless; ${date}\n`);
console.log('| what | figure | goal |\n|---|--:|---|');
for (const { what, figure, goal, met } of rows)
  console.log(`| ${what} | ${figure} | ${goal} ${met ? 'met' : 'missed'} |`);
process.exit(rows.every(({ met }) => met) ? 0 : 1);
