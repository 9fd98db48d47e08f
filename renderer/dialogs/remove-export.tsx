import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { getRow } from '../stores/tables.ts';
import type { RequestOf } from './requests.ts';

export function RemoveExportDialog({ request: { export_id: id } }: { request: RequestOf<'remove_export'> }) {
  const item = getRow('exports', id);
  const [force, setForce] = useState(false);
  const input = { id, force };
  return (
    <FormDialog
      title={`Stop exporting ${item?.label ?? ''}`}
      submitLabel="Stop exporting"
      busyLabel="Stopping"
      danger
      command={{ cli: null, command: 'exports.remove', input }}
      submit={(signal) => call('exports.remove', input, { signal })}
    >
      <Text size="sm">Peers lose this disk. The source keeps its content.</Text>
      <Checkbox
        label="End the sessions of peers that have it open"
        checked={force}
        onChange={(event) => setForce(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
