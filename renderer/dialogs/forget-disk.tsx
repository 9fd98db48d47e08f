import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { getRow } from '../stores/tables.ts';
import type { RequestOf } from './requests.ts';

export function ForgetDiskDialog({ request: { disk_id: id } }: { request: RequestOf<'forget_disk'> }) {
  const label = getRow('disks', id)?.label ?? 'the disk';
  return (
    <FormDialog
      title={`Forget ${label}`}
      submitLabel="Forget"
      busyLabel="Forgetting"
      danger
      command={{ cli: null, command: 'disks.forget', input: { id } }}
      submit={(signal) => call('disks.forget', { id }, { signal })}
    >
      <Text size="sm">Nobody offers {label} now. When someone does again, it is listed anew.</Text>
    </FormDialog>
  );
}
