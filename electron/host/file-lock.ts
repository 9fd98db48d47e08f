import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { removeDrafts } from './atomic-file.ts';
import { fileError } from './file-error.ts';
import { HostError } from './host-error.ts';
import { markOf, ProcessMark, runsBesideUs } from './process-mark.ts';

const POLL_MS = 5;
const WAIT_MS = 3_000;
/** Who holds it does a few file calls. One that is older and does not tell whose it is was left by a killed process. */
const STALE_MS = 2_000;

/**
 * Read and replace a file while no other process of ours does. What a process that was killed at it has left is
 * removed, its drafts of the file as well. This waits, at most 3 s, without letting the event loop turn.
 * @throws HostError 'local'; 'busy' where another process does not let go of it; and what `work` throws
 */
export function locked<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  take(lock, path);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string, path: string): void {
  const deadline = performance.now() + WAIT_MS;
  // Beforehand: a process that is killed between making the lock and signing it keeps the next one waiting.
  const mark = JSON.stringify(markOf(process.pid));
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
      const file = openSync(lock, 'wx', 0o600);
      sign(file, mark);
      closeSync(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(lock, 'made', error);
    }
    if (performance.now() > deadline) {
      throw new HostError('busy', `another process holds ${lock}: end that one, or remove this file`);
    }
    if (isLeft(lock)) remove(lock, path);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

/** Where the disk is full it stays without a mark, and holds all the same. */
function sign(file: number, mark: string): void {
  try {
    writeFileSync(file, mark);
  } catch {
    // Its age tells.
  }
}

/** One at a time, and looking again: else a slower one would remove the lock of whoever took it since. */
function remove(lock: string, path: string): void {
  locked(lock, () => {
    if (!isLeft(lock)) return;
    removeDrafts(path);
    rmSync(lock, { force: true });
  });
}

/** Whether its holder was killed. */
function isLeft(lock: string): boolean {
  const stat = statSync(lock, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  try {
    const holder = ProcessMark.parse(JSON.parse(readFileSync(lock, 'utf8')));
    if (holder.host === hostname()) return !runsBesideUs(holder);
  } catch {
    // Being written, or gone by now.
  }
  return Date.now() - stat.mtimeMs > STALE_MS;
}
