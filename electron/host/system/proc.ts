import { open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { printable } from '../../stream/text.ts';

/** Processes of this machine, as /proc tells. */

/** A process of this machine. */
export interface Process {
  readonly pid: number;
  /** Name of its program, without arguments: they may hold secrets. */
  readonly command: string;
  readonly user: string;
}

/** What the kernel keeps of a program's name. */
const COMM_CHARACTERS = 15;
const MAX_NAME_BYTES = 4096;
const MAX_PASSWD_BYTES = 1 << 20;
const AT_A_TIME = 8;

/**
 * Which process has which socket open, by the socket's inode; of several the one of lowest pid. Only what
 * this user may see: all processes for root, else its own.
 */
export async function socketOwners(): Promise<Map<number, number>> {
  const pids = (await entriesOf('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const waiting = pids.sort((a, b) => b - a);
  const owners = new Map<number, number>();
  const worker = async (): Promise<void> => {
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      for (const inode of await socketsOf(pid)) {
        const known = owners.get(inode);
        if (known === undefined || known > pid) owners.set(inode, pid);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return owners;
}

async function socketsOf(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await entriesOf(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return links.flatMap((link) => {
    const socket = /^socket:\[(\d+)\]$/.exec(link);
    return socket === null ? [] : [Number(socket[1])];
  });
}

/** Who a process is; null where it is gone. */
export async function describeProcess(pid: number): Promise<Process | null> {
  try {
    const [{ uid }, comm, words] = await Promise.all([
      stat(`/proc/${pid}`),
      readFile(`/proc/${pid}/comm`, 'utf8'),
      readStart(`/proc/${pid}/cmdline`, MAX_NAME_BYTES),
    ]);
    return { pid, command: printable(nameOf(comm.trimEnd(), words)), user: await userName(uid) };
  } catch {
    return null;
  }
}

/** The kernel cuts the name; the whole one is the start of the command line, unless that was rewritten. */
function nameOf(comm: string, commandLine: string): string {
  const whole = basename(commandLine.split('\0', 1)[0] ?? '');
  return comm.length === COMM_CHARACTERS && whole.startsWith(comm) ? whole : comm;
}

async function userName(uid: number): Promise<string> {
  const lines = await readStart('/etc/passwd', MAX_PASSWD_BYTES).catch(() => '');
  const name = new RegExp(`^([^:\\n]+):[^:\\n]*:${uid}:`, 'm').exec(lines)?.[1];
  return name === undefined ? `user ${uid}` : printable(name);
}

/** Names in a folder; none where it cannot be read. */
export async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The first bytes of a file, which may be longer or claim to have no size, as files of /proc do. */
export async function readStart(path: string, maxBytes: number): Promise<string> {
  const file = await open(path);
  try {
    const pieces: Buffer[] = [];
    for (let left = maxBytes; left > 0; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, 64 << 10)));
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    await file.close();
  }
}
