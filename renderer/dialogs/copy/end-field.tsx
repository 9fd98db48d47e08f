import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { formatBytes } from '../../../shared/format.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { FileField } from '../../components/form/index.ts';
import { useUnits } from '../../stores/settings.ts';
import { Section } from '../parts/section.tsx';
import { type End, endProblem } from './ends.ts';

const KINDS = [
  { value: 'unit', label: 'Attached disk' },
  { value: 'file', label: 'File or device' },
  { value: 'uri', label: 'URI' },
] as const;

/** One end of a copy: a unit, a file of this machine, or a disk by its URI. */
export function EndField(props: {
  title: 'From' | 'To';
  end: End;
  units: readonly Unit[];
  error: string | undefined;
  disabled: boolean;
  autoFocus?: boolean;
  onChange(end: End): void;
}) {
  const { title, end, units, error, disabled, onChange } = props;
  const system = useUnits();
  return (
    <Section title={title}>
      <SegmentedControl
        aria-label={`${title}: kind`}
        value={end.kind}
        disabled={disabled}
        data={[...KINDS]}
        onChange={(kind) =>
          onChange({ ...end, kind: KINDS.find(({ value }) => value === kind)?.value ?? 'file' })
        }
      />
      {end.kind === 'unit' && (
        <Select
          aria-label={`${title}: attached disk`}
          placeholder={units.length === 0 ? 'No disk is attached' : 'Choose a disk'}
          data={units.map(({ name, label, size_bytes, options: { alias } }) => ({
            value: name,
            label: `${name}  ${alias ?? label}, ${formatBytes(size_bytes, system)}`,
          }))}
          value={end.unit === '' ? null : end.unit}
          disabled={disabled || units.length === 0}
          error={error}
          {...(props.autoFocus === true ? { 'data-autofocus': true } : {})}
          onChange={(unit) => onChange({ ...end, unit: unit ?? '' })}
        />
      )}
      {end.kind === 'file' && (
        <FileField
          label={`${title}: path`}
          kind={title === 'From' ? 'open' : 'save'}
          placeholder={title === 'From' ? '/srv/disk.img' : '/srv/backup.img; it is made if it is not there'}
          value={end.path}
          error={error}
          disabled={disabled}
          autoFocus={props.autoFocus === true}
          onChange={(path) => onChange({ ...end, path })}
        />
      )}
      {end.kind === 'uri' && (
        <TextInput
          aria-label={`${title}: URI`}
          placeholder="dmsg://nas.example:987/DISK-0001"
          value={end.uri}
          maxLength={4096}
          spellCheck={false}
          error={error ?? endProblem(end)}
          disabled={disabled}
          {...(props.autoFocus === true ? { 'data-autofocus': true } : {})}
          onChange={(event) => onChange({ ...end, uri: event.currentTarget.value })}
        />
      )}
    </Section>
  );
}
