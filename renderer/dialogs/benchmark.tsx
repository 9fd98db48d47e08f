import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import type { RequestOf } from './requests.ts';

export function BenchmarkDialog({ request: { unit } }: { request: RequestOf<'benchmark'> }) {
  const input = { unit, seconds: 5, write: false, label: null };
  return (
    <FormDialog
      title={`Benchmark ${unit}`}
      submitLabel="Start"
      busyLabel="Starting"
      command={{ cli: null, command: 'jobs.benchmark', input }}
      submit={(signal) => call('jobs.benchmark', input, { signal })}
    >
      <Text size="sm">Reads only: nothing on the disk changes.</Text>
    </FormDialog>
  );
}
