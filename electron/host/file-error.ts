import { constants } from 'node:os';
import { HostError } from './host-error.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EACCES: 'no permission; it belongs to another user or its rights forbid it',
  EPERM: 'no permission; it belongs to another user or its rights forbid it',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is no directory',
  EMFILE: 'this process has too many files open',
};

/** Why the system refused to work on a file, in words. */
export function fileReason(error: unknown): string {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  // libuv has no name for a full quota, only the number.
  if (errno === -constants.errno.EDQUOT) return 'the quota of the disk is used up';
  return REASONS[code ?? ''] ?? message;
}

/**
 * The error of a file of our own that cannot be worked on.
 * @param done what cannot be done: `written`, `read`
 */
export function fileError(path: string, done: string, error: unknown): HostError {
  return new HostError('local', `${path} cannot be ${done}: ${fileReason(error)}`, error);
}

/** Whether it is only that the file is not there. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
