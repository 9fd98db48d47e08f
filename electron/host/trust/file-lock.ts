import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from '../file-error.ts';

const POLL_MS = 5;
const WAIT_MS = 3_000;
/** Who holds it does a few file calls; one that is older was left by a process that was killed. */
const STALE_MS = 2_000;

/** Read and replace a file while no other process of ours does. @throws HostError 'local', and what `work` throws */
export function locked<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  take(lock);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): void {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true, mode: 0o700 });
      closeSync(openSync(lock, 'wx', 0o600));
      return;
    } catch (error) {
      const held = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!held || performance.now() > deadline) throw fileError(lock, 'made', error);
    }
    if (ageMs(lock) > STALE_MS) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
}

function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
