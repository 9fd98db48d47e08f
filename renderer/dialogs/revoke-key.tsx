import { Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import { KeyText } from './keys/key-text.tsx';
import { readKey } from './keys/read-key.ts';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Trusts a key no more, one that is known or one that is typed. */
export function RevokeKeyDialog({ request }: { request: RequestOf<'revoke_key'> }) {
  const [typed, setTyped] = useState(request.fingerprint ?? '');
  const read = readKey(typed);
  const fingerprint = read.kind === 'key' ? read.fingerprint : '';
  return (
    <FormDialog
      title="Revoke a key"
      submitLabel="Revoke"
      busyLabel="Revoking"
      danger
      size="lg"
      fields={['fingerprint']}
      blocked={read.kind === 'key' ? null : read.kind === 'none' ? 'Paste the key' : 'That is no key'}
      command={{
        cli: read.kind === 'key' ? `spandrel trust revoke ${fingerprint}` : null,
        command: 'trust.revoke',
        input: { fingerprint },
      }}
      submit={(signal) => call('trust.revoke', { fingerprint }, { signal })}
      done={() => toastDone('The key is revoked')}
    >
      {(form) => (
        <>
          {request.fingerprint === undefined ? (
            <TextInput
              label="Key"
              placeholder="SHA256:…"
              value={typed}
              maxLength={300}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setTyped(event.currentTarget.value)}
              {...form.field('fingerprint')}
              error={form.field('fingerprint').error ?? (read.kind === 'wrong' ? read.message : undefined)}
            />
          ) : (
            <div>
              <Text size="sm">The key of {request.whose ?? 'the peer'}</Text>
              <KeyText fingerprint={fingerprint} of={request.whose ?? 'the peer'} />
            </div>
          )}
          <Notice tone="err" title="Links of that key end at once">
            <ul>
              <li>Disks of that machine that are attached here lose their paths to it.</li>
              <li>Exports it has open here are cut off; what it wrote and did not flush may be lost.</li>
              <li>It stays out whatever pins and lists of exports say, until you un-revoke the key.</li>
            </ul>
          </Notice>
          <Text size="sm">
            For a key that was stolen, or a machine that is given away. It holds for all Spandrel processes of
            this state directory.
          </Text>
        </>
      )}
    </FormDialog>
  );
}
