import { Button, Group, Text } from '@mantine/core';
import type { Export } from '../../../shared/model/export.ts';
import { ActButton } from '../../components/act-button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useSubmit } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { useAllowDraft } from '../../dialogs/keys/allow-draft.ts';
import { AllowList } from '../../dialogs/keys/allow-list.tsx';
import { toastDone } from '../../stores/toast.ts';
import styles from './export.module.css';
import { useExportCommand } from './use-export-command.ts';

/** Who may use an export: the one thing of it that changes while it is offered. */
export function OptionsTab({ item }: { item: Export }) {
  // What others change meanwhile begins the form anew, unless something was changed here too.
  return <Form key={JSON.stringify(item.allow)} item={item} />;
}

function Form({ item }: { item: Export }) {
  const draft = useAllowDraft(item.allow);
  const command = useExportCommand(item, draft.keys);
  const input = { id: item.id, allow: [...draft.keys] };
  const { busySince, error, submit } = useSubmit(
    (signal) => call('exports.allow', input, { signal }),
    () => toastDone(`Who may use ${item.label} is saved`),
  );
  const busy = busySince !== null;
  const changed = JSON.stringify(draft.keys) !== JSON.stringify(item.allow);
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
          <AllowList draft={draft} readOnly={item.read_only} disabled={busy} />
        )}
      </section>
      {error !== null && <ErrorPanel title="The list was not saved" error={error} />}
      {!item.demo && (
        <>
          <Text size="xs" c="dimmed">
            It holds from the next command on: who is on the list no more is cut off at once; who may only
            read from now on goes on reading, and writes are refused.
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
              onClick={() => draft.reset(item.allow)}
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
