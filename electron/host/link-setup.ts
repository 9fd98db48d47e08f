import { type PeerLimits, USUAL_LIMITS } from '../../shared/limits.ts';
import type { Conn } from '../dmsg/conn.ts';
import { encryptLink } from '../dmsg/crypto/encrypt-link.ts';
import { loadLinkKeys } from '../dmsg/crypto/keys.ts';
import type { DialectChoice } from '../dmsg/dialect.ts';
import { Dialer } from '../dmsg/dialer.ts';
import type { Link, LinkUser } from '../dmsg/link.ts';
import type { LinkError } from '../dmsg/link-error.ts';
import { LINK_DEFAULTS, type LinkOptions } from '../dmsg/link-options.ts';
import { type Address, formatAddress, isLoopback } from '../stream/address.ts';
import type { ByteStream } from '../stream/byte-stream.ts';
import { type ConnectOptions, connect } from '../stream/connect.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';
import { connectTls } from '../stream/tls.ts';
import type { TlsOptions } from '../stream/tls-handshake.ts';
import { HostError, withName } from './host-error.ts';
import type { Log } from './log.ts';
import { type Trust, TrustError } from './trust/trust.ts';

/** How this process speaks DMSG: the same for every link it has. */
export interface LinkSetup {
  readonly dialect: DialectChoice;
  /** Directory of libdmsg RSA keys; with it links are encrypted the old, weak way. */
  readonly keyDirectory?: string | undefined;
  /** Links to other hosts are neither encrypted nor authenticated. */
  readonly insecurePlain: boolean;
  /** TLS within this machine as well. */
  readonly tls?: boolean | undefined;
  /** Keys, for TLS; without them there are no links to other hosts but plain ones. */
  readonly trust?: Trust | undefined;
  readonly log: Log;
  /** What a peer may cost, as usual by default. Read whenever it matters: a change holds at once. */
  readonly limits?: PeerLimits | undefined;
  /** A limit has ended a link, or kept one out: besides the log. */
  readonly limited?: ((remote: string, reason: string) => void) | undefined;
}

export function limitsOf({ limits = USUAL_LIMITS }: LinkSetup): PeerLimits {
  return limits;
}

/** How handshakes are made. @throws HostError 'local' */
export function tlsOptions(setup: LinkSetup, trust: Trust): TlsOptions {
  const limits = limitsOf(setup);
  return {
    context: trust.context,
    get handshakeMs() {
      return limits.handshake_seconds * 1000;
    },
  };
}

/** How a link is protected. */
export type Protection = 'none' | 'tls' | 'libdmsg';

/**
 * How links at an address are protected: it depends on what was asked for and on the address, never on what the
 * other side says.
 * @throws HostError where that cannot be
 */
export function protectionAt(setup: LinkSetup, address: Address): Protection {
  const { tls = false, insecurePlain, keyDirectory, trust } = setup;
  if (tls && (insecurePlain || keyDirectory !== undefined)) {
    const other = insecurePlain ? '--insecure-plain' : '--libdmsg-keys';
    throw new HostError('usage', `--tls and ${other} contradict each other: leave one out`);
  }
  if (keyDirectory !== undefined) return 'libdmsg';
  if (insecurePlain || (isLoopback(address) && !tls)) return 'none';
  if (trust !== undefined) return 'tls';
  throw new HostError(
    'usage',
    `${formatAddress(address)} is another host, and there is no key for a link with TLS; ` +
      'use a tunnel to 127.0.0.1, or --insecure-plain if the network is trusted',
  );
}

export interface DialOptions {
  /** Called after each attempt that failed, its error being the dialer's. */
  readonly tried?: () => void;
  /** The key the peer must show, where that is kept elsewhere than with the known peers. */
  readonly pinned?: Fingerprint | null;
  /** Whether the peer's key may do here what the link is for. */
  readonly admit?: Admit;
}

/**
 * Keep a link to a peer.
 * @throws HostError where it cannot be protected as asked
 */
export function dial(
  setup: LinkSetup,
  address: Address,
  conn: Conn,
  user: LinkUser,
  options: DialOptions = {},
): Dialer {
  const protection = protectionAt(setup, address);
  let lastMessage = '';
  return new Dialer(
    address,
    async (to, signal) => {
      const stream = await openStream(setup, to, { signal }, options.pinned);
      const reason = stream.identity === undefined ? undefined : options.admit?.(stream.identity);
      if (stream.identity === undefined || reason === undefined) return stream;
      stream.destroy();
      throw new TrustError('not-allowed', stream.identity, `${stream.remote}: ${reason}`);
    },
    linkOptions(setup, conn),
    logging(setup, user),
    {
      failed: (dialer, error) => {
        const hint = protection === 'tls' ? refusalHint(setup, error) : '';
        // Attempts follow each other quickly; the same failure is told once.
        if (error.message !== lastMessage) setup.log.warn(withName(dialer.name, error) + hint);
        lastMessage = error.message;
        options.tried?.();
      },
    },
  );
}

/**
 * Open a stream to a peer, protected as `protectionAt` says, and by the right key where it has one.
 * @throws ConnectError, TlsError, TrustError, HostError; the stream is destroyed then
 */
export async function openStream(
  setup: LinkSetup,
  address: Address,
  options: ConnectOptions = {},
  pinned: Fingerprint | null = null,
): Promise<ByteStream> {
  const { trust } = setup;
  if (protectionAt(setup, address) !== 'tls' || trust === undefined) {
    return encrypted(setup, await connect(address, options), address);
  }
  const stream = await connectTls(address, tlsOptions(setup, trust), options);
  try {
    trust.check(address, stream.identity, pinned);
  } catch (error) {
    stream.destroy();
    throw error;
  }
  return stream;
}

/** What a peer with a key may do here; the text is why it may not be here at all, with what to do about that. */
export type Admit = (identity: Fingerprint) => string | undefined;

/** Who does not know our key hangs up without a word: TLS has none for it once the handshake is over. */
function refusalHint({ trust }: LinkSetup, error: Error): string {
  if (error instanceof TrustError || !('code' in error)) return '';
  if (error.code !== 'eof' && error.code !== 'socket') return '';
  return ` (does it know our key? There: --allow ${trust?.fingerprint})`;
}

/** How links are made, but for their side. */
export function linkOptions(setup: LinkSetup, conn: Conn): Omit<LinkOptions, 'side'> {
  return { ...LINK_DEFAULTS, dialect: setup.dialect, conn, limits: limitsOf(setup) };
}

/** Encrypt a stream just opened the old way if there are keys. Throws where the key directory refuses the peer. */
export async function encrypted(setup: LinkSetup, stream: ByteStream, peer: Address): Promise<ByteStream> {
  const { keyDirectory } = setup;
  if (keyDirectory === undefined || peer.kind === 'unix') return stream;
  const policy = loadLinkKeys(keyDirectory, peer.host);
  switch (policy.kind) {
    case 'plain':
      return stream;
    case 'encrypted':
      return encryptLink(stream, policy.keys, { timeoutMs: limitsOf(setup).handshake_seconds * 1000 });
    case 'refused':
      stream.destroy();
      throw new HostError('peer', policy.message);
  }
}

/** Whether a link's end is nothing to be warned of. */
export function isOrdinary({ code }: LinkError): boolean {
  return code === 'closed' || code === 'eof' || code === 'socket';
}

/**
 * A link user that writes one line when a link comes or goes, and stands in for the peer's key meanwhile.
 * @param ended writes the line of its end
 */
export function logging(
  setup: LinkSetup,
  user: LinkUser,
  ended = (link: Link, error: LinkError, line: string): void => {
    setup.log[isOrdinary(error) ? 'info' : 'warn'](line);
    if (error.code === 'flood') setup.limited?.(link.remote, error.message);
  },
): LinkUser {
  const { log, trust } = setup;
  return {
    up: (link) => {
      const key = link.identity === undefined ? '' : `, TLS, key ${link.identity}`;
      log.info(`${link.remote}: link up, dialect ${link.dialect}${key}`);
      trust?.hold(link);
      if (link.state === 'up') user.up(link);
    },
    spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
    progress: (link) => user.progress?.(link),
    consoleText: (link, text) => log.info(`${link.remote}: console: ${text}`),
    down: (link, error) => {
      ended(link, error, `${link.remote}: link ended: ${error.message}`);
      trust?.release(link);
      user.down(link, error);
    },
  };
}
