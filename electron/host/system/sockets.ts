import { execFile } from 'node:child_process';
import { isIPv6, SocketAddress } from 'node:net';
import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { readStart } from './proc.ts';
import { programPath } from './programs.ts';

/** Connections of this machine, as the kernel lists them. */

/** 100,000 connections. Of more the later ones are not found. */
const MAX_TABLE_BYTES = 16 << 20;
const SS_MS = 3000;

/** One end of a TCP connection: the program that has it open has the socket of this inode. */
export interface TcpEnd {
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  readonly inode: number;
}

/** All ends of TCP connections on this machine, IPv4 and IPv6. */
export async function tcpEnds(): Promise<TcpEnd[]> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) =>
    readStart(path, MAX_TABLE_BYTES).catch(() => ''),
  );
  return (await Promise.all(tables)).flatMap((table) => table.split('\n').flatMap(parseLine));
}

/** `sl local:port remote:port state queues timer retries uid timeout inode …`, numbers in hex. */
function parseLine(line: string): TcpEnd[] {
  const words = line.trim().split(/\s+/);
  const [local, localPort] = (words[1] ?? '').split(':');
  const [remote, remotePort] = (words[2] ?? '').split(':');
  const inode = Number(words[9]);
  if (!local || !localPort || !remote || !remotePort || !(inode > 0)) return [];
  return [
    {
      local: addressOf(local),
      localPort: Number.parseInt(localPort, 16),
      remote: addressOf(remote),
      remotePort: Number.parseInt(remotePort, 16),
      inode,
    },
  ];
}

/** The kernel writes addresses as words of 32 bits in the byte order of the machine. */
function addressOf(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  if (endianness() === 'LE' && bytes.length % 4 === 0) bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.toString('hex', index * 2, index * 2 + 2));
  return canonicalHost(groups.join(':'));
}

/** An address as one text: IPv6 in its short form, IPv4 also where it came within IPv6. */
export function canonicalHost(host: string): string {
  const bare = host.replace(/%.*$/, '');
  if (!isIPv6(bare)) return bare;
  const short = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(short)?.[1] ?? short;
}

/** A connection accepted on a UNIX socket: the accepting end and the other. */
export interface UnixPair {
  readonly path: string;
  readonly inode: number;
  readonly peerInode: number;
}

/** All connections accepted on UNIX sockets that have a path; none where `ss` is not installed. */
export async function unixPairs(): Promise<UnixPair[]> {
  const env = { PATH: programPath(), LC_ALL: 'C' };
  const options = { timeout: SS_MS, maxBuffer: MAX_TABLE_BYTES, env };
  try {
    const { stdout } = await promisify(execFile)('ss', ['-xH'], options);
    return stdout.split('\n').flatMap(parsePair);
  } catch {
    return [];
  }
}

/** `u_str ESTAB receive-queue send-queue path inode * peer-inode`; the path may have blanks. */
function parsePair(line: string): UnixPair[] {
  const words = /^u_\w+\s+ESTAB\s+\d+\s+\d+\s+(\S.*?)\s+(\d+)\s+\*\s+(\d+)\s*$/.exec(line);
  if (words === null || words[1] === '*') return [];
  const [, path = '', inode, peerInode] = words;
  return [{ path, inode: Number(inode), peerInode: Number(peerInode) }];
}
