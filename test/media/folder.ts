import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder that is removed after the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'spandrel-media-'));
  fs.chmodSync(folder, 0o755);
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file of `bytes` zeros, or of `fill`, in a folder of its own. */
export function temporaryFile(t: TestContext, bytes: number, fill?: number): string {
  const path = join(temporaryFolder(t), 'disk.img');
  fs.writeFileSync(path, fill === undefined ? '' : Buffer.alloc(bytes, fill));
  fs.truncateSync(path, bytes);
  return path;
}

/** Run a program; where it fails, skip the test with the reason. */
export function runOrSkip(t: TestContext, program: string, ...args: string[]): string | null {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    t.skip(`${program} does not work here: ${(error as Error).message.trim()}`);
    return null;
  }
}

/** A mounted tmpfs, or null and the test skipped. */
export function temporaryMount(t: TestContext, size: string): string | null {
  const folder = fs.mkdtempSync(join(tmpdir(), 'spandrel-media-'));
  const options = `size=${size},mode=755`;
  const isMounted = runOrSkip(t, 'mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder) !== null;
  t.after(() => {
    // Lazily, as a test that failed may have left a file open.
    if (isMounted) execFileSync('umount', ['--lazy', folder]);
    fs.rmdirSync(folder);
  });
  return isMounted ? folder : null;
}

/** A loop device over a file, or null and the test skipped. */
export function loopDevice(t: TestContext, path: string, ...options: string[]): string | null {
  const device = runOrSkip(t, 'losetup', '--show', '--find', ...options, path);
  if (device === null) return null;
  t.after(() => execFileSync('losetup', ['--detach', device]));
  return device;
}

/** Whether holes can be punched into a file, else the test is skipped. */
export function canPunch(t: TestContext): boolean {
  const path = temporaryFile(t, 1 << 20, 1);
  return runOrSkip(t, 'fallocate', '-p', '-o', '0', '-l', '65536', path) !== null;
}

/** Run with the rights of a user who has none, where this process is root. */
export async function withoutRights<T>(action: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
