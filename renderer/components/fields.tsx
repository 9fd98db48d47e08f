import { Fragment, type ReactNode } from 'react';
import styles from './components.module.css';
import { CopyButton } from './copy-button.tsx';

/** Facts of an object: names and values; `copy` gives a value a copy button. */
export function Fields({ items }: { items: readonly (Field | null)[] }) {
  return (
    <dl className={styles.fields}>
      {items.map((item) =>
        item === null ? null : (
          <Fragment key={item.name}>
            <dt>{item.name}</dt>
            <dd>
              {item.value}
              {item.copy !== undefined && (
                <CopyButton text={item.copy} label={`Copy ${item.name.toLowerCase()}`} />
              )}
            </dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}

export interface Field {
  readonly name: string;
  readonly value: ReactNode;
  readonly copy?: string;
}
