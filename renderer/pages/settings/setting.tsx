import { SegmentedControl, Switch } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import styles from './settings.module.css';

/** A setting: its name, what it does, its control, and what was wrong with the last change. */
export function Setting(props: {
  label?: string;
  hint?: ReactNode;
  error?: string | null;
  children: ReactNode;
}) {
  return (
    <div className={styles.setting}>
      {props.label !== undefined && <span className={styles.label}>{props.label}</span>}
      {props.hint !== undefined && <p className={styles.hint}>{props.hint}</p>}
      {props.children}
      {props.error != null && (
        <p className={styles.error} role="alert">
          {props.error}
        </p>
      )}
    </div>
  );
}

/** One of a few. */
export function Choice<T extends string>(props: {
  label: string;
  hint?: ReactNode;
  error: string | null;
  options: readonly { readonly value: T; readonly label: string }[];
  value: T;
  onChange(value: T): void;
}) {
  return (
    <Setting label={props.label} hint={props.hint} error={props.error}>
      <SegmentedControl<T>
        aria-label={props.label}
        data={[...props.options]}
        value={props.value}
        onChange={props.onChange}
      />
    </Setting>
  );
}

/** On or off. */
export function Toggle(props: {
  label: string;
  hint: ReactNode;
  error: string | null;
  checked: boolean;
  /** Why it cannot be changed; null: it can. */
  blocked?: string | null;
  onChange(checked: boolean): void;
}) {
  const { blocked = null } = props;
  const hint = useId();
  return (
    <Setting error={props.error}>
      <Switch
        label={props.label}
        aria-describedby={hint}
        checked={props.checked}
        disabled={blocked !== null}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <p id={hint} className={styles.hint}>
        {props.hint}
        {blocked !== null && (
          <>
            <br />
            {blocked}
          </>
        )}
      </p>
    </Setting>
  );
}
