import { type ReactNode, useId } from 'react';
import styles from './parts.module.css';

/** A part of a dialog under a heading of its own. */
export function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {children}
    </section>
  );
}

/** A box that scrolls once it is full; the keyboard reaches it. */
export function Frame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className={styles.frame} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
