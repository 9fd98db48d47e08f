import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const DRAFT = '.draft-';

/**
 * Replace a file, for its owner alone, so that the old or the new one stands, whole, whenever this process is
 * killed. Where it throws, the old one is as it was. Not write-file-atomic: that one does not look at how much
 * of the text the file system took, and so puts a cut file in place when the disk is full.
 * @param sync wait for stable storage, so that the same holds when the power fails
 * @throws the file system's error
 */
export function replaceFile(path: string, text: string, sync: boolean): void {
  const target = targetOf(path);
  const draft = `${target}${DRAFT}${process.pid}`;
  try {
    const file = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(file, text);
      if (sync) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Remove what writers that were killed left of a file. Only for the one process that writes it. */
export function removeDrafts(path: string): void {
  const target = targetOf(path);
  removeDraftsIn(dirname(target), basename(target));
}

/** Remove the drafts of all files of a directory whose names begin so. */
export function removeDraftsIn(directory: string, start = ''): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(start) && name.includes(DRAFT)) rmSync(join(directory, name), { force: true });
  }
}

/** The file itself where the path is a link: some keep their configs in one place and link them. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
