import type { Contents, Signature } from '../../../../shared/model/contents.ts';
import { formatSize } from '../../../target/media/size.ts';

/** A partition as its table tells it, in bytes from the start of the disk. */
export interface Entry {
  readonly number: number;
  readonly type: string;
  readonly name: string | null;
  readonly startBytes: number;
  readonly sizeBytes: number;
  readonly bootable: boolean;
  /** It holds other partitions of the same table. */
  readonly isContainer?: boolean;
}

/** A partition table that was found. */
export interface Table {
  readonly kind: Exclude<Contents['table'], 'none'>;
  readonly entries: readonly Entry[];
  /** Sentences, without a full stop. */
  readonly problems: readonly string[];
  /** The table itself. */
  readonly signatures: readonly Signature[];
}

/** More partitions than this are not listed: a table can claim thousands. */
export const MAX_ENTRIES = 1024;

/** What is wrong with where partitions lie. */
export function misplaced(entries: readonly Entry[], diskBytes: number): string[] {
  const problems: string[] = [];
  for (const { number, startBytes, sizeBytes } of entries) {
    const end = startBytes + sizeBytes;
    if (startBytes >= diskBytes) problems.push(`partition ${number} begins beyond the end of the disk`);
    else if (end > diskBytes) {
      problems.push(`partition ${number} ends ${formatSize(end - diskBytes)} beyond the end of the disk`);
    }
  }
  const inOrder = entries
    .filter((entry) => entry.isContainer !== true)
    .sort((a, b) => a.startBytes - b.startBytes);
  let furthest: Entry | undefined;
  for (const entry of inOrder) {
    if (furthest !== undefined && entry.startBytes < endOf(furthest)) {
      problems.push(`partitions ${furthest.number} and ${entry.number} overlap`);
    }
    if (furthest === undefined || endOf(entry) > endOf(furthest)) furthest = entry;
  }
  return problems;
}

function endOf({ startBytes, sizeBytes }: Entry): number {
  return startBytes + sizeBytes;
}
