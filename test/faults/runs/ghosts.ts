/**
 * Ghost writes, seeded: `npm run ghosts -- [--runs N] [--seed S] [--no-fence]`. Each run delivers a stuck write
 * 0.1 to 30 s late. Ends with 1 if any block was stale; without the fence all of them are.
 */
import { parseArgs } from 'node:util';
import { Random } from '../../dmsg/support/random.ts';
import { Ends } from '../../e2e/support/ends.ts';
import { GHOST_BLOCKS, GHOST_SHAPES, type Ghost, ghostRun, NEWER, withoutFence } from './ghost-run.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    seed: { type: 'string' },
    'no-fence': { type: 'boolean', default: false },
  },
});
const random = new Random(Number(values.seed ?? Math.floor(Math.random() * 2 ** 31)), false);
const ghosts = Array.from({ length: Number(values.runs) }, (_, i): Ghost => {
  const shape = GHOST_SHAPES[i % GHOST_SHAPES.length] as Ghost['shape'];
  // As many short times as long ones: 0.1 s to 30 s, by powers.
  const lateMs = Math.round(100 * 300 ** random.next());
  return { shape, lateMs, offset: random.integer(0, GHOST_BLOCKS - 1) * 4096 };
});
console.log(`${ghosts.length} ghost writes, seed ${random.seed}`);
if (values['no-fence']) withoutFence();
const results = await Promise.all(ghosts.map(carryOut));
const stale = results.filter((isStale) => isStale).length;
const lates = ghosts.map(({ lateMs }) => lateMs / 1000);
console.log(
  `${results.length} late deliveries, ${Math.min(...lates).toFixed(1)} to ${Math.max(...lates).toFixed(1)} s late: ` +
    `${stale} stale blocks`,
);
process.exit(stale === 0 ? 0 : 1);

/** @returns whether the block was overwritten by what came late */
async function carryOut(ghost: Ghost): Promise<boolean> {
  const ends = new Ends();
  try {
    const found = await ghostRun(ends, ghost);
    const isStale = !found.equals(NEWER);
    if (isStale) console.log(`STALE: ${ghost.shape}, ${ghost.lateMs} ms late`);
    return isStale;
  } finally {
    await ends.run();
  }
}
