import { parseSizeInput } from '../../../shared/size-input.ts';
import type { Source } from './source-field.tsx';

/** The source as the host is given it; null while it is not complete. */
export function sourceText({ kind, path, size }: Source): string | null {
  if (kind === 'file') return path.trim() === '' ? null : path.trim();
  const read = parseSizeInput(size);
  return read.ok ? `memory:${read.bytes}` : null;
}

/** A source as the dialog shows it. */
export function sourceOf(text: string): Source {
  const size = text.startsWith('memory:') ? text.slice('memory:'.length) : null;
  return size === null ? { kind: 'file', path: text, size: '1GiB' } : { kind: 'memory', path: '', size };
}

/** Memory forgets: stopping its export destroys the content. */
export function isMemory(source: string): boolean {
  return source.startsWith('memory:');
}
