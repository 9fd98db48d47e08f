import type { Stats } from 'node:fs';
import { realpath, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../../target/media/size.ts';
import { names, SYSTEM, swaps, text, usesOf } from './block-uses.ts';

/**
 * What a file or block device is used for here, which makes it unsafe to let others write it: where it or its
 * partitions are mounted, what is built on it, swap, loop devices.
 * @returns nothing where it cannot be looked at, as where there is none
 */
export async function usesOfSource(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found?.isBlockDevice()) return usesOf(await realpath(path));
  return found?.isFile() ? usesOfFile(found) : [];
}

async function usesOfFile(file: Stats): Promise<string[]> {
  const isIt = async (path: string): Promise<boolean> => {
    const other = await stat(path).catch(() => null);
    return other !== null && other.dev === file.dev && other.ino === file.ino;
  };
  const uses: string[] = [];
  for (const path of swaps()) if (await isIt(path)) uses.push('swap');
  for (const loop of names(join(SYSTEM.sys, 'block')).filter((name) => /^loop\d+$/.test(name))) {
    const backing = text(join(SYSTEM.sys, 'block', loop, 'loop/backing_file')).trimEnd();
    if (backing === '' || !(await isIt(backing))) continue;
    const its = usesOf(`/dev/${loop}`);
    uses.push(`attached as /dev/${loop}${its.length > 0 ? `, which is ${its.join(' and ')}` : ''}`);
  }
  return uses;
}

/**
 * Whether a sparse file can outgrow its file system, which would fail writes its clients were promised room
 * for.
 * @returns a sentence for people, or null
 */
export async function spaceWarning(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return null;
  const missing = found.size - found.blocks * 512;
  const { bavail, bsize } = await statfs(path);
  const free = bavail * bsize;
  if (missing <= free) return null;
  return (
    `${path} is sparse: it can grow by ${formatSize(missing)}, and its file system has ${formatSize(free)} free; ` +
    'writes beyond that will fail'
  );
}
