import { SegmentedControl, Text } from '@mantine/core';
import { useId } from 'react';
import { FileField, SizeInput } from '../../components/form/index.ts';
import { Section } from '../parts/section.tsx';

/** What is exported: something that is there, or memory made for it. */
export interface Source {
  readonly kind: 'file' | 'memory';
  readonly path: string;
  readonly size: string;
}

/** A file or device by its path, or memory by its size. */
export function SourceField(props: {
  source: Source;
  onChange(source: Source): void;
  error: string | undefined;
  disabled: boolean;
}) {
  const { source, onChange, error, disabled } = props;
  const label = useId();
  return (
    <Section title="Source">
      <SegmentedControl
        aria-labelledby={label}
        value={source.kind}
        disabled={disabled}
        data={[
          { value: 'file', label: 'File or block device' },
          { value: 'memory', label: 'Memory' },
        ]}
        onChange={(kind) => onChange({ ...source, kind: kind === 'memory' ? 'memory' : 'file' })}
      />
      <span id={label} className="visually-hidden">
        Kind of source
      </span>
      {source.kind === 'file' ? (
        <FileField
          label="Path"
          kind="open"
          description="Of this machine; a file keeps its size"
          placeholder="/srv/disk.img"
          value={source.path}
          error={error}
          disabled={disabled}
          autoFocus
          onChange={(path) => onChange({ ...source, path })}
        />
      ) : (
        <>
          <SizeInput
            label="Size"
            blockBytes={512}
            value={source.size}
            error={error}
            disabled={disabled}
            onChange={(size) => onChange({ ...source, size })}
          />
          <Text size="xs" c="dimmed">
            Fast and forgetful: its content is gone when the export or Spandrel ends.
          </Text>
        </>
      )}
    </Section>
  );
}
