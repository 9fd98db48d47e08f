import type { Dirent, Stats } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Output } from '../../../shared/contract.ts';
import type { FileEntry } from '../../../shared/model/contents.ts';
import { readDeviceFacts } from '../../target/media/block-device.ts';
import { InputError } from '../api/call-error.ts';

const MAX_ENTRIES = 2000;
/** Of a folder with more than this not even all names are read. */
const MAX_NAMES = 50_000;
const AT_A_TIME = 32;

const byName = new Intl.Collator('en', { numeric: true });

/**
 * What a folder of this machine holds: folders first, then by name; of many the first 2,000. What cannot be
 * looked at is listed without size and time.
 * @param path null: the home folder
 * @throws InputError `path`
 */
export async function listFiles(path: string | null): Promise<Output<'files.list'>> {
  const folder = resolve(path ?? homedir());
  const { found, isCut } = await namesIn(folder);
  const first = found.sort((a, b) => order(a, b)).slice(0, MAX_ENTRIES);
  const entries: FileEntry[] = [];
  for (let at = 0; at < first.length; at += AT_A_TIME) {
    entries.push(
      ...(await Promise.all(first.slice(at, at + AT_A_TIME).map((entry) => describe(folder, entry)))),
    );
  }
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    // A link to a folder is known to be one only now.
    entries: entries.sort(
      (a, b) => rank(a.kind === 'folder') - rank(b.kind === 'folder') || byName.compare(a.name, b.name),
    ),
    cut: isCut || found.length > MAX_ENTRIES,
  };
}

async function namesIn(folder: string): Promise<{ found: Dirent[]; isCut: boolean }> {
  const found: Dirent[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      if (found.length === MAX_NAMES) return { found, isCut: true };
      found.push(entry);
    }
    return { found, isCut: false };
  } catch (error) {
    throw new InputError('path', `${folder} ${causeOf(error as NodeJS.ErrnoException)}`, error);
  }
}

function causeOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'is not there';
    case 'ENOTDIR':
      return 'is no folder';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by this user';
    default:
      return `cannot be listed: ${message}`;
  }
}

function order(a: Dirent, b: Dirent): number {
  return rank(a.isDirectory()) - rank(b.isDirectory()) || byName.compare(a.name, b.name);
}

function rank(isFolder: boolean): number {
  return isFolder ? 0 : 1;
}

async function describe(folder: string, entry: Dirent): Promise<FileEntry> {
  const path = join(folder, entry.name);
  const found = await stat(path).catch(() => null);
  return {
    name: entry.name,
    path,
    kind: kindOf(found ?? entry),
    size_bytes: found === null ? null : await sizeOf(found),
    modified_at: found === null ? null : Math.round(found.mtimeMs),
  };
}

function kindOf(entry: Stats | Dirent): FileEntry['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  return entry.isBlockDevice() ? 'block_device' : 'other';
}

async function sizeOf(found: Stats): Promise<number | null> {
  if (found.isFile()) return found.size;
  if (!found.isBlockDevice()) return null;
  return (await readDeviceFacts(found.rdev))?.sizeBytes ?? null;
}
