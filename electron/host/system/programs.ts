import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs of the system that some things need. */

export type ProgramName = 'ss' | 'nbd-client';

/** Where programs for administrators lie, though they may not be on a user's path. */
const MORE_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** How the families of Linux install packages, and what ours are called there. */
const FAMILIES: ReadonlyMap<
  string,
  { readonly command: string; readonly packages: Record<ProgramName, string> }
> = new Map([
  ['debian', { command: 'apt install', packages: { ss: 'iproute2', 'nbd-client': 'nbd-client' } }],
  ['fedora', { command: 'dnf install', packages: { ss: 'iproute', 'nbd-client': 'nbd' } }],
  ['rhel', { command: 'dnf install', packages: { ss: 'iproute', 'nbd-client': 'nbd' } }],
  ['suse', { command: 'zypper install', packages: { ss: 'iproute2', 'nbd-client': 'nbd' } }],
  ['arch', { command: 'pacman -S', packages: { ss: 'iproute2', 'nbd-client': 'nbd' } }],
  ['alpine', { command: 'apk add', packages: { ss: 'iproute2', 'nbd-client': 'nbd-client' } }],
]);

/** Where programs are looked for, as the variable PATH. */
export function programPath(): string {
  return [process.env.PATH ?? '', ...MORE_FOLDERS].filter((folder) => folder !== '').join(delimiter);
}

export function isInstalled(program: ProgramName): boolean {
  return programPath()
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));
}

/**
 * The command that installs a program.
 * @param release the text of os-release(5)
 * @returns null where this kind of system is not known
 */
export function installCommand(program: ProgramName, release = osRelease()): string | null {
  const names = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, ids = '']) =>
    ids.split(' '),
  );
  const family = names.map((name) => FAMILIES.get(name)).find((known) => known !== undefined);
  return family === undefined ? null : `sudo ${family.command} ${family.packages[program]}`;
}

function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
