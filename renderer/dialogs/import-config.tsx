import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function ImportConfigDialog(_: { request: RequestOf<'import_config'> }) {
  const [text, setText] = useState('');
  return (
    <FormDialog
      title="Import configuration"
      submitLabel="Import"
      busyLabel="Importing"
      fields={['text']}
      blocked={text.trim() === '' ? 'Paste a configuration' : null}
      submit={(signal) => call('config.import', { text, dry_run: false }, { signal })}
      done={({ changes }) => toastDone(`${changes.length} changes imported`)}
    >
      {(form) => (
        <Textarea
          label="Configuration"
          rows={12}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          {...form.field('text')}
        />
      )}
    </FormDialog>
  );
}
