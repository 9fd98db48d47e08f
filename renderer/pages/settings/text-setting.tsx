import { Button, Group, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { Settings } from '../../../shared/model/settings.ts';
import { useSettings } from '../../stores/settings.ts';
import styles from './settings.module.css';
import { useSetting } from './use-setting.ts';

type TextName = { [K in keyof Settings]: Settings[K] extends string ? K : never }[keyof Settings];

/** A text that is kept on Enter, on its button or when it is left; Esc takes the change back. */
export function TextSetting(props: {
  name: Extract<TextName, 'nbd_listen' | 'metrics_listen'>;
  label: string;
  description: ReactNode;
  placeholder: string;
}) {
  const { name } = props;
  const hint = useId();
  const kept = useSettings()[name];
  const [text, setText] = useState(kept);
  const { error, save, clear } = useSetting();
  useEffect(() => setText(kept), [kept]);
  const changed = text.trim() !== kept;
  const commit = () => {
    if (changed) void save({ [name]: text.trim() });
  };
  return (
    <form
      className={styles.setting}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <span className={styles.label}>{props.label}</span>
      <p id={hint} className={styles.hint}>
        {props.description}
      </p>
      <Group gap="xs" wrap="nowrap" className={styles.wide ?? ''}>
        <TextInput
          flex={1}
          aria-label={props.label}
          aria-describedby={hint}
          placeholder={props.placeholder}
          value={text}
          error={error !== null}
          aria-invalid={error !== null}
          maxLength={300}
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value);
            clear();
          }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !changed) return;
            event.stopPropagation();
            setText(kept);
            clear();
          }}
        />
        <Button type="submit" variant="default" disabled={!changed}>
          Save
        </Button>
      </Group>
      {error !== null && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
