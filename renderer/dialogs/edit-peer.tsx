import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { getRow } from '../stores/tables.ts';
import type { RequestOf } from './requests.ts';

export function EditPeerDialog({ request: { peer_id: id } }: { request: RequestOf<'edit_peer'> }) {
  const peer = getRow('peers', id);
  const [name, setName] = useState(peer?.name ?? '');
  const [auto, setAuto] = useState(peer?.auto_connect ?? true);
  const input = { id, name: name.trim(), auto_connect: auto };
  return (
    <FormDialog
      title={`Edit ${peer?.name ?? 'peer'}`}
      submitLabel="Save"
      busyLabel="Saving"
      fields={['name']}
      blocked={input.name === '' ? 'Type a name' : null}
      command={{ cli: null, command: 'peers.update', input }}
      submit={(signal) => call('peers.update', input, { signal })}
    >
      {(form) => (
        <>
          <TextInput
            label="Name"
            value={name}
            maxLength={127}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
            {...form.field('name')}
          />
          <Checkbox
            label="Connect when Spandrel starts"
            checked={auto}
            disabled={form.busy}
            onChange={(event) => setAuto(event.currentTarget.checked)}
          />
        </>
      )}
    </FormDialog>
  );
}
