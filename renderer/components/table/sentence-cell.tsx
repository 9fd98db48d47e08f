import type { ReactNode } from 'react';
import styles from './sentence-cell.module.css';

/**
 * A badge, and as much of a sentence about it as there is room for.
 * @param sentence null: none. A text is whole on hover.
 */
export function SentenceCell({ children, sentence }: { children: ReactNode; sentence: ReactNode }) {
  return (
    <span className={styles.cell}>
      {children}
      {sentence !== null && (
        <span className={styles.sentence} data-hint={typeof sentence === 'string' ? sentence : undefined}>
          {sentence}
        </span>
      )}
    </span>
  );
}
