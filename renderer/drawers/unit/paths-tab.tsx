import { Text } from '@mantine/core';
import { formatLatency } from '../../../shared/format.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { FigureName } from '../../../shared/model/figures.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { LiveFigure } from '../../components/live-figure.tsx';
import { NoValue } from '../../components/values.tsx';
import { useWatch } from '../../connection/index.ts';
import { openPage } from '../../stores/ui.ts';
import { FactGrid } from '../fact-grid.tsx';
import { CardList } from '../item-card.tsx';
import { PathCard } from '../path-card.tsx';
import { LatencyBars } from './latency-bars.tsx';
import { PathActs } from './path-acts.tsx';
import styles from './unit.module.css';
import { useTop } from './use-top.ts';

const keyOf = ({ id }: Path) => `path:${id}` as const;
const FIGURES: readonly { name: string; figure: FigureName }[] = [
  { name: 'Reads/s', figure: 'reads' },
  { name: 'Read', figure: 'read_bytes' },
  { name: 'In flight', figure: 'in_flight' },
  { name: 'RTT', figure: 'rtt_ms' },
  { name: 'Writes/s', figure: 'writes' },
  { name: 'Write', figure: 'written_bytes' },
  { name: 'Errors', figure: 'errors_total' },
  { name: 'Retries', figure: 'retries_total' },
];

/** The ways to the disk next to each other, with what each of them does now. */
export function PathsTab({ unit }: { unit: Unit }) {
  useWatch({ paths_of: [unit.name] });
  const top = useTop(unit.paths.map(keyOf));
  if (unit.paths.length === 0) {
    return (
      <EmptyState
        text={`No peer has offered ${unit.label} since Spandrel started. Its paths appear when one does.`}
        action={{ label: 'Peers', run: () => openPage('peers') }}
      />
    );
  }
  return (
    <div className={styles.stack}>
      <CardList label={`Paths of ${unit.name}`}>
        {unit.paths.map((path) => (
          <PathCard key={path.id} path={path} acts={<PathActs unit={unit} path={path} />}>
            <FactGrid
              items={FIGURES.map(({ name, figure }) => ({
                name,
                // Figures of a path that is gone are of the past.
                value: path.link === 'up' ? <LiveFigure of={keyOf(path)} name={figure} /> : <NoValue />,
              }))}
            />
            <LatencyBars
              of={path.link === 'up' ? keyOf(path) : null}
              top={top}
              label={`the path over ${path.peer}`}
            />
          </PathCard>
        ))}
      </CardList>
      <Text size="xs" c="dimmed">
        All bars have one scale: 0 to {formatLatency(top)}. They are of the last second; – where no request
        ended in it.
      </Text>
    </div>
  );
}
