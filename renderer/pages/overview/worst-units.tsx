import { Button } from '@mantine/core';
import type { FigureName } from '../../../shared/model/figures.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FIGURE_LOOKS } from '../../components/figure-format.ts';
import { LiveFigure } from '../../components/live-figure.tsx';
import { Time } from '../../components/values.tsx';
import { useRow, useRows } from '../../stores/tables.ts';
import { openObject, openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';
import { useWorst } from './use-worst.ts';

const FIGURES = ['read_p99_us', 'write_p99_us', 'queue_length'] as const satisfies FigureName[];

/** The five slowest disks. */
export function WorstUnits() {
  const { ranking, handlers } = useWorst();
  const attached = useRows('units').length;
  return (
    <section className={styles.card} aria-labelledby="worst" {...handlers}>
      <div className={styles.cardHead}>
        <h2 id="worst">Slowest disks by p99</h2>
        {ranking !== null && attached > 0 && (
          <span className={styles.note}>
            at <Time at={ranking.at} />
          </span>
        )}
        <Button variant="subtle" size="compact-xs" onClick={() => openPage('performance')}>
          Compare on charts
        </Button>
      </div>
      <div className={styles.five}>
        {attached === 0 ? (
          <EmptyState
            text="No disk is attached."
            action={{ label: 'Remote disks', run: () => openPage('disks') }}
          />
        ) : (
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Disk</th>
                {FIGURES.map((figure) => (
                  <th key={figure} scope="col" data-hint={FIGURE_LOOKS[figure].description}>
                    {FIGURE_LOOKS[figure].header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {ranking?.names.map((name) => (
                <Row key={name} name={name} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function Row({ name }: { name: string }) {
  const unit = useRow('units', name);
  if (unit === undefined) return null;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className={styles.link}
          onClick={() => openObject({ kind: 'unit', id: name }, { tab: 'performance' })}
        >
          {name} <span className="dim">{unit.options.alias ?? unit.label}</span>
        </button>
      </th>
      {FIGURES.map((figure) => (
        <td key={figure}>
          <LiveFigure of={`unit:${name}`} name={figure} />
        </td>
      ))}
    </tr>
  );
}
