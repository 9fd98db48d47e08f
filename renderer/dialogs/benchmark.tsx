import { Checkbox, NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { benchmarkCommand } from '../../shared/command-line.ts';
import type { Unit } from '../../shared/model/unit.ts';
import { ConfirmTyped, FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useRow, useRows } from '../stores/tables.ts';
import { openObject } from '../stores/ui.ts';
import { toastWithAct } from './parts/act-toast.tsx';
import { listed } from './parts/count.ts';
import { Notice } from './parts/notice.tsx';
import type { RequestOf } from './requests.ts';

/** Measures a unit: reads alone, unless someone insists on losing its content. */
export function BenchmarkDialog({ request: { unit } }: { request: RequestOf<'benchmark'> }) {
  const row = useRow('units', unit);
  const peers = useRows('peers');
  const [seconds, setSeconds] = useState<number | string>(5);
  const [write, setWrite] = useState(false);
  const [typed, setTyped] = useState('');
  const time = Number(seconds);
  const input = { unit, seconds: time, write, label: write ? typed : null };
  const path = row?.paths.find(({ use }) => use === 'active') ?? row?.paths[0];
  const peer = peers.find(({ id }) => id === path?.peer_id);
  return (
    <FormDialog
      title={`Benchmark ${unit}`}
      submitLabel="Start benchmark"
      busyLabel="Starting"
      danger={write}
      fields={['seconds', 'write', 'label']}
      blocked={blockOf(row, time, write, typed)}
      command={{
        cli: row === undefined || peer === undefined ? null : benchmarkCommand(peer, row.serial, input),
        command: 'jobs.benchmark',
        input,
      }}
      submit={(signal) => call('jobs.benchmark', input, { signal })}
      done={({ id }) =>
        toastWithAct(`The benchmark of ${unit} runs`, {
          label: 'Show job',
          run: () => openObject({ kind: 'job', id }),
        })
      }
    >
      {(form) => (
        <>
          <NumberInput
            label="Time of each test"
            description="1 s to 60 s"
            w={140}
            min={1}
            max={60}
            suffix=" s"
            value={seconds}
            data-autofocus
            onChange={setSeconds}
            {...form.field('seconds')}
          />
          {!write && <Text size="sm">It reads only: nothing on the disk changes.</Text>}
          <Checkbox
            label="Test writing as well"
            description="Writes over the content of the disk"
            checked={write}
            onChange={(event) => setWrite(event.currentTarget.checked)}
            {...form.field('write')}
          />
          {write && row !== undefined && (
            <>
              <Notice tone="err" title={`Content of ${unit} is lost`}>
                Blocks all over {row.label} (serial <span className="mono">{row.serial}</span>) are
                overwritten. Nothing brings them back.
              </Notice>
              <ConfirmTyped
                expected={row.label}
                what={`overwrite ${unit}`}
                value={typed}
                onChange={setTyped}
                disabled={form.busy}
              />
            </>
          )}
        </>
      )}
    </FormDialog>
  );
}

function blockOf(row: Unit | undefined, seconds: number, write: boolean, typed: string): string | null {
  if (row === undefined) return 'The unit is not attached any more';
  if (!(seconds >= 1 && seconds <= 60)) return 'The time is 1 s to 60 s';
  if (!write) return null;
  if (row.read_only) return `${row.name} is read-only`;
  if (row.users.length > 0) return `In use by ${listed(row.users)}`;
  return typed === row.label ? null : 'Type the label';
}
