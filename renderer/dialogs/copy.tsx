import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import { copyCommand } from '../../shared/command-line.ts';
import { parseSizeInput } from '../../shared/size-input.ts';
import { FormDialog, SizeInput } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useSettings } from '../stores/settings.ts';
import { useRows } from '../stores/tables.ts';
import { openObject } from '../stores/ui.ts';
import { EndField } from './copy/end-field.tsx';
import { copyProblem, endForCommand, endOf, endText } from './copy/ends.ts';
import { Overwrite } from './copy/overwrite.tsx';
import { toastWithAct } from './parts/act-toast.tsx';
import type { RequestOf } from './requests.ts';

/** Rates are whole KiB per second. */
const RATE_STEP = 1024;

/** Copies a disk or an image, as a job of the host. */
export function CopyDialog({ request }: { request: RequestOf<'copy'> }) {
  const units = useRows('units');
  const peers = useRows('peers');
  const { insecure_plain } = useSettings();
  const [from, setFrom] = useState(() => start(request.from, units.length > 0));
  const [to, setTo] = useState(() => start(request.to, false));
  const [verify, setVerify] = useState(true);
  const [typed, setTyped] = useState('');
  const [allowed, setAllowed] = useState(false);
  const [rate, setRate] = useState('');

  const source = endText(from);
  const target = endText(to);
  const unit = to.kind === 'unit' ? units.find(({ name }) => name === to.unit) : undefined;
  const limit = rate.trim() === '' ? null : parseSizeInput(rate, RATE_STEP);
  const overwrite = to.kind === 'unit' ? unit !== undefined && typed === unit.label : allowed;
  const input = {
    from: source ?? '',
    to: target ?? '',
    verify,
    overwrite,
    rate_limit_bytes: limit?.ok === true ? limit.bytes : null,
  };
  const blocked =
    copyProblem(source, target, units) ??
    (to.kind === 'unit' && !overwrite ? `Type the label of ${to.unit}` : null) ??
    (to.kind === 'uri' && !overwrite ? 'Allow its content to be replaced' : null) ??
    (limit?.ok === false ? 'The rate cannot be read' : null);
  const named = {
    ...input,
    from: endForCommand(input.from, units, peers),
    to: endForCommand(input.to, units, peers),
  };
  return (
    <FormDialog
      title="Copy"
      submitLabel="Start copy"
      busyLabel="Starting"
      size="lg"
      danger={to.kind === 'unit'}
      fields={['from', 'to', 'rate_limit_bytes']}
      blocked={blocked}
      command={{ cli: copyCommand(named, insecure_plain), command: 'jobs.copy', input }}
      submit={(signal) => call('jobs.copy', input, { signal })}
      done={({ id }) =>
        toastWithAct('The copy runs', {
          label: 'Show job',
          run: () => openObject({ kind: 'job', id }),
        })
      }
    >
      {(form) => (
        <>
          <EndField
            title="From"
            end={from}
            units={units}
            autoFocus={request.from === undefined}
            onChange={setFrom}
            {...form.field('from')}
          />
          <EndField
            title="To"
            end={to}
            units={units}
            autoFocus={request.from !== undefined}
            onChange={setTo}
            {...form.field('to')}
          />
          <Overwrite
            end={to}
            target={unit}
            typed={typed}
            allowed={allowed}
            disabled={form.busy}
            onTyped={setTyped}
            onAllowed={setAllowed}
          />
          <Checkbox
            label="Verify"
            description="Read both ends again afterwards and compare them"
            checked={verify}
            disabled={form.busy}
            onChange={(event) => setVerify(event.currentTarget.checked)}
          />
          <SizeInput
            label="Rate limit, per second"
            description="Empty: as fast as it goes"
            optional
            placeholder="100MiB"
            blockBytes={RATE_STEP}
            value={rate}
            onChange={setRate}
            {...form.field('rate_limit_bytes')}
          />
        </>
      )}
    </FormDialog>
  );
}

function start(text: string | undefined, hasUnits: boolean) {
  return text === undefined
    ? { ...endOf(''), kind: hasUnits ? ('unit' as const) : ('file' as const) }
    : endOf(text);
}
