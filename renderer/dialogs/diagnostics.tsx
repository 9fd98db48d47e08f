import { Modal, Skeleton, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Output } from '../../shared/contract.ts';
import type { CallError } from '../../shared/errors.ts';
import { CodeBlock } from '../components/code-block.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { call, toCallError } from '../connection/index.ts';
import { closeDialog } from '../stores/ui.ts';
import type { RequestOf } from './requests.ts';

export function DiagnosticsDialog(_: { request: RequestOf<'diagnostics'> }) {
  const [bundle, setBundle] = useState<Output<'diagnostics.preview'> | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    call('diagnostics.preview', {}, { signal: abort.signal }).then(setBundle, (thrown) => {
      if (!abort.signal.aborted) setError(toCallError(thrown));
    });
    return () => abort.abort();
  }, []);
  return (
    <Modal opened onClose={closeDialog} title="Diagnostics" size="xl">
      {error !== null && <ErrorPanel title="The bundle was not made" error={error} />}
      {bundle === null && error === null && <Skeleton height={240} />}
      <Stack>
        {bundle?.files.map(({ name, text }) => (
          <div key={name}>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <CodeBlock label={name} text={text} />
          </div>
        ))}
      </Stack>
    </Modal>
  );
}
