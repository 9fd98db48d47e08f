import type { ReadOnlyReason } from './events.ts';

/** Why a unit can only be read, for people. */
export function readOnlySentence(reason: ReadOnlyReason | null): string {
  switch (reason) {
    case 'asked':
      return 'Read-only: it was attached so';
    case 'refused':
      return 'Read-only: the far end refuses to be written, and is asked again every 5 s';
    case 'other_writer':
      return 'Read-only: another client has it open for writing; it is asked again every 5 s';
    case null:
      return 'Read-only';
  }
}
