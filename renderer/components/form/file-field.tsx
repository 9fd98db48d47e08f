import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { call } from '../../connection/index.ts';
import { useHello } from '../../stores/settings.ts';
import { toastFailed } from '../../stores/toast.ts';
import { FileBrowser } from './file-browser.tsx';

/** A path of the host's machine, typed or chosen: by the system's picker where the window has one. */
export function FileField(props: {
  label: string;
  value: string;
  onChange(path: string): void;
  /** `open`: it must exist. */
  kind: 'open' | 'save';
  description?: string;
  placeholder?: string;
  error?: string | undefined;
  disabled?: boolean;
  /** A dialog opens with the focus in it. */
  autoFocus?: boolean;
}) {
  const { label, value, onChange, kind } = props;
  const native = useHello()?.capabilities.native_picker.available === true;
  const [browsing, setBrowsing] = useState(false);
  const browse = async () => {
    if (!native) return setBrowsing(true);
    try {
      const { path } = await call('shell.pick_path', { title: label, kind, suggestion: value });
      if (path !== null) onChange(path);
    } catch (error) {
      toastFailed('The file picker did not open', error);
    }
  };
  return (
    <>
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          flex={1}
          label={label}
          description={props.description}
          placeholder={props.placeholder}
          value={value}
          error={props.error}
          disabled={props.disabled ?? false}
          spellCheck={false}
          {...(props.autoFocus === true ? { 'data-autofocus': true } : {})}
          maxLength={4096}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button variant="default" disabled={props.disabled ?? false} onClick={() => void browse()}>
          Browse…
        </Button>
      </Group>
      {browsing && (
        <FileBrowser
          title={label}
          kind={kind}
          start={value}
          onClose={() => setBrowsing(false)}
          onChoose={(path) => {
            setBrowsing(false);
            onChange(path);
          }}
        />
      )}
    </>
  );
}
