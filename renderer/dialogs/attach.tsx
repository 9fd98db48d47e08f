import { Checkbox, NumberInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { attachCommand } from '../../shared/command-line.ts';
import type { Disk } from '../../shared/model/disk.ts';
import {
  type NoPath,
  type PathPolicy,
  UNIT_OPTION_DEFAULTS,
  type UnitOptions,
} from '../../shared/model/unit.ts';
import { FormDialog } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useHello, useSettings } from '../stores/settings.ts';
import { getRows, useRow, useRows } from '../stores/tables.ts';
import { toastFailed } from '../stores/toast.ts';
import { openObject } from '../stores/ui.ts';
import { twinsOf, writersOf } from './attach/advice.ts';
import { DiskFacts, Twins } from './attach/disk-facts.tsx';
import { noPathOf } from './attach/no-path.ts';
import { NoPathField } from './attach/no-path-field.tsx';
import { PathsField } from './attach/paths-field.tsx';
import { Peek } from './attach/peek.tsx';
import { toastWithAct } from './parts/act-toast.tsx';
import { Notice } from './parts/notice.tsx';
import parts from './parts/parts.module.css';
import { useAsk } from './parts/use-ask.ts';
import type { RequestOf } from './requests.ts';

const POLICIES: readonly { value: PathPolicy; label: string }[] = [
  { value: 'stay', label: 'Stay on a path that works' },
  { value: 'nearest', label: 'The nearest; back to it when it returns' },
  { value: 'fastest', label: 'The shortest round trip; back to it when it returns' },
];

/** Makes a remote disk a unit: which it is, what is on it, and how it is used. */
export function AttachDialog({ request: { disk_id } }: { request: RequestOf<'attach'> }) {
  const disk = useRow('disks', disk_id);
  const disks = useRows('disks');
  const exports = useRows('exports');
  const nbd = useNbd();
  const contents = useAsk('contents.inspect', disk?.offered === true ? { target: { disk_id } } : null);
  // The advice holds until someone chooses.
  const [access, setAccess] = useState<'rw' | 'ro' | null>(null);
  const [off, setOff] = useState<ReadonlySet<string> | null>(null);
  const [policy, setPolicy] = useState<PathPolicy>(UNIT_OPTION_DEFAULTS.path_policy);
  const [noPathKind, setNoPathKind] = useState<NoPath['kind']>('hold');
  const [holdSeconds, setHoldSeconds] = useState<number | string>(60);
  const [timeout, setTimeoutSeconds] = useState<number | string>(
    UNIT_OPTION_DEFAULTS.request_timeout_ms / 1000,
  );
  const [atStartup, setAtStartup] = useState(true);
  const [exposed, setExposed] = useState(true);
  const [alias, setAlias] = useState('');

  const writers = disk === undefined ? [] : writersOf(disk, contents.value, exports);
  const readOnly = access === null ? writers.length > 0 : access === 'ro';
  const noPath = noPathOf(noPathKind, holdSeconds);
  const timeoutMs = Math.round(Number(timeout) * 1000);
  const options: UnitOptions = {
    read_only: readOnly,
    no_path: noPath ?? UNIT_OPTION_DEFAULTS.no_path,
    path_policy: policy,
    request_timeout_ms: timeoutMs,
    at_startup: atStartup,
    exposed,
    alias: alias.trim() === '' ? null : alias.trim(),
  };
  const input = { disk_id, options };
  const blocked = blockOf(disk, off, noPath !== null, timeoutMs);
  return (
    <FormDialog
      title={`Attach ${disk?.label ?? 'disk'}`}
      submitLabel="Attach"
      busyLabel="Attaching"
      size="lg"
      fields={['options.alias', 'options.request_timeout_ms']}
      blocked={blocked}
      command={{
        cli: attachCommand(peersOf(disk), disk?.serial ?? '', options, nbd),
        command: 'units.attach',
        input,
      }}
      submit={(signal) => call('units.attach', input, { signal })}
      done={({ unit }) => {
        void disablePaths(unit, off);
        toastWithAct(`${unit} attached`, {
          label: 'Open',
          run: () => openObject({ kind: 'unit', id: unit }),
        });
      }}
    >
      {(form) => (
        <>
          {disk !== undefined && <DiskFacts disk={disk} />}
          {disk !== undefined && <Twins disk={disk} twins={twinsOf(disk, disks)} />}
          <Radio.Group
            label="Access"
            value={readOnly ? 'ro' : 'rw'}
            onChange={(value) => setAccess(value === 'ro' ? 'ro' : 'rw')}
            size="xs"
          >
            <Stack gap={4} mt={4}>
              <Radio
                value="rw"
                label="Read and write"
                disabled={form.busy}
                {...(readOnly ? {} : { 'data-autofocus': true })}
              />
              <Radio
                value="ro"
                label="Read-only: every write is refused here"
                disabled={form.busy}
                {...(readOnly ? { 'data-autofocus': true } : {})}
              />
            </Stack>
          </Radio.Group>
          {writers.length > 0 && (
            <Notice
              tone={readOnly ? 'info' : 'warn'}
              title={
                readOnly
                  ? 'Read-only is chosen, because something else may write it'
                  : 'Two writers destroy a file system'
              }
            >
              <ul>
                {writers.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            </Notice>
          )}
          <Peek asked={contents} />
          <PathsField paths={disk?.paths ?? []} off={off} disabled={form.busy} onChange={setOff} />
          <div className={parts.two}>
            <Select
              label="Path to use"
              data={POLICIES}
              value={policy}
              disabled={form.busy}
              onChange={(value) => setPolicy((value as PathPolicy | null) ?? 'stay')}
            />
            <NumberInput
              label="Time for an answer"
              min={0.1}
              max={3600}
              suffix=" s"
              value={timeout}
              onChange={setTimeoutSeconds}
              {...form.field('options.request_timeout_ms')}
            />
          </div>
          <NoPathField
            kind={noPathKind}
            seconds={holdSeconds}
            disabled={form.busy}
            onKind={setNoPathKind}
            onSeconds={setHoldSeconds}
          />
          <div className={parts.two}>
            <Stack gap={8}>
              <Checkbox
                label="Attach at startup"
                checked={atStartup}
                disabled={form.busy}
                onChange={(event) => setAtStartup(event.currentTarget.checked)}
              />
              <Checkbox
                label="Expose over NBD"
                description="Programs of this machine reach it"
                checked={exposed}
                disabled={form.busy}
                onChange={(event) => setExposed(event.currentTarget.checked)}
              />
            </Stack>
            <TextInput
              label="Alias"
              description="A name for you; the unit stays xaN"
              value={alias}
              maxLength={127}
              onChange={(event) => setAlias(event.currentTarget.value)}
              {...form.field('options.alias')}
            />
          </div>
        </>
      )}
    </FormDialog>
  );
}

function blockOf(
  disk: Disk | undefined,
  off: ReadonlySet<string> | null,
  isTimeRight: boolean,
  timeoutMs: number,
): string | null {
  if (disk === undefined) return 'The disk is not there any more';
  if (!disk.offered) return 'No peer offers it now';
  if (disk.unit !== null) return `It is attached already, as ${disk.unit}`;
  if (off !== null && disk.paths.every(({ id }) => off.has(id))) return 'Choose at least one path';
  if (!isTimeRight) return 'Type how many seconds requests are held';
  if (!(timeoutMs >= 100 && timeoutMs <= 3_600_000)) return 'The time for an answer is 0.1 s to 1 h';
  return null;
}

/** The peers a disk is offered by, as the command names them. */
function peersOf(disk: Disk | undefined) {
  const ids = new Set(disk?.paths.map(({ peer_id }) => peer_id));
  return getRows('peers').filter(({ id }) => ids.has(id));
}

/** Where units are served, as the command names it. */
function useNbd(): string | null {
  const { nbd_listen } = useSettings();
  const hello = useHello();
  if (nbd_listen !== '') return nbd_listen;
  return hello === null ? null : `unix:${hello.state_directory}/nbd.sock`;
}

/** Paths not chosen are disabled once the unit is there: before, there is nothing to disable them of. */
async function disablePaths(unit: string, off: ReadonlySet<string> | null): Promise<void> {
  for (const path of off ?? []) {
    try {
      await call('units.path', { unit, path, action: 'disable' });
    } catch (error) {
      toastFailed(`A path of ${unit} was not disabled`, error);
    }
  }
}
