import type { CSSProperties } from 'react';
import { formatBytes } from '../../../shared/format.ts';
import type { Contents, Partition } from '../../../shared/model/contents.ts';
import { useUnits } from '../../stores/settings.ts';
import styles from './contents.module.css';
import { segmentsOf } from './structures.ts';

export const roleStyle = (role: number) => ({ '--role': `var(--series-${role})` }) as CSSProperties;

/** The disk as a bar of its partitions, each as long as its part of it; choosing one shows its first bytes. */
export function PartitionMap({ contents, onShow }: { contents: Contents; onShow(offset: number): void }) {
  const units = useUnits();
  return (
    <ol className={styles.map} aria-label="Partition map">
      {segmentsOf(contents).map(({ start, bytes, partition }, index) => {
        const name = partition === null ? wholeName(contents) : `${partition.number}: ${partition.type}`;
        const size = formatBytes(bytes, units);
        const holds = partition === null ? '' : holdsText(partition);
        return (
          <li key={start} className={styles.segment} style={{ flex: `${bytes} 1 0` }}>
            <button
              type="button"
              className={`${styles.block} ${partition === null ? styles.free : ''}`}
              style={roleStyle(partition === null ? 8 : (index % 7) + 1)}
              data-hint={`${partition === null ? name : `Partition ${name}`}, ${size}${holds && `, ${holds}`}. Click: its first bytes`}
              aria-label={`${partition === null ? name : `Partition ${name}`}, ${size}${holds && `, ${holds}`}. Show its first bytes`}
              onClick={() => onShow(start)}
            >
              {name}
              <small>{[size, holds].filter((part) => part !== '').join(' · ')}</small>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function wholeName({ table, signatures, blank }: Contents): string {
  if (table !== 'none') return 'Free';
  if (blank) return 'Blank';
  return signatures.length === 0 ? 'No partition table' : `Whole disk: ${typesOf(signatures)}`;
}

const typesOf = (signatures: Partition['signatures']) => signatures.map(({ type }) => type).join(', ');

/** What a partition holds: `ext4 “root”`. */
export function holdsText({ signatures }: Partition): string {
  return signatures.map(({ type, label }) => (label === null ? type : `${type} “${label}”`)).join(', ');
}
