import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { getRow } from '../stores/tables.ts';
import type { RequestOf } from './requests.ts';

export function ExposeDialog({ request: { unit } }: { request: RequestOf<'expose'> }) {
  const exposed = getRow('units', unit)?.options.exposed ?? false;
  const input = { unit, options: { exposed: !exposed } };
  const verb = exposed ? 'Hide' : 'Expose';
  return (
    <FormDialog
      title={`${verb} ${unit}`}
      submitLabel={verb}
      busyLabel={exposed ? 'Hiding' : 'Exposing'}
      command={{ cli: null, command: 'units.update', input }}
      submit={(signal) => call('units.update', input, { signal })}
    >
      <Text size="sm">
        {exposed
          ? 'Programs can no longer reach it over NBD.'
          : 'Programs of this machine can reach it over NBD.'}
      </Text>
    </FormDialog>
  );
}
