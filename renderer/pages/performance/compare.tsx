import { MultiSelect, Select } from '@mantine/core';
import { Pin } from 'lucide-react';
import { useMemo } from 'react';
import { ActButton } from '../../components/act-button.tsx';
import { Chart } from '../../components/chart/chart.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useRows } from '../../stores/tables.ts';
import { openPage } from '../../stores/ui.ts';
import { type Board, MOST_COMPARED, MOST_PINNED, nameOfKey, sameChart, seriesOf } from './board.ts';
import { METRICS, metricOf } from './metrics.ts';
import { useObjectChoices } from './object-choices.ts';
import styles from './performance.module.css';

/** Up to eight objects on one chart. */
export function Compare({ board, change }: { board: Board; change(change: Partial<Board>): void }) {
  const choices = useObjectChoices({ peers: true });
  const known = choices.flatMap(({ items }) => items.map(({ value }) => value));
  // What is gone stays chosen, so that it is there again when the object is.
  const gone = board.compared.filter((key) => !known.includes(key));
  const data = [
    ...choices,
    ...(gone.length === 0
      ? []
      : [{ group: 'Not there now', items: gone.map((value) => ({ value, label: nameOfKey(value) })) }]),
  ];
  const units = useRows('units');
  const metric = metricOf(board.metric);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names of objects come with the units
  const series = useMemo(() => seriesOf(board.metric, board.compared), [board.metric, board.compared, units]);
  const chart = { metric: board.metric, keys: board.compared };
  const isPinned = board.pinned.some((one) => sameChart(one, chart));
  const blocked =
    board.compared.length === 0
      ? 'Choose what to compare first'
      : isPinned
        ? 'It is pinned already'
        : board.pinned.length >= MOST_PINNED
          ? `At most ${MOST_PINNED} charts are pinned: unpin one first`
          : null;
  return (
    <section className={styles.section} aria-labelledby="compare">
      <h2 id="compare" className={styles.heading}>
        Compare
      </h2>
      <div className={styles.controls}>
        <MultiSelect
          className={styles.objects}
          size="xs"
          label={`Objects, at most ${MOST_COMPARED}`}
          placeholder={board.compared.length === 0 ? 'Disks, paths, exports or peers' : ''}
          data={data}
          value={board.compared}
          maxValues={MOST_COMPARED}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Compare nothing' }}
          nothingFoundMessage="No such object"
          onChange={(compared) => change({ compared })}
        />
        <Select
          label="Metric"
          w={190}
          data={METRICS.map(({ id, label }) => ({ value: id, label }))}
          value={board.metric}
          onChange={(id) => {
            const chosen = METRICS.find((one) => one.id === id);
            if (chosen !== undefined) change({ metric: chosen.id });
          }}
        />
        <ActButton
          leftSection={<Pin size={13} />}
          reason={blocked}
          onClick={() => change({ pinned: [...board.pinned, chart] })}
        >
          Pin chart
        </ActButton>
      </div>
      {series.length > 0 ? (
        <Chart title={metric.label} unit={metric.unit} series={series} height={240} />
      ) : (
        <div className={styles.vacant}>
          {units.length === 0 ? (
            <EmptyState
              text="Nothing is attached, so there is little to compare."
              action={{ label: 'Remote disks', run: () => openPage('disks') }}
            />
          ) : (
            <EmptyState
              text="Choose up to eight disks or paths to see them on one chart."
              action={{
                label: 'Compare all attached disks',
                run: () =>
                  change({ compared: units.slice(0, MOST_COMPARED).map(({ name }) => `unit:${name}`) }),
              }}
            />
          )}
        </div>
      )}
    </section>
  );
}
