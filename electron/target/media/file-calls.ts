import fs from 'node:fs';

type Transferred = (error: NodeJS.ErrnoException | null, bytes: number) => void;

/** The system calls of the data path, so that a test can make them fail or wait. */
export interface FileCalls {
  read(fd: number, to: Uint8Array, at: number, length: number, position: number, done: Transferred): void;
  write(fd: number, from: Uint8Array, at: number, length: number, position: number, done: Transferred): void;
  fdatasync(fd: number, done: (error: NodeJS.ErrnoException | null) => void): void;
}

export const systemCalls: FileCalls = { read: fs.read, write: fs.write, fdatasync: fs.fdatasync };
