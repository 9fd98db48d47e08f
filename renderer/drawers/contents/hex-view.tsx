import { ActionIcon, Button, Group, Stack, Tooltip } from '@mantine/core';
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { formatCount } from '../../../shared/format.ts';
import type { Contents, Target } from '../../../shared/model/contents.ts';
import { parseSizeInput } from '../../../shared/size-input.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { SizeInput } from '../../components/form/index.ts';
import { useAnswer } from '../../connection/use-answer.ts';
import styles from './hex.module.css';
import {
  asciiByte,
  bytesOf,
  CHUNK_BYTES,
  chunkOf,
  clampOffset,
  hexByte,
  PAGE_BYTES,
  pageOf,
  ROW_BYTES,
} from './hex-page.ts';
import { HexTable } from './hex-table.tsx';
import { roleStyle } from './partition-map.tsx';
import { partitionAt, type Structure, structureAt } from './structures.ts';

/** The bytes of a disk, to look at only, with what is known of them marked. */
export function HexView(props: {
  target: Target;
  contents: Contents;
  structures: readonly Structure[];
  cursor: number;
  onMove(offset: number): void;
}) {
  const { target, contents, structures, cursor, onMove } = props;
  const { size_bytes: sizeBytes } = contents;
  const page = pageOf(cursor);
  const chunk = chunkOf(page);
  const length = Math.min(CHUNK_BYTES, sizeBytes - chunk);
  const answer = useAnswer('contents.read', { target, offset: chunk, length });
  const data = useMemo(() => (answer.value === null ? null : bytesOf(answer.value.data)), [answer.value]);
  const ready = answer.current && data !== null;
  const bytes = ready ? data.subarray(page - chunk, page - chunk + PAGE_BYTES) : null;
  const lastPage = pageOf(sizeBytes - 1);

  const step = (label: string, to: number, Icon: typeof ChevronLeft) => (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={pageOf(to) === page} onClick={() => onMove(to)}>
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Stack gap="xs">
      <Jump sizeBytes={sizeBytes} onJump={onMove} />
      <Group gap={4}>
        {step('First page', 0, ChevronFirst)}
        {step('Previous page', clampOffset(page - PAGE_BYTES, sizeBytes), ChevronLeft)}
        {step('Next page', Math.min(page + PAGE_BYTES, lastPage), ChevronRight)}
        {step('Last page', lastPage, ChevronLast)}
        <span className="num dim" role="status">
          {formatCount(page)} – {formatCount(Math.min(page + PAGE_BYTES, sizeBytes) - 1)} of{' '}
          {formatCount(sizeBytes)} B
        </span>
      </Group>
      {structures.length > 0 && (
        <section className={styles.legend} aria-label="Marked structures">
          {structures.map((one) => (
            <button
              key={`${one.name} ${one.offset}`}
              type="button"
              style={roleStyle(one.role)}
              data-hint={`${formatCount(one.bytes)} B at byte ${formatCount(one.offset)}. Click: show them`}
              onClick={() => onMove(one.offset)}
            >
              {one.name}
            </button>
          ))}
        </section>
      )}
      <div className={styles.inspector} aria-live="polite">
        <Inspector
          contents={contents}
          structures={structures}
          cursor={cursor}
          byte={bytes?.[cursor - page]}
        />
      </div>
      {answer.error !== null && (
        <ErrorPanel title="These bytes cannot be read" error={answer.error} onRetry={answer.retry} />
      )}
      <HexTable
        page={page}
        bytes={bytes}
        old={!ready && answer.error === null}
        sizeBytes={sizeBytes}
        structures={structures}
        cursor={cursor}
        onMove={onMove}
      />
    </Stack>
  );
}

/** The byte under the cursor, and what it is part of. */
function Inspector(props: {
  contents: Contents;
  structures: readonly Structure[];
  cursor: number;
  byte: number | undefined;
}) {
  const { contents, structures, cursor, byte } = props;
  const structure = structureAt(structures, cursor);
  const partition = partitionAt(contents.partitions, cursor);
  return (
    <>
      Byte {formatCount(cursor)} (0x{cursor.toString(16)}, block{' '}
      {formatCount(Math.floor(cursor / contents.block_bytes))})
      {byte !== undefined &&
        `: ${hexByte(byte)} = ${byte}${asciiByte(byte) === '·' ? '' : ` “${asciiByte(byte)}”`}`}
      <br />
      {structure === undefined
        ? 'Part of no known structure'
        : `Byte ${formatCount(cursor - structure.offset)} of ${structure.name}`}
      {partition !== undefined &&
        `, byte ${formatCount(cursor - partition.start_bytes)} of partition ${partition.number}`}
    </>
  );
}

function Jump({ sizeBytes, onJump }: { sizeBytes: number; onJump(offset: number): void }) {
  const [text, setText] = useState('');
  const read = parseSizeInput(text, ROW_BYTES);
  const beyond = read.ok && read.bytes >= sizeBytes;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (read.ok && !beyond) onJump(read.bytes);
  };
  return (
    <form className={styles.jump} onSubmit={submit} noValidate>
      <SizeInput
        label="Go to offset"
        value={text}
        onChange={setText}
        blockBytes={ROW_BYTES}
        optional
        error={beyond ? `The disk ends at ${formatCount(sizeBytes)} B` : undefined}
      />
      <Button type="submit" variant="default" disabled={!read.ok || beyond}>
        Go
      </Button>
    </form>
  );
}
