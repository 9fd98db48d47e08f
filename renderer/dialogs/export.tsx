import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { FileField, FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function ExportDialog({ request }: { request: RequestOf<'export'> }) {
  const [source, setSource] = useState(request.source ?? '');
  const [readOnly, setReadOnly] = useState(false);
  const input = { source: source.trim(), label: null, serial: null, block_bytes: null, read_only: readOnly };
  return (
    <FormDialog
      title="Export"
      submitLabel="Export"
      busyLabel="Exporting"
      fields={['source']}
      blocked={input.source === '' ? 'Choose a source' : null}
      command={{
        cli: `spandrel export ${input.source}${readOnly ? ' --read-only' : ''}`,
        command: 'exports.create',
        input,
      }}
      submit={(signal) => call('exports.create', input, { signal })}
      done={() => toastDone(`${input.source} is exported`)}
    >
      {(form) => (
        <>
          <FileField
            label="Source"
            kind="open"
            description="A file, a block device, or memory:SIZE"
            placeholder="/srv/disk.img"
            value={source}
            onChange={setSource}
            {...form.field('source')}
          />
          <Checkbox
            label="Read-only"
            checked={readOnly}
            disabled={form.busy}
            onChange={(event) => setReadOnly(event.currentTarget.checked)}
          />
        </>
      )}
    </FormDialog>
  );
}
