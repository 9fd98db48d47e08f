import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { getRow } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function ForgetPeerDialog({ request: { peer_id: id } }: { request: RequestOf<'forget_peer'> }) {
  const name = getRow('peers', id)?.name ?? 'the peer';
  return (
    <FormDialog
      title={`Forget ${name}`}
      submitLabel="Forget"
      busyLabel="Forgetting"
      danger
      command={{ cli: null, command: 'peers.forget', input: { id } }}
      submit={(signal) => call('peers.forget', { id }, { signal })}
      done={() => toastDone(`${name} was forgotten`)}
    >
      <Text size="sm">
        The link to {name} ends, its disks lose the paths over it, and the saved entry is deleted.
      </Text>
    </FormDialog>
  );
}
