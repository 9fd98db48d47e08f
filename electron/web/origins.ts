import { networkInterfaces } from 'node:os';
import { HostError } from '../host/host-error.ts';
import { type Address, formatAddress } from '../stream/address.ts';

type TcpAddress = Extract<Address, { kind: 'tcp' }>;

const NAME = /^(https?:\/\/)?([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/**
 * Under which names browsers reach the web host: exactly these stand in Host and Origin. Any other name was
 * made to lead here by somebody else (DNS rebinding).
 */
export class Origins {
  /** To show to people: that of the bound address, then those of the names given. */
  readonly shown: readonly string[];
  readonly #byHost = new Map<string, Set<string>>();

  /**
   * @param bound where the server listens
   * @param names of tunnels and proxies in front: `NAME[:PORT]`, or with `http://` or `https://` in front
   * @throws HostError `usage` for a name that is none
   */
  constructor(scheme: 'http' | 'https', bound: TcpAddress, names: readonly string[]) {
    const own = namesOf(bound.host).map((host) => `${scheme}://${formatAddress({ ...bound, host })}`);
    const given = readNames(scheme, names);
    this.shown = [...own.slice(0, 1), ...given];
    for (const text of [...own, ...given]) {
      const { host, origin } = new URL(text);
      this.#byHost.set(host, (this.#byHost.get(host) ?? new Set()).add(origin));
    }
  }

  /** Whether a Host header names this server. */
  hasHost(host: string | undefined): host is string {
    return host !== undefined && this.#byHost.has(host);
  }

  /** Whether a page of this origin came from the server named by the Host header. */
  isSame(host: string, origin: string | undefined): origin is string {
    return origin !== undefined && this.#byHost.get(host)?.has(origin) === true;
  }
}

/** The origins names of `--host` stand for. @throws HostError `usage` */
export function readNames(scheme: 'http' | 'https', names: readonly string[]): string[] {
  return names.map((name) => {
    const [whole, ownScheme] = NAME.exec(name) ?? [];
    const text = ownScheme === undefined ? `${scheme}://${name}` : name;
    if (whole === undefined || !URL.canParse(text)) {
      throw new HostError(
        'usage',
        `"${name}" is not how a browser names a server (examples: localhost:8080, https://disks.example)`,
      );
    }
    return new URL(text).origin;
  });
}

function namesOf(host: string): string[] {
  if (host === '0.0.0.0' || host === '::') {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const reachable = addresses.filter(({ family }) => host === '::' || family === 'IPv4');
    const outside = reachable.filter(({ internal, scopeid }) => !internal && !scopeid);
    const inside = host === '::' ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
    return [...outside.map(({ address }) => address), ...inside, 'localhost'];
  }
  return /^127\.|^::1$/.test(host) ? [host, 'localhost'] : [host];
}
