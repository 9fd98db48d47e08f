import type { Case } from '../support/target.ts';
import type { WatchedMedium } from '../support/watched-medium.ts';
import { ExporterWorld } from './exporter-world.ts';
import { Witness } from './witness.ts';

const WITNESS_SHARE = 0.1;

/** Our exporter, and hostile clients of it one after the other. */
export async function exporterCase(one: Case): Promise<void> {
  const { random } = one;
  const world = await ExporterWorld.make(one);
  const witness = random.chance(WITNESS_SHARE) ? await Witness.open(one, world.exporter) : undefined;
  for (let links = random.integer(1, 3); links > 0; links--) {
    await world.visit(random.integer(5, 60), random.pick([0, 0.03, 0.1, 0.3]));
    if (random.chance(0.05)) await world.goOffline();
  }
  for (const medium of world.media) medium.answer(true);
  await witness?.check(world.media[0] as WatchedMedium);
  await world.check();
}
