import { Switch } from '@mantine/core';
import type { Writers } from '../../../shared/events.ts';

/** How many clients may write an export at once: one, unless it is chosen otherwise. */
export function WritersSwitch(props: {
  value: Writers;
  disabled: boolean;
  error?: string | undefined;
  onChange(value: Writers): void;
}) {
  return (
    <Switch
      label="Several clients may write it at once"
      description="Only for cluster file systems and live migration: two hosts that mount any other file system destroy it. Otherwise the first has it for writing, and others read it until that one is done"
      checked={props.value === 'many'}
      disabled={props.disabled}
      error={props.error}
      onChange={(event) => props.onChange(event.currentTarget.checked ? 'many' : 'one')}
    />
  );
}
