import { Button, Group, Radio, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type NoPath, PathPolicy, type Unit } from '../../../shared/model/unit.ts';
import { ActButton } from '../../components/act-button.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { useSubmit } from '../../components/form/index.ts';
import { call } from '../../connection/index.ts';
import { readOnlyReason } from '../../pages/units/cells.tsx';
import { toastDone } from '../../stores/toast.ts';
import { changesOf, draftOf, type OptionsDraft } from './options-draft.ts';
import styles from './unit.module.css';
import { POLICY_WORDS } from './words.ts';

const FIELDS = ['alias', 'no_path', 'path_policy', 'request_timeout_ms', 'at_startup', 'exposed'] as const;
const NO_PATHS: readonly { kind: NoPath['kind']; label: string; text: string }[] = [
  { kind: 'hold', label: 'Hold forever', text: 'Requests wait until a path returns' },
  { kind: 'seconds', label: 'Hold for some time, then fail', text: 'Programs get I/O errors after it' },
  { kind: 'fail', label: 'Fail at once', text: 'Programs get I/O errors immediately' },
];

/** The options of a unit that can change while it is attached. */
export function OptionsTab({ unit }: { unit: Unit }) {
  // null: nothing was typed, so the form follows what others change.
  const [draft, setDraft] = useState<OptionsDraft | null>(null);
  const shown = draft ?? draftOf(unit.options);
  const { change, errors } = changesOf(shown, unit.options);
  const { busySince, error, submit } = useSubmit(
    (signal) => call('units.update', { unit: unit.name, options: change }, { signal }),
    () => {
      setDraft(null);
      toastDone(`The options of ${unit.name} are saved`);
    },
  );
  const busy = busySince !== null;
  const set = (part: Partial<OptionsDraft>) => setDraft({ ...shown, ...part });
  const atField = (name: string) =>
    error?.field === `options.${name}` || error?.field?.startsWith(`options.${name}.`) === true;
  const errorAt = (name: (typeof FIELDS)[number]) =>
    errors[name] ?? (atField(name) ? error?.message : undefined);
  const invalid = Object.keys(errors).length > 0;
  const nothing = !invalid && Object.keys(change).length === 0;
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!invalid && !nothing) void submit();
      }}
    >
      <TextInput
        label="Alias"
        description={`A name for people; ${unit.name} stays ${unit.name}`}
        placeholder={unit.label}
        value={shown.alias}
        maxLength={127}
        disabled={busy}
        error={errorAt('alias')}
        onChange={(event) => set({ alias: event.currentTarget.value })}
      />
      <Radio.Group
        label="While there is no path"
        size="xs"
        value={shown.noPath}
        error={shown.noPath === 'seconds' ? undefined : errorAt('no_path')}
        onChange={(kind) =>
          set({ noPath: NO_PATHS.find((each) => each.kind === kind)?.kind ?? shown.noPath })
        }
      >
        <Stack gap={6} mt={4}>
          {NO_PATHS.map(({ kind, label, text }) => (
            <Radio key={kind} value={kind} label={label} description={text} disabled={busy} />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label="Hold for, seconds"
        inputMode="decimal"
        value={shown.holdSeconds}
        maxLength={12}
        disabled={busy || shown.noPath !== 'seconds'}
        description="Only where requests are held for some time"
        error={shown.noPath === 'seconds' ? errorAt('no_path') : undefined}
        onChange={(event) => set({ holdSeconds: event.currentTarget.value })}
      />
      <Select
        label="Path policy"
        description={POLICY_WORDS[shown.policy].text}
        data={PathPolicy.options.map((value) => ({ value, label: POLICY_WORDS[value].word }))}
        value={shown.policy}
        disabled={busy}
        error={errorAt('path_policy')}
        onChange={(value) => {
          const policy = PathPolicy.safeParse(value);
          if (policy.success) set({ policy: policy.data });
        }}
      />
      <TextInput
        label="Time-out of a request, seconds"
        description="Without an answer in this time the path counts as broken and the request is sent on another"
        inputMode="decimal"
        value={shown.timeoutSeconds}
        maxLength={12}
        disabled={busy}
        error={errorAt('request_timeout_ms')}
        onChange={(event) => set({ timeoutSeconds: event.currentTarget.value })}
      />
      <Switch
        label="Attach again when Spandrel starts"
        checked={shown.atStartup}
        disabled={busy}
        error={errorAt('at_startup')}
        onChange={(event) => set({ atStartup: event.currentTarget.checked })}
      />
      <Switch
        label="Expose over NBD"
        description="Programs of this machine reach it; hiding it ends what they have open"
        checked={shown.exposed}
        disabled={busy}
        error={errorAt('exposed')}
        onChange={(event) => set({ exposed: event.currentTarget.checked })}
      />
      <Text size="sm">
        {unit.read_only ? readOnlyReason(unit) : 'Access: read-write'}.{' '}
        <span className="dim">It is chosen when a disk is attached: detach it to choose anew.</span>
      </Text>
      {error !== null && !FIELDS.some(atField) && (
        <ErrorPanel title={`The options of ${unit.name} were not saved`} error={error} />
      )}
      <Group gap="xs">
        <ActButton
          variant="filled"
          loading={busy}
          reason={invalid ? 'Something above is not right' : nothing ? 'Nothing has been changed' : null}
          onClick={() => void submit()}
        >
          Save
        </ActButton>
        <Button variant="default" disabled={busy || draft === null} onClick={() => setDraft(null)}>
          Revert
        </Button>
      </Group>
    </form>
  );
}
