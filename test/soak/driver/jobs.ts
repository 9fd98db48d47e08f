import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HISTORY_COLUMNS } from '../../../shared/model/figures.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { linkFault } from '../../faults/runs/plan.ts';
import { strikeLink } from '../../faults/runs/strike-link.ts';
import { CallFailed, WATCH_ALL } from '../../host/app/support/app-page.ts';
import { CHURNED, type SoakWorld } from './soak-world.ts';

/** Times a page looks at everything. */
const LOOKS = 4;

/** A page comes, looks at everything a few times, and goes. */
export async function visit(world: SoakWorld, random: Random, rest: AbortSignal): Promise<void> {
  const page = await world.browser.open();
  const unit = random.pick([...world.page.tables.units.keys()]);
  for (let look = 0; look < LOOKS && !rest.aborted; look++) {
    const to = Date.now();
    const from = to - random.pick([60_000, 3_600_000, 86_400_000]);
    const keys = ['total', `unit:${unit}`];
    await page.call('history.read', { keys, from, to, points: 500, columns: [...HISTORY_COLUMNS] });
    const filter = { kind: null, object_id: null, severity: null, text: '', from: null, to: null };
    await page.call('events.query', { filter, before: null, limit: 200 });
    await page.call('log.tail', { lines: 200 });
    await page.call('config.versions', {});
    await page.call('session.watch', { ...WATCH_ALL, visible: look % 2 === 1, paths_of: [unit] });
    await page.call('layout.set', { key: 'soak', value: random.integer(0, 1000) });
    await delay(random.integer(50, 500), undefined, { signal: rest }).catch(() => {});
  }
  if (page.dropped !== undefined) throw new Error(`a page was ${page.dropped}`);
  page.close();
}

export async function scrape(world: SoakWorld): Promise<void> {
  const asked = get({ socketPath: world.metricsPath, path: '/metrics', agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`metrics: ${response.statusCode}`);
}

/** Attach a disk, use it and detach it, whatever the links do meanwhile. */
export async function churn(world: SoakWorld): Promise<void> {
  const offered = [...world.page.tables.disks.values()].some((row) => row.serial === CHURNED && row.offered);
  if (!offered) return;
  const unit = await world.attach(CHURNED).catch(unlessGone);
  if (unit === undefined) return;
  const disk = await world.openDisk(unit);
  const answered = new Promise<void>((resolve) => disk.read(0, 4096, () => resolve()));
  await Promise.race([answered, delay(500)]);
  // Detached with its client connected, and perhaps with a request that is held: that one ends with an error.
  await world.detach(unit);
  await answered;
  disk.destroy();
  await disk.closed;
}

/** The disk may be lost in the moment it is wanted. */
function unlessGone(error: unknown): undefined {
  if (error instanceof CallFailed) return undefined;
  throw error;
}

/** Something goes wrong with a link. */
export async function strike(world: SoakWorld, random: Random): Promise<void> {
  const fault = linkFault(world.links.length, random);
  const link = world.links[fault.link];
  if (link !== undefined) await strikeLink(link, fault);
}

/** The second exporter is killed, and comes again. */
export async function killSecond(world: SoakWorld, random: Random): Promise<void> {
  await delay(random.integer(500, 2000));
  await world.second.kill();
  await delay(random.integer(0, 500));
  await world.second.start();
}
