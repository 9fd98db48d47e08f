import { Button, Group, Modal, Skeleton, Stack, Tabs, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import type { Output } from '../../shared/contract.ts';
import { formatBytes } from '../../shared/format.ts';
import { download } from '../components/chart/download.ts';
import { CodeBlock } from '../components/code-block.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { useHello, useUnits } from '../stores/settings.ts';
import { closeDialog } from '../stores/ui.ts';
import { bundleName, bundleText } from './parts/bundle.ts';
import { useAsk } from './parts/use-ask.ts';
import type { RequestOf } from './requests.ts';

const NOTHING = {};
type Files = Output<'diagnostics.preview'>['files'];

/** All that a diagnostics bundle holds, to be read before it is saved. Nothing is sent anywhere. */
export function DiagnosticsDialog(_: { request: RequestOf<'diagnostics'> }) {
  const { value, error, again } = useAsk('diagnostics.preview', NOTHING);
  const machine = useHello()?.machine ?? 'host';
  const save = (files: Files) => download(bundleName(machine, new Date()), bundleText(files), 'text/plain');
  return (
    <Modal opened onClose={closeDialog} title="Diagnostics" size="xl" closeOnClickOutside={false}>
      <Stack gap="sm">
        <Text size="sm">
          For a report of a fault. Read what is in it: it names machines, peers, serials and paths. It has no
          passwords or keys, and Spandrel sends it nowhere.
        </Text>
        {error !== null && (
          <ErrorPanel title="The bundle was not made" error={error} events={false} onRetry={again} />
        )}
        {value === null && error === null && <Skeleton height={340} aria-label="Collecting" />}
        {value !== null && <Preview files={value.files} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" data-autofocus onClick={closeDialog}>
            Close
          </Button>
          <Button
            leftSection={<Download size={14} />}
            disabled={value === null}
            onClick={() => value !== null && save(value.files)}
          >
            Save as one file
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Preview({ files }: { files: Files }) {
  const system = useUnits();
  const size = (text: string) => formatBytes(new Blob([text]).size, system);
  return (
    <Tabs defaultValue={files[0]?.name ?? null} keepMounted={false}>
      <Tabs.List mb="xs">
        {files.map(({ name }) => (
          <Tabs.Tab key={name} value={name}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {files.map(({ name, text }) => (
        <Tabs.Panel key={name} value={name} mih={340}>
          <Text size="xs" c="dimmed" mb={4}>
            {name}, {size(text)}
          </Text>
          <CodeBlock label={name} text={text === '' ? '(empty)' : text} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
