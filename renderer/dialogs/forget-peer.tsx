import { Text } from '@mantine/core';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useRow, useRows } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import { lossesOf } from './add-peer/losses.ts';
import { counted, listed } from './parts/count.ts';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Deletes a saved peer; says what goes with its link. */
export function ForgetPeerDialog({ request: { peer_id: id } }: { request: RequestOf<'forget_peer'> }) {
  const peer = useRow('peers', id);
  const units = useRows('units');
  const disks = useRows('disks');
  const name = peer?.name ?? 'the peer';
  const losses = lossesOf(id, units, disks);
  return (
    <FormDialog
      title={`Forget ${name}`}
      submitLabel="Forget"
      busyLabel="Forgetting"
      danger
      blocked={peer?.demo === true ? 'It belongs to the demo and goes with it' : null}
      command={{ cli: null, command: 'peers.forget', input: { id } }}
      submit={(signal) => call('peers.forget', { id }, { signal })}
      done={() => toastDone(`${name} was forgotten`)}
    >
      <Text size="sm">
        The saved entry of {name}
        {peer !== undefined && peer.address !== name && (
          <>
            {' '}
            (<span className="mono">{peer.address}</span>)
          </>
        )}{' '}
        is deleted and its link ends. To keep the entry, disconnect instead.
      </Text>
      {losses.pathless.length > 0 && (
        <Notice tone="err" title={`${listed(losses.pathless)} would have no path left`}>
          Requests then wait or fail, as set for each.
        </Notice>
      )}
      {losses.weaker.length > 0 && (
        <Notice tone="warn">{listed(losses.weaker)} would have one path less.</Notice>
      )}
      {losses.disks > 0 && (
        <Text size="sm">
          {counted(losses.disks, 'disk')} of the list {losses.disks === 1 ? 'is' : 'are'} offered by it alone.
        </Text>
      )}
    </FormDialog>
  );
}
