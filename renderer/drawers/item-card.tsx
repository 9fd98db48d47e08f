import type { ReactNode } from 'react';
import styles from './item-card.module.css';

/** Things of an object, one card each: next to each other where there is room. */
export function CardList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.cards} aria-label={label}>
      {children}
    </ul>
  );
}

/** One of them: what it is called, what state it is in, its facts, and what can be done with it. */
export function ItemCard(props: {
  title: ReactNode;
  aside?: ReactNode;
  /** It is the one in use. */
  marked?: boolean;
  acts?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className={styles.card} data-marked={props.marked === true || undefined}>
      <div className={styles.head}>
        <h3 className={styles.title}>{props.title}</h3>
        {props.aside}
      </div>
      {props.children}
      {props.acts !== undefined && <div className={styles.acts}>{props.acts}</div>}
    </li>
  );
}
