import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { bootId } from './boot-id.ts';

/** What a process leaves in a file by which others tell whether it still runs. */
export const ProcessMark = z.object({
  /** A state directory may be copied to another host, or be shared with one: its processes cannot be seen. */
  host: z.string(),
  pid: z.number().int(),
  /** When that process began, as the system counts; null where it does not tell. */
  started: z.string().nullable(),
});
export type ProcessMark = z.infer<typeof ProcessMark>;

/** @param pid of a process of this host */
export function markOf(pid: number): ProcessMark {
  return { host: hostname(), pid, started: startOf(pid) };
}

/** Whether it is of another process of this host, which runs. */
export function runsBesideUs({ host, pid, started }: ProcessMark): boolean {
  if (host !== hostname() || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // It lives, and is another user's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/** When a process began, in ticks since the system's start with that start's id: pids come again, these do not. */
function startOf(pid: number): string | null {
  try {
    // proc(5): field 22 is starttime; field 2, in parentheses, may itself have any character.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${bootId()}/${fields[22 - 3]}`;
  } catch {
    return null;
  }
}
