import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function AddPeerDialog({ request }: { request: RequestOf<'add_peer'> }) {
  const [address, setAddress] = useState(request.address ?? '');
  const [plain, setPlain] = useState(false);
  const input = { address: address.trim(), name: null, auto_connect: true, insecure_plain: plain };
  return (
    <FormDialog
      title="Add peer"
      submitLabel="Add"
      busyLabel="Adding"
      fields={['address']}
      blocked={input.address === '' ? 'Type an address' : null}
      command={{
        cli: `spandrel spans ${input.address}${plain ? ' --insecure-plain' : ''}`,
        command: 'peers.add',
        input,
      }}
      submit={(signal) => call('peers.add', input, { signal })}
      done={() => toastDone(`${input.address} was added`)}
    >
      {(form) => (
        <>
          <TextInput
            label="Address"
            description="HOST[:PORT], [IPv6]:PORT or unix:PATH"
            placeholder="node-b:987"
            value={address}
            maxLength={300}
            spellCheck={false}
            data-autofocus
            onChange={(event) => setAddress(event.currentTarget.value)}
            {...form.field('address')}
          />
          <Checkbox
            label="Allow a plain link"
            description="Neither encrypted nor authenticated; needed for other hosts without a tunnel"
            checked={plain}
            disabled={form.busy}
            onChange={(event) => setPlain(event.currentTarget.checked)}
          />
        </>
      )}
    </FormDialog>
  );
}
