import { Checkbox, Text } from '@mantine/core';
import { useState } from 'react';
import { UNIT_OPTION_DEFAULTS } from '../../shared/model/unit.ts';
import { FormDialog } from '../components/form/index.ts';
import { SizeForms } from '../components/values.tsx';
import { call } from '../connection/index.ts';
import { useRow } from '../stores/tables.ts';
import { toastDone } from '../stores/toast.ts';
import type { RequestOf } from './requests.ts';

export function AttachDialog({ request: { disk_id } }: { request: RequestOf<'attach'> }) {
  const disk = useRow('disks', disk_id);
  const [readOnly, setReadOnly] = useState(false);
  const input = { disk_id, options: { ...UNIT_OPTION_DEFAULTS, read_only: readOnly } };
  return (
    <FormDialog
      title={`Attach ${disk?.label ?? 'disk'}`}
      submitLabel="Attach"
      busyLabel="Attaching"
      command={{
        cli: `spandrel attach ${disk?.paths[0]?.peer ?? 'PEER'} --serial ${disk?.serial ?? 'SERIAL'}${readOnly ? ' --read-only' : ''}`,
        command: 'units.attach',
        input,
      }}
      submit={(signal) => call('units.attach', input, { signal })}
      done={({ unit }) => toastDone(`${disk?.label ?? 'The disk'} is attached as ${unit}`)}
    >
      {disk !== undefined && (
        <Text size="sm">
          {disk.serial} · <SizeForms bytes={disk.size_bytes} blockBytes={disk.block_bytes} />
        </Text>
      )}
      <Checkbox
        label="Read-only"
        checked={readOnly}
        data-autofocus
        onChange={(event) => setReadOnly(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
