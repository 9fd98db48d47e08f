import type { ReactNode } from 'react';
import styles from './item-card.module.css';

/** Short facts next to each other, each under its name: to compare the same fact of several things. */
export function FactGrid(props: {
  items: readonly { name: string; value: ReactNode }[];
  /** Values are words, not numbers. */
  wide?: boolean;
}) {
  return (
    <dl className={styles.facts} data-wide={props.wide === true || undefined}>
      {props.items.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
