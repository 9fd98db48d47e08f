import { Button, Group, Modal, Skeleton, Text, TextInput } from '@mantine/core';
import { CornerLeftUp, File, FileQuestion, Folder, HardDrive } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Output } from '../../../shared/contract.ts';
import type { CallError } from '../../../shared/errors.ts';
import { formatBytes } from '../../../shared/format.ts';
import type { FileEntry } from '../../../shared/model/contents.ts';
import { call, toCallError } from '../../connection/index.ts';
import { useUnits } from '../../stores/settings.ts';
import { ErrorPanel } from '../error-panel.tsx';
import styles from './form.module.css';

const ICONS = { folder: Folder, file: File, block_device: HardDrive, other: FileQuestion } as const;

/** The files and devices of the host's machine. */
export function FileBrowser(props: {
  title: string;
  kind: 'open' | 'save';
  start: string;
  onChoose(path: string): void;
  onClose(): void;
}) {
  const { kind, onChoose } = props;
  const system = useUnits();
  const [path, setPath] = useState<string | null>(folderOf(props.start));
  const [listing, setListing] = useState<Output<'files.list'> | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [chosen, setChosen] = useState<FileEntry | null>(null);
  const [name, setName] = useState('');

  useEffect(() => {
    const abort = new AbortController();
    setError(null);
    setChosen(null);
    call('files.list', { path }, { signal: abort.signal }).then(setListing, (thrown) => {
      if (!abort.signal.aborted) setError(toCallError(thrown));
    });
    return () => abort.abort();
  }, [path]);

  const target =
    kind === 'save' && listing !== null && name !== '' ? join(listing.path, name) : (chosen?.path ?? null);
  const pick = (entry: FileEntry) => {
    if (entry.kind === 'folder') return setPath(entry.path);
    setChosen(entry);
    if (kind === 'save') setName(entry.name);
  };
  return (
    <Modal opened onClose={props.onClose} title={props.title} size="lg" closeOnClickOutside={false}>
      <Text size="sm" className="mono" mb={6} aria-live="polite">
        {listing?.path ?? path ?? ''}
      </Text>
      {error !== null && (
        <ErrorPanel
          title="The folder cannot be listed"
          error={error}
          events={false}
          onRetry={() => setPath(listing?.path ?? null)}
        />
      )}
      <div className={styles.browser}>
        {listing === null && error === null && <Skeleton height={200} />}
        {listing?.parent != null && (
          <button type="button" className={styles.entry} onClick={() => setPath(listing.parent)}>
            <CornerLeftUp size={15} aria-hidden="true" /> <span className={styles.entryName}>Up</span>
          </button>
        )}
        {listing?.entries.map((entry) => {
          const Icon = ICONS[entry.kind];
          return (
            <button
              key={entry.path}
              type="button"
              className={styles.entry}
              aria-pressed={entry.kind === 'folder' ? undefined : chosen?.path === entry.path}
              disabled={entry.kind === 'other'}
              onClick={() => pick(entry)}
              onDoubleClick={() => entry.kind !== 'folder' && onChoose(entry.path)}
            >
              <Icon size={15} aria-hidden="true" />
              <span className={styles.entryName}>{entry.name}</span>
              {entry.size_bytes !== null && (
                <span className="num">{formatBytes(entry.size_bytes, system)}</span>
              )}
            </button>
          );
        })}
      </div>
      {listing?.cut && (
        <Text size="xs" c="dimmed">
          There are more entries than are listed: type the path instead.
        </Text>
      )}
      {kind === 'save' && (
        <TextInput
          mt="sm"
          label="Name"
          value={name}
          maxLength={255}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={props.onClose}>
          Cancel
        </Button>
        <Button disabled={target === null} onClick={() => target !== null && onChoose(target)}>
          Choose
        </Button>
      </Group>
    </Modal>
  );
}

/** The folder of a path being typed; null: where the host begins. */
function folderOf(path: string): string | null {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return at < 0 ? null : path.slice(0, at) || '/';
}

function join(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  return folder.endsWith(separator) ? folder + name : folder + separator + name;
}
