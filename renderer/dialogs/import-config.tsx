import { Button, FileButton, Group, List, Loader, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone, toastFailed } from '../stores/toast.ts';
import { counted } from './parts/count.ts';
import parts from './parts/parts.module.css';
import { Frame, Section } from './parts/section.tsx';
import { useAsk } from './parts/use-ask.ts';
import type { RequestOf } from './requests.ts';

/** The most a config may have, as the contract says. */
const MAX_LENGTH = 1 << 20;
const TYPING_MS = 400;

/** Takes a config over: what it would change is shown first, and nothing else is applied. */
export function ImportConfigDialog(_: { request: RequestOf<'import_config'> }) {
  const [text, setText] = useState('');
  const tooLong = text.length > MAX_LENGTH;
  const empty = text.trim() === '';
  const dry = useAsk('config.import', empty || tooLong ? null : { text, dry_run: true }, TYPING_MS);
  const changes = dry.value?.changes ?? null;
  const fault = tooLong ? 'It is longer than a configuration can be (1 MiB)' : dry.error?.message;
  const read = async (file: File | null) => {
    if (file === null) return;
    try {
      setText(file.size > 4 * MAX_LENGTH ? ' '.repeat(MAX_LENGTH + 1) : await file.text());
    } catch (error) {
      toastFailed(`${file.name} was not read`, error);
    }
  };
  return (
    <FormDialog
      title="Import configuration"
      submitLabel="Apply"
      busyLabel="Applying"
      size="lg"
      fields={['text']}
      blocked={
        empty
          ? 'Paste a configuration, or choose a file'
          : fault !== undefined
            ? 'It cannot be read as it is'
            : dry.pending || changes === null
              ? ''
              : changes.length === 0
                ? 'It changes nothing'
                : null
      }
      command={{ cli: null, command: 'config.import', input: { text, dry_run: false } }}
      submit={(signal) => call('config.import', { text, dry_run: false }, { signal })}
      done={({ changes }) => toastDone(`${counted(changes.length, 'change')} applied`)}
    >
      {(form) => (
        <>
          <Textarea
            label="Configuration"
            description="As Export configuration saves it; what it has replaces what is here"
            rows={9}
            value={text}
            spellCheck={false}
            data-autofocus
            classNames={{ input: 'mono' }}
            onChange={(event) => setText(event.currentTarget.value)}
            {...form.field('text')}
            error={form.field('text').error ?? fault}
          />
          <Group>
            <FileButton accept="application/json,.json" onChange={(file) => void read(file)}>
              {(props) => (
                <Button variant="default" disabled={form.busy} {...props}>
                  Choose file…
                </Button>
              )}
            </FileButton>
          </Group>
          <Section title="What would change">
            <div aria-live="polite" aria-busy={dry.pending}>
              {dry.pending && (
                <Group gap={8}>
                  <Loader size="xs" />
                  <Text size="sm" c="dimmed">
                    Comparing it with the configuration in use
                  </Text>
                </Group>
              )}
              {!dry.pending && changes === null && (
                <Text size="sm" c="dimmed">
                  {empty ? 'Shown here before anything is applied.' : 'Nothing: it cannot be read.'}
                </Text>
              )}
              {!dry.pending && changes?.length === 0 && (
                <Text size="sm">Nothing: it equals the configuration in use.</Text>
              )}
              {!dry.pending && changes !== null && changes.length > 0 && (
                <Frame label="Changes">
                  <List size="sm" p="6px 10px" listStyleType="none" className={parts.plain}>
                    {changes.map((change) => (
                      <List.Item key={change}>{change}</List.Item>
                    ))}
                  </List>
                </Frame>
              )}
            </div>
          </Section>
          <Text size="xs" c="dimmed">
            The configuration in use is kept as a version: Settings can restore it.
          </Text>
        </>
      )}
    </FormDialog>
  );
}
