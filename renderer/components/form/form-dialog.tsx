import { Button, Group, Loader, Modal, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import { formatDuration } from '../../../shared/format.ts';
import { closeDialog } from '../../stores/ui.ts';
import { CodeBlock } from '../code-block.tsx';
import { ErrorPanel } from '../error-panel.tsx';
import { useNow } from '../values.tsx';
import styles from './form.module.css';
import { useSubmit } from './use-submit.ts';

/** The same act on the command line and in the contract. */
export interface ShownCommand {
  /** null: the command line cannot do it. */
  readonly cli: string | null;
  readonly command: string;
  readonly input: unknown;
}

/** What a dialog's fields get. */
export interface FormState {
  readonly busy: boolean;
  readonly error: CallError | null;
  /** Spread over an input: shows the host's refusal at the field it names. `name` is that of the call's input. */
  field(name: string): { error: string | undefined; disabled: boolean };
}

interface Props<T> {
  readonly title: string;
  /** The verb: `Attach`. */
  readonly submitLabel: string;
  /** While it runs: `Attaching`. */
  readonly busyLabel: string;
  /** Destructive: Enter does not do it and it is never the default. */
  readonly danger?: boolean;
  /** Why it cannot be done yet; shown at the button. */
  readonly blocked?: string | null;
  /** It has no field: the focus goes to the button that does it, as soon as that can be done. */
  readonly focusSubmit?: boolean;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl';
  readonly command?: ShownCommand;
  /** Names of fields that show their own errors; any other error stands above the buttons. */
  readonly fields?: readonly string[];
  /** More buttons, left of Cancel. */
  readonly extra?: ReactNode;
  submit(signal: AbortSignal): Promise<T>;
  /** After success: is there something left to do in it? Else it closes. */
  stays?(value: T): boolean;
  /** After success. */
  done?(value: T): void;
  onClose?(): void;
  children: ReactNode | ((form: FormState) => ReactNode);
}

/**
 * A dialog that does one thing. While it is done, everything else stays still and Cancel aborts the call at
 * once; a refusal stands at its field.
 */
export function FormDialog<T>(props: Props<T>) {
  const { danger = false, blocked = null, fields = [], command } = props;
  const close = props.onClose ?? closeDialog;
  const [shown, setShown] = useState(false);
  const { busySince, error, submit, cancel } = useSubmit(props.submit, (value) => {
    if (props.stays?.(value) !== true) close();
    props.done?.(value);
  });
  const busy = busySince !== null;
  const submitButton = useRef<HTMLButtonElement>(null);
  const focusSubmit = props.focusSubmit === true && blocked === null && !danger;
  useEffect(() => {
    if (focusSubmit) submitButton.current?.focus();
  }, [focusSubmit]);
  const atField = (name: string) => error?.field === name || error?.field?.startsWith(`${name}.`) === true;
  const form: FormState = {
    busy,
    error,
    field: (name) => ({ error: atField(name) ? error?.message : undefined, disabled: busy }),
  };
  return (
    <Modal
      opened
      onClose={() => {
        // Esc reaches every open dialog: it is for the one on top, the file browser.
        if (document.querySelectorAll('[role="dialog"]').length > 1) return;
        if (busy) cancel();
        else close();
      }}
      title={props.title}
      size={props.size ?? 'md'}
      closeOnClickOutside={false}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!danger && blocked === null) void submit();
        }}
      >
        <div className={styles.body}>
          {typeof props.children === 'function' ? props.children(form) : props.children}
        </div>
        {error !== null && !fields.some(atField) && (
          <ErrorPanel title={`${props.submitLabel} failed`} error={error} events={false} />
        )}
        {shown && command !== undefined && <Command {...command} />}
        <div className={styles.foot}>
          <Group justify="space-between" gap="xs">
            <Group gap="xs">
              {command !== undefined && (
                <Button variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
                  {shown ? 'Hide command' : 'Show command'}
                </Button>
              )}
              {busySince !== null && <Busy label={props.busyLabel} since={busySince} />}
            </Group>
            <Group gap="xs" ml="auto">
              {props.extra}
              <Button
                variant="default"
                onClick={busy ? cancel : close}
                {...(danger ? { 'data-autofocus': true } : {})}
              >
                Cancel
              </Button>
              <Button
                ref={submitButton}
                {...(focusSubmit ? { 'data-autofocus': true } : {})}
                type={danger ? 'button' : 'submit'}
                color={danger ? 'err' : 'info'}
                disabled={busy || blocked !== null}
                {...(blocked === null ? {} : { title: blocked })}
                {...(danger ? { onClick: () => void submit() } : {})}
              >
                {props.submitLabel}
              </Button>
            </Group>
          </Group>
          {blocked !== null && blocked !== '' && (
            <Text size="xs" c="dimmed" ta="right" mt={4}>
              {blocked}
            </Text>
          )}
        </div>
      </form>
    </Modal>
  );
}

/** The verb; after two seconds with the time it takes. */
function Busy({ label, since }: { label: string; since: number }) {
  const elapsed = useNow() - since;
  return (
    <Group gap={6} role="status">
      <Loader size="xs" />
      <Text size="sm">
        {label}…{elapsed >= 2000 && ` ${formatDuration(elapsed)}`}
      </Text>
    </Group>
  );
}

function Command({ cli, command, input }: ShownCommand) {
  return (
    <div className={styles.command}>
      {cli === null ? (
        <Text size="sm" c="dimmed">
          There is no command for this.
        </Text>
      ) : (
        <CodeBlock label="command" text={cli} />
      )}
      <CodeBlock label="JSON" text={`${command} ${JSON.stringify(input, null, 2)}`} />
    </div>
  );
}
