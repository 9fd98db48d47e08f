import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where the system tells of itself; others in tests. */
export interface SystemRoots {
  readonly sys: string;
  readonly proc: string;
}
export const SYSTEM: SystemRoots = { sys: '/sys', proc: '/proc' };

/** Devices stand on devices: a partition in an array in a volume group. Deeper than this nobody builds. */
const MAX_DEPTH = 6;

/**
 * What a block device, its partitions and what is built on them are used for here: `mounted on /mnt`,
 * `swap`, `part of md0, which is mounted on /srv`; those of a partition with its name in front. Pools of ZFS
 * are not told: the system keeps them to itself.
 * @param device its path, `/dev/nbd0`
 */
export function usesOf(device: string, roots: SystemRoots = SYSTEM): string[] {
  const name = nameOf(device);
  const own = usesOfName(name, roots, 0);
  const parts = partitionsOf(name, roots).flatMap((part) =>
    usesOfName(part, roots, 0).map((use) => `${part}: ${use}`),
  );
  return [...own, ...parts];
}

/** The kernel's name of a device: symbolic links followed, slashes written as it does. */
function nameOf(device: string): string {
  let path = device;
  try {
    path = realpathSync(device);
  } catch {
    // It is asked about under the name it has or had.
  }
  return path.replace(/^\/dev\//, '').replaceAll('/', '!');
}

function partitionsOf(name: string, { sys }: SystemRoots): string[] {
  const folder = join(sys, 'class/block', name);
  return names(folder).filter(
    (part) => part.startsWith(name) && names(join(folder, part)).includes('partition'),
  );
}

function usesOfName(name: string, roots: SystemRoots, depth: number): string[] {
  const path = `/dev/${name.replaceAll('!', '/')}`;
  const holders = names(join(roots.sys, 'class/block', name, 'holders'));
  return [
    ...mountPoints(name, path, roots).map((point) => `mounted on ${point}`),
    ...(swaps(roots).includes(path) ? ['swap'] : []),
    ...(depth < MAX_DEPTH ? holders : []).map((holder) => {
      const title = text(join(roots.sys, 'class/block', holder, 'dm/name')).trim();
      const its = usesOfName(holder, roots, depth + 1);
      const use = `part of ${title === '' ? holder : `${holder} (${title})`}`;
      return its.length > 0 ? `${use}, which is ${its.join(' and ')}` : use;
    }),
  ];
}

/** By device number, and by name: btrfs gives what it mounts a number of its own. */
function mountPoints(name: string, path: string, roots: SystemRoots): string[] {
  const number = text(join(roots.sys, 'class/block', name, 'dev')).trim();
  const points = text(join(roots.proc, 'self/mountinfo'))
    .split('\n')
    .flatMap((line) => {
      const [mount = '', source = ''] = line.split(' - ');
      const [, , device, , point = ''] = mount.split(' ');
      const isOurs = (number !== '' && device === number) || unescaped(source.split(' ')[1] ?? '') === path;
      return isOurs ? [unescaped(point)] : [];
    });
  return [...new Set(points)];
}

/** Devices and files swapped to. */
export function swaps({ proc }: SystemRoots = SYSTEM): string[] {
  const [, ...lines] = text(join(proc, 'swaps')).split('\n');
  return lines.map((line) => unescaped(line.split(/\s/)[0] ?? '')).filter((path) => path !== '');
}

/** The kernel writes blanks and the like as \040. */
function unescaped(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Names in a folder; none where there is none. */
export function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Text of a file; empty where there is none. */
export function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
