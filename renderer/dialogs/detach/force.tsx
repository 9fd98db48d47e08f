import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { DetachPlan } from '../../../shared/model/unit.ts';
import { ConfirmTyped, FormDialog } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { getRow } from '../../stores/tables.ts';
import { Notice } from '../parts/notice.tsx';
import { lossesOf, startupLine } from './plans.ts';
import { toastDetached } from './undo.ts';

/** The second step: what force breaks, and the unit's label typed. Enter never does it. */
export function Force({ plan, onBack }: { plan: DetachPlan; onBack(): void }) {
  const { unit, label } = plan;
  const [typed, setTyped] = useState('');
  const input = { unit, force: true, label: typed };
  const losses = lossesOf(plan);
  return (
    <FormDialog
      title={`Detach ${unit} by force`}
      submitLabel="Detach by force"
      busyLabel="Detaching"
      danger
      size="lg"
      fields={['label']}
      blocked={typed === label ? null : 'Type the label'}
      command={{ cli: null, command: 'units.detach', input }}
      extra={
        <Button variant="subtle" onClick={onBack}>
          Back
        </Button>
      }
      submit={async (signal) => {
        const paths = getRow('units', unit)?.paths ?? [];
        return { ...(await call('units.detach', input, { signal })), unit, paths };
      }}
      done={(detached) => toastDetached(`${unit} detached by force`, [detached])}
    >
      {(form) => (
        <>
          <Notice tone="err" title="What force breaks">
            {losses.length === 0 ? (
              'Nothing uses it any more: go back and detach it without force.'
            ) : (
              <ul>
                {losses.map((loss) => (
                  <li key={loss}>{loss}</li>
                ))}
              </ul>
            )}
          </Notice>
          <Text size="sm">{startupLine([plan])}</Text>
          <ConfirmTyped
            expected={label}
            what={`detach ${unit} by force`}
            value={typed}
            onChange={setTyped}
            disabled={form.busy}
            autoFocus
          />
        </>
      )}
    </FormDialog>
  );
}
