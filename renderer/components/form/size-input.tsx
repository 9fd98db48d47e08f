import { Button, Group, TextInput } from '@mantine/core';
import { formatBytes, formatCount } from '../../../shared/format.ts';
import { echoSize, parseSizeInput } from '../../../shared/size-input.ts';
import styles from './form.module.css';

/**
 * A size as people type it: `16MiB`, `16 M`, `16MB`, `16777216B`, `32768s`. Says what it was read as, and
 * offers the sizes next to one that does not fit.
 */
export function SizeInput(props: {
  label: string;
  value: string;
  onChange(value: string): void;
  blockBytes: number;
  /** Empty is fine. */
  optional?: boolean;
  description?: string;
  placeholder?: string;
  error?: string | undefined;
  disabled?: boolean;
  /** A dialog opens with the focus in it. */
  autoFocus?: boolean;
}) {
  const { value, blockBytes, onChange } = props;
  const read = parseSizeInput(value, blockBytes);
  const empty = value.trim() === '';
  const problem = read.ok || empty ? undefined : `“${value.trim()}” ${read.message}`;
  return (
    <div>
      <TextInput
        label={props.label}
        description={props.description}
        placeholder={props.placeholder ?? '16GiB'}
        value={value}
        error={props.error ?? problem}
        disabled={props.disabled ?? false}
        required={props.optional !== true}
        spellCheck={false}
        {...(props.autoFocus === true ? { 'data-autofocus': true } : {})}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {read.ok && <span className={styles.echo}>{echoSize(read.bytes, blockBytes)}</span>}
      {!read.ok && read.nearest.length > 0 && (
        <Group gap={6} mt={4}>
          {read.nearest.map((bytes) => (
            <Button key={bytes} variant="default" size="compact-xs" onClick={() => onChange(`${bytes}B`)}>
              {formatCount(bytes)} B ({formatBytes(bytes)})
            </Button>
          ))}
        </Group>
      )}
    </div>
  );
}
