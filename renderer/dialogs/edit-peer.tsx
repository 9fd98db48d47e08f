import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Fields } from '../components/fields.tsx';
import { FormDialog } from '../components/form/index.ts';
import { SecurityBadge } from '../components/status/badges.tsx';
import { call } from '../connection/index.ts';
import { useRow } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import { PeerKeyField } from './edit-peer/peer-key-field.tsx';
import type { RequestOf } from './requests.ts';

/** What can be changed of a peer. Its address is what it is: another address is another peer. */
export function EditPeerDialog({ request: { peer_id: id } }: { request: RequestOf<'edit_peer'> }) {
  const peer = useRow('peers', id);
  const [name, setName] = useState(peer?.name ?? '');
  const [auto, setAuto] = useState(peer?.auto_connect ?? true);
  const [trusted, setTrusted] = useState<string | null>(null);
  const input = {
    id,
    name: name.trim(),
    auto_connect: auto,
    ...(trusted === null ? {} : { fingerprint: trusted }),
  };
  const blocked =
    peer === undefined
      ? 'The peer is not there any more'
      : peer.demo
        ? 'It belongs to the demo and goes with it'
        : input.name === ''
          ? 'Type a name'
          : null;
  return (
    <FormDialog
      title={`Edit ${peer?.name ?? 'peer'}`}
      submitLabel="Save"
      busyLabel="Saving"
      size="lg"
      fields={['name']}
      blocked={blocked}
      command={{ cli: null, command: 'peers.update', input }}
      submit={(signal) => call('peers.update', input, { signal })}
      done={() => toastDone(`${input.name} was saved`)}
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
            label="Connect by itself"
            description="When Spandrel starts, and again after a loss"
            checked={auto}
            disabled={form.busy}
            onChange={(event) => setAuto(event.currentTarget.checked)}
          />
          {peer !== undefined && (
            <Fields
              items={[
                { name: 'Address', value: <span className="mono">{peer.address}</span>, copy: peer.address },
                { name: 'Protection', value: <SecurityBadge security={peer.security} /> },
              ]}
            />
          )}
          {peer?.security === 'tls' && (
            <PeerKeyField peer={peer} trusted={trusted} disabled={form.busy} onChange={setTrusted} />
          )}
        </>
      )}
    </FormDialog>
  );
}
