import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { formatDuration } from '../../../shared/format.ts';
import type { Contents, Target } from '../../../shared/model/contents.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Badge } from '../../components/status/badges.tsx';
import { useNow } from '../../components/values.tsx';
import { useAnswer } from '../../connection/use-answer.ts';
import styles from './contents.module.css';
import { HexView } from './hex-view.tsx';
import { PartitionMap } from './partition-map.tsx';
import { Found, PartitionTable } from './partition-table.tsx';
import { structuresOf } from './structures.ts';

/** What stands above, whatever is scrolled. */
const TABS_PX = 84;

const READ_ONLY = {
  word: 'Read-only view',
  glyph: 'lock',
  tone: 'info',
  hint: 'Nothing is written here',
} as const;

/** What is on a disk: partitions, file systems and bytes. Nothing of it is changed. */
export function ContentsTab({ target }: { target: Target }) {
  const { value, error, askedAt, retry, cancel } = useAnswer('contents.inspect', { target });
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Badge look={READ_ONLY} />
        <Button
          variant="default"
          leftSection={<RefreshCw size={13} />}
          disabled={askedAt !== null}
          onClick={retry}
        >
          Look again
        </Button>
      </Group>
      {error !== null && <ErrorPanel title="The disk cannot be looked at" error={error} onRetry={retry} />}
      {value !== null ? (
        <Known target={target} contents={value} />
      ) : (
        askedAt !== null && <Looking since={askedAt} onCancel={cancel} />
      )}
    </Stack>
  );
}

/** Reads may take long: a peer may be slow, or a unit may have no path. */
function Looking({ since, onCancel }: { since: number; onCancel(): void }) {
  const elapsed = useNow() - since;
  return (
    <Stack gap="xs" role="status" aria-label="Reading the disk">
      <Skeleton height={46} />
      <Skeleton height={90} />
      {elapsed >= 3000 && (
        <Group gap="xs">
          <Text size="sm">Waiting for the first blocks of the disk, {formatDuration(elapsed)}</Text>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** `scrollIntoView` would move the whole window with it. */
function scrollToTop(element: HTMLElement): void {
  const scroller = element.closest<HTMLElement>('[data-region] > *');
  const top = element.getBoundingClientRect().top - (scroller?.getBoundingClientRect().top ?? 0);
  scroller?.scrollBy({ top: top - TABS_PX });
}

const TABLES: Readonly<Record<Contents['table'], string>> = {
  none: 'No partition table',
  mbr: 'MBR partition table',
  gpt: 'GPT partition table',
  disklabel64: 'disklabel64 partition table',
};

function Known({ target, contents }: { target: Target; contents: Contents }) {
  const [cursor, setCursor] = useState(0);
  const hex = useRef<HTMLElement>(null);
  const structures = useMemo(() => structuresOf(contents), [contents]);
  const show = (offset: number) => {
    setCursor(offset);
    if (hex.current !== null) scrollToTop(hex.current);
  };
  const { partitions, signatures, problems, blank } = contents;
  return (
    <>
      <section>
        <h3 className={styles.heading}>
          {TABLES[contents.table]}
          {partitions.length > 0 &&
            `, ${partitions.length} ${partitions.length === 1 ? 'partition' : 'partitions'}`}
        </h3>
        <Stack gap="xs">
          <PartitionMap contents={contents} onShow={show} />
          {partitions.length > 0 && <PartitionTable contents={contents} onShow={show} />}
          {blank && (
            <Text size="sm">Blank: the first 64 KiB are zeros, and nothing is known to begin there.</Text>
          )}
          {!blank && partitions.length === 0 && signatures.length === 0 && (
            <Text size="sm">
              There is data, but nothing known by its first bytes: no partition table, no file system.
            </Text>
          )}
        </Stack>
      </section>
      {problems.length > 0 && (
        <section>
          <h3 className={styles.heading}>
            <Badge
              look={{ word: 'Problems', glyph: 'triangle', tone: 'warn', hint: 'What is wrong with it' }}
            />
          </h3>
          <ul className={styles.problems}>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </section>
      )}
      {signatures.length > 0 && (
        <section>
          <h3 className={styles.heading}>On the whole disk</h3>
          <Text size="sm" component="div">
            <Found signatures={signatures} />
          </Text>
        </section>
      )}
      <section ref={hex}>
        <h3 className={styles.heading}>Bytes</h3>
        <HexView
          target={target}
          contents={contents}
          structures={structures}
          cursor={cursor}
          onMove={setCursor}
        />
      </section>
    </>
  );
}
