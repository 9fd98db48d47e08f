import { TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { LIMIT_NAMES, LIMITS, type LimitName, limitText } from '../../../../shared/limits.ts';
import { useSettings } from '../../../stores/settings.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

/** What one peer may cost. */
export function LimitsSection() {
  return (
    <div className={styles.body}>
      <p className={styles.hint}>
        A peer that goes over one of these loses its link, and an event tells which; an NBD client too many is
        refused. Empty fields are as usual. A change holds for links that stand as well.
      </p>
      {LIMIT_NAMES.map((name) => (
        <LimitField key={name} name={name} />
      ))}
    </div>
  );
}

/** A number that is kept on Enter or when it is left; empty: as usual. */
function LimitField({ name }: { name: LimitName }) {
  const { limits } = useSettings();
  const kept = limits[name]?.toString() ?? '';
  const [text, setText] = useState(kept);
  const { error, save, clear } = useSetting();
  useEffect(() => setText(kept), [kept]);
  const { unit, what } = LIMITS[name];
  const commit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === kept) return;
    const { [name]: _, ...others } = limits;
    void save({ limits: text.trim() === '' ? others : { ...others, [name]: Number(text) } });
  };
  return (
    <Setting label={name} hint={`${what} (${unit})`} error={error}>
      <form noValidate onSubmit={commit}>
        <TextInput
          aria-label={name}
          inputMode="decimal"
          placeholder={`${LIMITS[name].usual} (${limitText(name)})`}
          value={text}
          error={error !== null}
          maxLength={16}
          onChange={(event) => {
            setText(event.currentTarget.value);
            clear();
          }}
          onBlur={() => commit()}
        />
      </form>
    </Setting>
  );
}
