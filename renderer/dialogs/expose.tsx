import { Text } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useHello, useSettings } from '../stores/settings.ts';
import { getRow, useRow } from '../stores/tables.ts';
import { openObject } from '../stores/ui.ts';
import { toastWithAct } from './parts/act-toast.tsx';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Serves a unit over NBD, or no longer. Which of them is settled when the dialog opens. */
export function ExposeDialog({ request: { unit } }: { request: RequestOf<'expose'> }) {
  const row = useRow('units', unit);
  const [exposed] = useState(() => getRow('units', unit)?.options.exposed ?? false);
  const { nbd_listen } = useSettings();
  const hello = useHello();
  const input = { unit, options: { exposed: !exposed } };
  const verb = exposed ? 'Hide' : 'Expose';
  const where =
    nbd_listen === '' ? `a socket in ${hello?.state_directory ?? 'the state directory'}` : nbd_listen;
  const users = (row?.users ?? []).filter((user) => user.startsWith('NBD client'));
  return (
    <FormDialog
      title={`${verb} ${unit}`}
      submitLabel={verb}
      busyLabel={exposed ? 'Hiding' : 'Exposing'}
      focusSubmit
      blocked={row === undefined ? `${unit} is not attached any more` : null}
      command={{ cli: null, command: 'units.update', input }}
      submit={(signal) => call('units.update', input, { signal })}
      done={() =>
        toastWithAct(`${unit} is ${exposed ? 'hidden' : 'exposed over NBD'}`, {
          label: 'Open',
          run: () => openObject({ kind: 'unit', id: unit }),
        })
      }
    >
      <Text size="sm">
        {exposed ? (
          'Programs can no longer connect to it. The unit stays attached.'
        ) : (
          <>
            Programs of this machine can connect to it over NBD, at <span className="mono">{where}</span>.
          </>
        )}
      </Text>
      {exposed && users.length > 0 && (
        <Notice tone="info" title="Those connected now stay connected">
          <ul>
            {users.map((user) => (
              <li key={user}>{user}</li>
            ))}
          </ul>
        </Notice>
      )}
    </FormDialog>
  );
}
