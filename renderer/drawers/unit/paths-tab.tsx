import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatLatency } from '../../../shared/format.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { LiveFigure } from '../../components/live-figure.tsx';
import { useWatch } from '../../connection/index.ts';
import { openPage } from '../../stores/ui.ts';
import { CardList } from '../item-card.tsx';
import { PathCard } from '../path-card.tsx';
import { LatencyBars } from './latency-bars.tsx';
import { PathActs } from './path-acts.tsx';
import styles from './unit.module.css';
import { useTop } from './use-top.ts';

const keyOf = ({ id }: Path) => `path:${id}` as const;

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
          <PathCard
            key={path.id}
            path={path}
            figures={[
              { name: 'Rate', value: <Rates of={keyOf(path)} /> },
              {
                name: 'In flight',
                value: (
                  <Pair>
                    <LiveFigure of={keyOf(path)} name="in_flight" />
                    <span className="dim">errors</span>
                    <LiveFigure of={keyOf(path)} name="errors_total" />
                    <span className="dim">RTT</span>
                    <LiveFigure of={keyOf(path)} name="rtt_ms" />
                  </Pair>
                ),
              },
            ]}
            acts={<PathActs unit={unit} path={path} />}
          >
            <LatencyBars of={keyOf(path)} top={top} label={`the path over ${path.peer}`} />
          </PathCard>
        ))}
      </CardList>
      <Text size="xs" c="dimmed">
        All bars have one scale: 0 to {formatLatency(top)}. Of the last second; – where no request ended.
      </Text>
    </div>
  );
}

function Rates({ of }: { of: `path:${string}` }) {
  return (
    <Pair>
      <LiveFigure of={of} name="reads" />
      <span className="dim">r/s</span>
      <LiveFigure of={of} name="read_bytes" />
      <span className="dim">·</span>
      <LiveFigure of={of} name="writes" />
      <span className="dim">w/s</span>
      <LiveFigure of={of} name="written_bytes" />
    </Pair>
  );
}

function Pair({ children }: { children: ReactNode }) {
  return <span className={styles.pair}>{children}</span>;
}
