import { ActionIcon, Tooltip } from '@mantine/core';
import { PinOff } from 'lucide-react';
import { useMemo } from 'react';
import { Chart } from '../../components/chart/chart.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useRows } from '../../stores/tables.ts';
import { type Board, nameOfKey, type PinnedChart, sameChart, seriesOf } from './board.ts';
import { metricOf } from './metrics.ts';
import styles from './performance.module.css';

/** Charts that are always there. */
export function Pinned({ board, change }: { board: Board; change(change: Partial<Board>): void }) {
  if (board.pinned.length === 0)
    return <EmptyState text="No charts are pinned. Pin a comparison to find it here again." />;
  return (
    <div className={styles.grid}>
      {board.pinned.map((chart) => (
        <One
          key={`${chart.metric} ${chart.keys.join(' ')}`}
          chart={chart}
          onUnpin={() => change({ pinned: board.pinned.filter((one) => !sameChart(one, chart)) })}
        />
      ))}
    </div>
  );
}

function One({ chart, onUnpin }: { chart: PinnedChart; onUnpin(): void }) {
  const units = useRows('units');
  const metric = metricOf(chart.metric);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names of objects come with the units
  const series = useMemo(() => seriesOf(chart.metric, chart.keys), [chart, units]);
  const [only] = chart.keys;
  const title =
    chart.keys.length === 1 && only !== undefined ? `${metric.label}, ${nameOfKey(only)}` : metric.label;
  return (
    <div className={styles.section}>
      <Chart
        title={title}
        unit={metric.unit}
        series={series}
        height={150}
        extra={
          <Tooltip label="Unpin">
            <ActionIcon aria-label={`Unpin ${title}`} onClick={onUnpin}>
              <PinOff size={15} />
            </ActionIcon>
          </Tooltip>
        }
      />
    </div>
  );
}
