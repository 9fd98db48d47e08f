import { Button } from '@mantine/core';
import { useSubmit } from '../../components/form/index.ts';
import { Badge } from '../../components/status/badges.tsx';
import { call } from '../../connection/index.ts';
import { useRows } from '../../stores/tables.ts';
import { toastDone } from '../../stores/toast.ts';
import { openObject } from '../../stores/ui.ts';
import styles from './overview.module.css';

/** Says that what is seen is the demo's, and ends it. */
export function DemoBanner() {
  const runs = useRows('peers').some(({ demo }) => demo);
  const unit = useRows('units').find(({ demo }) => demo);
  const stop = useSubmit(
    (signal) => call('demo.stop', {}, { signal }),
    () => toastDone('The demo is gone, with all it made'),
  );
  if (!runs) return null;
  return (
    <div className={styles.banner} role="status">
      <Badge
        look={{ word: 'Demo', glyph: 'info', tone: 'info', hint: 'Everything of it is real but in memory' }}
      />
      <span>
        A disk in memory with two paths and a light load. It is gone when the demo stops.
        {stop.error !== null && ` It did not stop: ${stop.error.message}`}
      </span>
      <span>
        {unit !== undefined && (
          <Button variant="subtle" onClick={() => openObject({ kind: 'unit', id: unit.name })}>
            Show {unit.name}
          </Button>
        )}{' '}
        <Button variant="default" loading={stop.busySince !== null} onClick={() => void stop.submit()}>
          Stop demo
        </Button>
      </span>
    </div>
  );
}
