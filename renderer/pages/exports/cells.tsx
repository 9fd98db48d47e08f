import type { Export } from '../../../shared/model/export.ts';
import { Badge, ExportBadge, ReadOnlyBadge } from '../../components/status/badges.tsx';
import { ACCESS_LOOKS, type Look } from '../../components/status/words.ts';
import { SentenceCell } from '../../components/table/sentence-cell.tsx';
import { NoValue, Size } from '../../components/values.tsx';
import { allowText } from '../../dialogs/keys/allow-words.ts';
import { useStale } from '../../stores/freshness.ts';
import { useSettings } from '../../stores/settings.ts';

const WARNING: Look = { word: 'Warning', glyph: 'triangle', tone: 'warn', hint: '' };

/** The state, and why it is so where that is not plain. */
export function StateCell({ item }: { item: Export }) {
  const stale = useStale();
  const why = item.error ?? item.warning;
  return (
    <SentenceCell sentence={stale ? null : why}>
      <ExportBadge item={item} />
      {!stale && item.error === null && item.warning !== null && <Badge look={WARNING} hint={item.warning} />}
    </SentenceCell>
  );
}

export function accessText({ read_only, read_only_reason, writers }: Export): string {
  if (!read_only) return writers === 'many' ? 'Read-write, many' : 'Read-write';
  return read_only_reason === null ? 'Read-only' : `Read-only: ${read_only_reason}`;
}

export function accessHint({ read_only, writers }: Export): string {
  if (read_only) return 'Peers cannot write it';
  return writers === 'many'
    ? 'Several clients may have it open for writing at once'
    : 'One client at a time may have it open for writing; others read it meanwhile';
}

export function AccessCell({ item }: { item: Export }) {
  if (!item.read_only)
    return <Badge look={ACCESS_LOOKS.granted} word={accessText(item)} hint={accessHint(item)} />;
  return (
    <SentenceCell sentence={item.read_only_reason}>
      <ReadOnlyBadge hint={accessText(item)} />
    </SentenceCell>
  );
}

/** Of a source that is not open nothing is known. */
export function ExportSize({ item, of }: { item: Export; of: 'size_bytes' | 'allocated_bytes' }) {
  if (item.size_bytes === 0) return <NoValue />;
  return <Size bytes={item[of]} blockBytes={of === 'size_bytes' ? item.block_bytes : null} />;
}

/** Who may use it, by number; their names in the hint. */
export function AllowCell({ item }: { item: Export }) {
  const settings = useSettings();
  const names = item.allow.map(
    ({ name, fingerprint, access }) => `${name ?? fingerprint}${access === 'ro' ? ', read-only' : ''}`,
  );
  return (
    <span data-hint={names.length === 0 ? undefined : names.join('; ')}>{allowText(item, settings)}</span>
  );
}
