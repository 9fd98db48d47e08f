import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function DetachDialog({ request: { units } }: { request: RequestOf<'detach'> }) {
  const names = units.join(', ');
  const inputs = units.map((unit) => ({ unit, force: false, label: null }));
  return (
    <FormDialog
      title={`Detach ${names}`}
      submitLabel="Detach"
      busyLabel="Detaching"
      command={{ cli: null, command: 'units.detach', input: inputs }}
      submit={async (signal) => {
        for (const input of inputs) await call('units.detach', input, { signal });
      }}
      done={() => toastDone(`${names} detached`)}
    >
      <Text size="sm">A disk that is in use is not detached: who uses it is named.</Text>
    </FormDialog>
  );
}
