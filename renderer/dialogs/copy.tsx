import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { FileField, FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import type { RequestOf } from './requests.ts';

export function CopyDialog({ request }: { request: RequestOf<'copy'> }) {
  const [from, setFrom] = useState(request.from ?? '');
  const [to, setTo] = useState(request.to ?? '');
  const [verify, setVerify] = useState(true);
  const input = { from: from.trim(), to: to.trim(), verify, overwrite: false, rate_limit_bytes: null };
  return (
    <FormDialog
      title="Copy"
      submitLabel="Start"
      busyLabel="Starting"
      fields={['from', 'to']}
      blocked={input.from === '' || input.to === '' ? 'Choose source and target' : null}
      command={{
        cli: `spandrel copy ${input.from} ${input.to}${verify ? ' --verify' : ''}`,
        command: 'jobs.copy',
        input,
      }}
      submit={(signal) => call('jobs.copy', input, { signal })}
    >
      {(form) => (
        <>
          <FileField label="From" kind="open" value={from} onChange={setFrom} {...form.field('from')} />
          <FileField label="To" kind="save" value={to} onChange={setTo} {...form.field('to')} />
          <Checkbox
            label="Verify"
            checked={verify}
            disabled={form.busy}
            onChange={(event) => setVerify(event.currentTarget.checked)}
          />
        </>
      )}
    </FormDialog>
  );
}
