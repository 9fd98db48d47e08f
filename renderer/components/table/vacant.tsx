import { Button, Skeleton, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useConnection } from '../../connection/index.ts';
import styles from './table.module.css';

/** Flashing skeletons for an answer that is there at once would only be noise. */
const SKELETON_MS = 150;
const NAMED_MS = 3000;

/** Rows to come, at their final height; what is awaited, when it takes long. */
export function Waiting({ rows, what }: { rows: number; what: string }) {
  const visible = useAfter(SKELETON_MS);
  const named = useAfter(NAMED_MS);
  const { kind } = useConnection();
  if (!visible) return null;
  return (
    <div className={styles.waiting} role="status" aria-label={`Loading ${what}`}>
      {Array.from({ length: Math.min(rows, 40) }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={index} className={styles.skeletonRow}>
          <Skeleton height={10} width={`${[38, 52, 30, 46][index % 4]}%`} />
        </div>
      ))}
      {named && (
        <Text className={styles.awaited} size="sm">
          {kind === 'connected'
            ? `Waiting for the host to list: ${what}`
            : 'Waiting for a connection to the host'}
        </Text>
      )}
    </div>
  );
}

export function NoMatch({ filter, hidden, onClear }: { filter: string; hidden: number; onClear(): void }) {
  return (
    <div className={styles.vacant}>
      <Text role="status">
        No match for ‘{filter}’ ({hidden} hidden) ·{' '}
        <Button variant="subtle" size="compact-sm" onClick={onClear}>
          Clear
        </Button>
      </Text>
    </div>
  );
}

function useAfter(ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return passed;
}
