import { isIP } from 'node:net';
import type { Capability } from '../../../shared/model/host.ts';
import { type Address, parseAddress } from '../../stream/address.ts';
import { describeProcess, type Process, socketOwners } from './proc.ts';
import { installCommand, isInstalled } from './programs.ts';
import { canonicalHost, type TcpEnd, tcpEnds, type UnixPair, unixPairs } from './sockets.ts';

export type { Process };

/** Who is behind the clients of a moment is asked at once for all of them: one look serves them. */
const KEPT_MS = 1000;

/** What the system says of connections and who has them, each part asked for once. */
class Look {
  readonly begunMs = performance.now();
  #tcp: Promise<TcpEnd[]> | undefined;
  #unix: Promise<UnixPair[]> | undefined;
  #owners: Promise<Map<number, number>> | undefined;

  get tcp(): Promise<TcpEnd[]> {
    this.#tcp ??= tcpEnds();
    return this.#tcp;
  }
  get unix(): Promise<UnixPair[]> {
    this.#unix ??= unixPairs();
    return this.#unix;
  }
  get owners(): Promise<Map<number, number>> {
    this.#owners ??= socketOwners();
    return this.#owners;
  }
}

let latest: Look | undefined;

/** A look that began no earlier than `notBeforeMs`; those who ask meanwhile share it. */
function lookFrom(notBeforeMs: number): Look {
  if (latest === undefined || latest.begunMs < notBeforeMs) latest = new Look();
  return latest;
}

/**
 * The process of this machine at the other end of a connection.
 * @param remote the client as the server calls it: `127.0.0.1:4711`, `unix:/run/x.sock#48123`
 * @param local the address it was accepted on, with its real port
 * @returns null where it is on another machine, gone, in the kernel, or of a user whose processes we may
 *   not see
 */
export async function processOf(remote: string, local: Address): Promise<Process | null> {
  const askedMs = performance.now();
  const find = local.kind === 'unix' ? unixClient(remote, local.path) : tcpClient(remote, local);
  // What a look from before this call does not know may have come since.
  const pid = (await find(lookFrom(askedMs - KEPT_MS))) ?? (await find(lookFrom(askedMs)));
  return pid === null ? null : describeProcess(pid);
}

type Finder = (look: Look) => Promise<number | null>;

function tcpClient(remote: string, local: Extract<Address, { kind: 'tcp' }>): Finder {
  return async (look) => {
    const client = parseAddress(remote);
    if (client.kind !== 'tcp') return null;
    const host = canonicalHost(client.host);
    const server = canonicalHost(local.host);
    const isAny = isIP(server) === 0 || server === '0.0.0.0' || server === '::';
    const ends = (await look.tcp).filter(
      (end) =>
        end.localPort === client.port &&
        end.remotePort === local.port &&
        end.local === host &&
        (isAny || end.remote === server),
    );
    return ends.length === 1 ? ownerOf(look, ends[0]?.inode) : null;
  };
}

/** The name of such a client ends with the inode of our end: see stream/listen.ts. */
function unixClient(remote: string, path: string): Finder {
  const inode = Number(/#(\d+)$/.exec(remote)?.[1]);
  return async (look) => {
    const pair = (await look.unix).find((candidate) => candidate.path === path && candidate.inode === inode);
    return ownerOf(look, pair?.peerInode);
  };
}

async function ownerOf(look: Look, inode: number | undefined): Promise<number | null> {
  return inode === undefined ? null : ((await look.owners).get(inode) ?? null);
}

/** Whether clients can be named here. */
export function processNames(): Capability {
  if (process.platform !== 'linux') {
    return {
      available: false,
      reason: `on ${process.platform} the system does not tell who is connected`,
      fix: null,
    };
  }
  if (!isInstalled('ss')) {
    return {
      available: false,
      reason: 'ss is not installed, which tells who is connected to a UNIX socket',
      fix: installCommand('ss'),
    };
  }
  if (process.geteuid?.() === 0) return { available: true, reason: null, fix: null };
  return { available: true, reason: 'programs of other users are not named: only root sees them', fix: null };
}
