import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { FormDialog } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { getRow } from '../../stores/tables.ts';
import { Force } from './force.tsx';
import { Checking, Holders, Steps } from './plan-view.tsx';
import { startupLine } from './plans.ts';
import { toastDetached } from './undo.ts';
import { usePlans } from './use-plans.ts';

/** Detaches one unit: its plan first; where it is in use, by whom. */
export function DetachOne({ unit }: { unit: string }) {
  const [forced, setForced] = useState(false);
  const { planOf, checking, recheck } = usePlans([unit]);
  const { plan, error } = planOf(unit);
  if (forced && plan !== null) return <Force plan={plan} onBack={() => setForced(false)} />;
  const input = { unit, force: false, label: null };
  return (
    <FormDialog
      title={`Detach ${unit}${plan === null ? '' : ` (${plan.label})`}`}
      submitLabel="Detach"
      busyLabel="Detaching"
      focusSubmit
      size="lg"
      blocked={plan === null ? '' : plan.busy ? `${unit} is in use` : null}
      command={{ cli: null, command: 'units.detach', input }}
      extra={
        plan?.busy === true && (
          <Button variant="subtle" color="err" onClick={() => setForced(true)}>
            Force…
          </Button>
        )
      }
      submit={async (signal) => {
        const paths = getRow('units', unit)?.paths ?? [];
        return { ...(await call('units.detach', input, { signal })), unit, paths };
      }}
      done={(detached) => toastDetached(`${unit} detached`, [detached])}
    >
      {plan === null && error === null && <Checking />}
      {error !== null && (
        <ErrorPanel
          title={`What uses ${unit} is not known`}
          error={error}
          events={false}
          onRetry={() => void recheck()}
        />
      )}
      {plan?.busy === true && <Holders plan={plan} checking={checking} onRecheck={() => void recheck()} />}
      {plan !== null && <Steps plan={plan} />}
      {plan !== null && <Text size="sm">{startupLine([plan])}</Text>}
    </FormDialog>
  );
}
