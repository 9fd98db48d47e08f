import { Select } from '@mantine/core';
import { Heatmap } from '../../components/chart/heatmap.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { figureKeyOf } from '../../drawers/performance/object-series.ts';
import { useRows } from '../../stores/tables.ts';
import { type Board, nameOfKey } from './board.ts';
import { useObjectChoices } from './object-choices.ts';
import styles from './performance.module.css';

/** How the latencies of one object are spread, as they come. */
export function Heatmaps({ board, change }: { board: Board; change(change: Partial<Board>): void }) {
  const choices = useObjectChoices({ peers: false });
  const units = useRows('units');
  const known = choices.some(({ items }) => items.some(({ value }) => value === board.heatmap));
  const [first] = units;
  const chosen = known ? board.heatmap : first === undefined ? 'total' : `unit:${first.name}`;
  const key = figureKeyOf(chosen);
  return (
    <section className={styles.section} aria-labelledby="heatmap">
      <h2 id="heatmap" className={styles.heading}>
        Distribution of latencies
      </h2>
      <div className={styles.controls}>
        <Select
          label="Object"
          w={260}
          data={choices}
          value={chosen}
          searchable
          onChange={(heatmap) => change({ heatmap: heatmap ?? '' })}
        />
      </div>
      {key === null || units.length === 0 ? (
        <div className={styles.vacant}>
          <EmptyState text="Attach a disk to see how long its requests take." />
        </div>
      ) : (
        <div className={styles.heatmaps}>
          <Heatmap of={key} op="read" title={`Reads, ${nameOfKey(chosen)}`} />
          <Heatmap of={key} op="write" title={`Writes, ${nameOfKey(chosen)}`} />
        </div>
      )}
    </section>
  );
}
