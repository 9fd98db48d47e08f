import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { Export } from '../../../shared/model/export.ts';
import { ActButton } from '../../components/act-button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useSubmit } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { WritersSwitch } from '../../dialogs/export/writers-switch.tsx';
import { useAllowDraft } from '../../dialogs/keys/allow-draft.ts';
import { AllowList } from '../../dialogs/keys/allow-list.tsx';
import { toastDone } from '../../stores/toast.ts';
import styles from './export.module.css';
import { useExportCommand } from './use-export-command.ts';

/** Who may use an export, and how many may write it: what changes while it is offered. */
export function OptionsTab({ item }: { item: Export }) {
  // What others change meanwhile begins the form anew, unless something was changed here too.
  return <Form key={JSON.stringify([item.allow, item.writers])} item={item} />;
}

function Form({ item }: { item: Export }) {
  const draft = useAllowDraft(item.allow);
  const [writers, setWriters] = useState(item.writers);
  const command = useExportCommand(item, draft.keys, writers);
  const input = { id: item.id, allow: [...draft.keys], writers };
  const { busySince, error, submit } = useSubmit(
    (signal) => call('exports.update', input, { signal }),
    () => toastDone(`Who may use ${item.label} is saved`),
  );
  const busy = busySince !== null;
  const changed = JSON.stringify(draft.keys) !== JSON.stringify(item.allow) || writers !== item.writers;
  return (
    <form
      className={styles.stack}
      noValidate
      aria-label={`Who may use ${item.label}`}
      onSubmit={(event) => event.preventDefault()}
    >
      <section className={styles.part}>
        <h3>Who may use it</h3>
        {item.demo ? (
          <Text size="sm">The demo is of this machine alone.</Text>
        ) : (
          <>
            <AllowList draft={draft} readOnly={item.read_only} disabled={busy} />
            {!item.read_only && <WritersSwitch value={writers} disabled={busy} onChange={setWriters} />}
          </>
        )}
      </section>
      {error !== null && <ErrorPanel title="The options were not saved" error={error} />}
      {!item.demo && (
        <>
          <Text size="xs" c="dimmed">
            The list holds from the next command on: who is on it no more is cut off at once; who may only
            read from now on goes on reading, and writes are refused. How many may write holds from the next
            open on.
          </Text>
          <Group gap="xs">
            <ActButton
              variant="filled"
              loading={busy}
              reason={draft.blocked ?? (changed ? null : 'Nothing has been changed')}
              onClick={() => void submit()}
            >
              Save
            </ActButton>
            <Button
              variant="default"
              disabled={busy || (!changed && draft.typed === '')}
              onClick={() => {
                draft.reset(item.allow);
                setWriters(item.writers);
              }}
            >
              Revert
            </Button>
          </Group>
        </>
      )}
      <section className={styles.part}>
        <h3>The same on the command line</h3>
        <CodeBlock label="command" text={command} />
      </section>
    </form>
  );
}
