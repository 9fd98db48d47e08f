import { Checkbox, Input, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { exportCommand } from '../../shared/command-line.ts';
import type { Writers } from '../../shared/events.ts';
import { FormDialog, type FormState } from '../components/form/index.ts';
import { call } from '../connection/index.ts';
import { useSettings } from '../stores/settings.ts';
import { openObject } from '../stores/ui.ts';
import { CheckView } from './export/check-view.tsx';
import { OfferedAt } from './export/offered-at.tsx';
import { sourceOf, sourceText } from './export/source.ts';
import { SourceField } from './export/source-field.tsx';
import { WritersSwitch } from './export/writers-switch.tsx';
import { useAllowDraft } from './keys/allow-draft.ts';
import { AllowList } from './keys/allow-list.tsx';
import { toastWithAct } from './parts/act-toast.tsx';
import parts from './parts/parts.module.css';
import { Section } from './parts/section.tsx';
import { useAsk } from './parts/use-ask.ts';
import type { RequestOf } from './requests.ts';

const FIELDS = ['source', 'label', 'serial', 'block_bytes', 'read_only', 'allow', 'writers'] as const;
const TYPING_MS = 300;
const named = (text: string) => (text.trim() === '' ? null : text.trim());

/** Offers a file, device or memory of this machine; what peers will see is shown while it is typed. */
export function ExportDialog({ request }: { request: RequestOf<'export'> }) {
  const settings = useSettings();
  const [source, setSource] = useState(sourceOf(request.source ?? ''));
  const [label, setLabel] = useState('');
  const [serial, setSerial] = useState('');
  const [block, setBlock] = useState<'auto' | '512' | '4096'>('auto');
  const [wantsReadOnly, setReadOnly] = useState(false);
  const [writers, setWriters] = useState<Writers>('one');
  const allowed = useAllowDraft();
  const text = sourceText(source);
  const wanted = {
    source: text ?? '',
    label: named(label),
    serial: named(serial),
    block_bytes: block === 'auto' ? null : block === '512' ? (512 as const) : (4096 as const),
    read_only: wantsReadOnly,
  };
  const check = useAsk('exports.check', text === null ? null : wanted, TYPING_MS);
  const inUse = (check.value?.in_use_by.length ?? 0) > 0;
  const forced = inUse || check.value?.read_only_reason != null;
  const input = { ...wanted, read_only: wantsReadOnly || inUse, allow: [...allowed.keys], writers };
  const atField = FIELDS.some((field) => field === check.error?.field);
  const errorAt = (form: FormState, field: (typeof FIELDS)[number]) =>
    form.field(field).error ?? (check.error?.field === field ? check.error.message : undefined);
  const blocked =
    text === null
      ? source.kind === 'file'
        ? 'Choose a source'
        : 'Type a size'
      : atField
        ? 'Mend what is marked first'
        : allowed.blocked;
  return (
    <FormDialog
      title="Export"
      submitLabel="Export"
      busyLabel="Exporting"
      size="lg"
      fields={FIELDS}
      blocked={blocked}
      command={{
        cli: exportCommand(input, {
          listen: settings.export_listen,
          connect: settings.export_connect,
          insecure_plain: settings.insecure_plain,
        }),
        command: 'exports.create',
        input,
      }}
      submit={(signal) => call('exports.create', input, { signal })}
      done={({ id }) =>
        toastWithAct(`${input.label ?? check.value?.label ?? input.source} is exported`, {
          label: 'Open',
          run: () => openObject({ kind: 'export', id }),
        })
      }
    >
      {(form) => (
        <>
          <SourceField
            source={source}
            disabled={form.busy}
            error={errorAt(form, 'source')}
            onChange={setSource}
          />
          <CheckView asked={check} atField={atField} />
          <div className={parts.two}>
            <TextInput
              label="Label"
              description="How peers see it"
              placeholder={check.value?.label ?? 'from the source'}
              value={label}
              maxLength={127}
              onChange={(event) => setLabel(event.currentTarget.value)}
              disabled={form.busy}
              error={errorAt(form, 'label')}
            />
            <TextInput
              label="Serial"
              description="One serial is one disk"
              placeholder={check.value?.serial ?? 'from the source'}
              value={serial}
              maxLength={127}
              spellCheck={false}
              onChange={(event) => setSerial(event.currentTarget.value)}
              disabled={form.busy}
              error={errorAt(form, 'serial')}
            />
          </div>
          <div className={parts.two}>
            <BlockField
              value={block}
              disabled={form.busy}
              error={errorAt(form, 'block_bytes')}
              onChange={setBlock}
            />
            <Stack gap={4}>
              <Checkbox
                mt={22}
                label="Read-only"
                description={inUse ? 'In use here: not otherwise' : 'Peers cannot write it'}
                checked={wantsReadOnly || forced}
                disabled={form.busy || forced}
                error={errorAt(form, 'read_only')}
                onChange={(event) => setReadOnly(event.currentTarget.checked)}
              />
            </Stack>
          </div>
          <Section title="Who may use it">
            <AllowList
              draft={allowed}
              readOnly={wantsReadOnly || forced}
              disabled={form.busy}
              error={form.field('allow').error}
            />
            {!(wantsReadOnly || forced) && (
              <WritersSwitch
                value={writers}
                disabled={form.busy}
                error={errorAt(form, 'writers')}
                onChange={setWriters}
              />
            )}
          </Section>
          <OfferedAt />
        </>
      )}
    </FormDialog>
  );
}

const BLOCKS = [
  { value: 'auto', label: 'As the source' },
  { value: '512', label: '512 B' },
  { value: '4096', label: '4096 B' },
] as const;

function BlockField(props: {
  value: (typeof BLOCKS)[number]['value'];
  disabled: boolean;
  error: string | undefined;
  onChange(value: (typeof BLOCKS)[number]['value']): void;
}) {
  const label = useId();
  return (
    <Stack gap={4}>
      <Input.Label size="xs" component="span" id={label}>
        Block size
      </Input.Label>
      <SegmentedControl
        aria-labelledby={label}
        value={props.value}
        disabled={props.disabled}
        data={[...BLOCKS]}
        onChange={(value) => props.onChange(BLOCKS.find((block) => block.value === value)?.value ?? 'auto')}
      />
      {props.error !== undefined && (
        <Text size="xs" c="err" role="alert">
          {props.error}
        </Text>
      )}
    </Stack>
  );
}
