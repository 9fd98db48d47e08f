import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useRow } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

/** Drops the memory of a disk; one that is offered now would be back at once. */
export function ForgetDiskDialog({ request: { disk_id: id } }: { request: RequestOf<'forget_disk'> }) {
  const disk = useRow('disks', id);
  const label = disk?.label ?? 'the disk';
  return (
    <FormDialog
      title={`Forget ${label}`}
      submitLabel="Forget"
      busyLabel="Forgetting"
      danger
      blocked={disk?.offered === true ? 'A peer offers it now' : null}
      command={{ cli: null, command: 'disks.forget', input: { id } }}
      submit={(signal) => call('disks.forget', { id }, { signal })}
      done={() => toastDone(`${label} was forgotten`)}
    >
      <Text size="sm">
        {label}
        {disk !== undefined && (
          <>
            , serial <span className="mono">{disk.serial}</span>,
          </>
        )}{' '}
        leaves the list. Nothing on it changes; when a peer offers it again, it is listed anew.
      </Text>
    </FormDialog>
  );
}
