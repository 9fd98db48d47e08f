/**
 * How much one peer may cost, and all of them together. One table for whoever sets, shows or checks them: the
 * flag `--limit`, the settings of the app, the page and the README.
 */

interface Limit {
  readonly unit: 'bytes' | 'seconds' | 'count' | 'per second';
  /** What holds where nothing was set. */
  readonly usual: number;
  /** The range it may be set to. */
  readonly least: number;
  readonly most: number;
  /** For people, as in "… of a peer". */
  readonly what: string;
}

const MIB = 1 << 20;
const MANY = 1_000_000_000;

export const LIMITS = {
  /** A unit of ours may have 64 writes of 1 MiB on the way to a peer: less than 80 MiB is for exporters. */
  waiting_bytes: {
    unit: 'bytes',
    usual: 128 * MIB,
    least: 2 * MIB,
    most: 1024 ** 4,
    what: 'bytes that wait for a peer',
  },
  all_waiting_bytes: {
    unit: 'bytes',
    usual: 512 * MIB,
    least: 2 * MIB,
    most: 1024 ** 4,
    what: 'bytes that wait for all peers; the link with most of them is ended',
  },
  transactions: {
    unit: 'count',
    usual: 16_384,
    least: 128,
    most: 1 << 20,
    what: 'transactions a peer has open',
  },
  spans: { unit: 'count', usual: 4_096, least: 1, most: 1 << 20, what: 'disks a peer offers' },
  control_messages: {
    unit: 'per second',
    usual: 10_000,
    least: 10,
    most: MANY,
    what: 'messages of a peer other than commands on an open disk and answers',
  },
  links_per_address: {
    unit: 'count',
    usual: 256,
    least: 1,
    most: 1 << 16,
    what: 'links from one address; a UNIX socket is one',
  },
  links_per_listener: { unit: 'count', usual: 1_024, least: 1, most: 1 << 16, what: 'links at one listener' },
  links: { unit: 'count', usual: 4_096, least: 1, most: 1 << 16, what: 'links accepted in all' },
  unintroduced_links: {
    unit: 'count',
    usual: 64,
    least: 1,
    most: 1 << 16,
    what: 'connections at one listener that have not said who they are; the oldest makes room',
  },
  handshake_seconds: {
    unit: 'seconds',
    usual: 10,
    least: 0.05,
    most: 3_600,
    what: 'time for a TLS handshake, and then for the introduction',
  },
  silent_seconds: { unit: 'seconds', usual: 2, least: 1, most: 3_600, what: 'time without a sign of life' },
  stuck_seconds: {
    unit: 'seconds',
    usual: 60,
    least: 1,
    most: 86_400,
    what: 'time a peer takes none of the bytes that wait for it',
  },
  nbd_clients: {
    unit: 'count',
    usual: 256,
    least: 1,
    most: 1 << 16,
    what: 'NBD clients of the gateway; those that have not chosen a disk make room, the oldest first',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;
export type PeerLimits = { readonly [N in LimitName]: number };

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

/** The limits where some were set. */
export function limitsWith(set: { readonly [N in LimitName]?: number | undefined } = {}): PeerLimits {
  const entries = LIMIT_NAMES.map((name) => [name, set[name] ?? LIMITS[name].usual]);
  return Object.fromEntries(entries) as PeerLimits;
}

export const USUAL_LIMITS = limitsWith();

/** A limit's number for people: `128 MiB`, `10 s`, `10,000 a second`. */
export function limitText(name: LimitName, value: number = LIMITS[name].usual): string {
  switch (LIMITS[name].unit) {
    case 'bytes':
      return value % MIB === 0
        ? `${(value / MIB).toLocaleString('en')} MiB`
        : `${value.toLocaleString('en')} bytes`;
    case 'seconds':
      return `${value.toLocaleString('en')} s`;
    case 'per second':
      return `${value.toLocaleString('en')} a second`;
    case 'count':
      return value.toLocaleString('en');
  }
}

/** Why a value cannot be set; undefined: it can. */
export function limitFault(name: LimitName, value: number): string | undefined {
  const { unit, least, most } = LIMITS[name];
  const whole = unit === 'seconds' || Number.isInteger(value);
  if (whole && value >= least && value <= most) return undefined;
  return `${name} is ${whole ? '' : 'a whole number '}from ${limitText(name, least)} to ${limitText(name, most)}`;
}
