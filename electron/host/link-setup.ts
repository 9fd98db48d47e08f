import type { Conn } from '../dmsg/conn.ts';
import { encryptLink } from '../dmsg/crypto/encrypt-link.ts';
import { loadLinkKeys } from '../dmsg/crypto/keys.ts';
import type { DialectChoice } from '../dmsg/dialect.ts';
import { Dialer } from '../dmsg/dialer.ts';
import { Link, type LinkUser } from '../dmsg/link.ts';
import { LINK_DEFAULTS, type LinkOptions } from '../dmsg/link-options.ts';
import { type Address, formatAddress, isLoopback, parseAddress } from '../stream/address.ts';
import type { ByteStream } from '../stream/byte-stream.ts';
import { connect } from '../stream/connect.ts';
import { type Listener, listen } from '../stream/listen.ts';
import { HostError, withName } from './host-error.ts';
import type { Log } from './log.ts';

/** How this process speaks DMSG: the same for every link it has. */
export interface LinkSetup {
  readonly dialect: DialectChoice;
  /** Directory of libdmsg RSA keys; with it links are encrypted the old, weak way. */
  readonly keyDirectory?: string | undefined;
  /** Allow links to other hosts that are neither encrypted nor authenticated. */
  readonly insecurePlain: boolean;
  readonly log: Log;
}

/**
 * Keep a link to a peer.
 * @param tried called after each attempt that failed, its error being the dialer's
 * @throws HostError when the link would go to another host in plain text and nobody allowed that
 */
export function dial(
  setup: LinkSetup,
  address: Address,
  conn: Conn,
  user: LinkUser,
  tried: () => void = () => {},
): Dialer {
  requirePermission(setup, address, 'connect to');
  let lastMessage = '';
  return new Dialer(
    address,
    (to, signal) => connect(to, { signal }).then((stream) => secure(setup, stream, to)),
    linkOptions(setup, conn),
    logging(setup, user),
    {
      failed: (dialer, error) => {
        // Attempts follow each other quickly; the same failure is told once.
        if (error.message !== lastMessage) setup.log.warn(withName(dialer.name, error));
        lastMessage = error.message;
        tried();
      },
    },
  );
}

/**
 * Accept links on an address.
 * @throws HostError as `dial`; ListenError
 */
export function listenForLinks(
  setup: LinkSetup,
  address: Address,
  conn: Conn,
  user: LinkUser,
): Promise<Listener> {
  requirePermission(setup, address, 'listen on');
  const options: LinkOptions = { ...linkOptions(setup, conn), side: 'listener' };
  const logged = logging(setup, user);
  return listen(address, (stream) => {
    if (setup.keyDirectory === undefined) {
      new Link(stream, options, logged);
      return;
    }
    const from = parseAddress(stream.remote.replace(/#\d+$/, ''));
    secure(setup, stream, from).then(
      (secured) => new Link(secured, options, logged),
      (error: Error) => setup.log.warn(withName(stream.remote, error)),
    );
  });
}

function linkOptions(setup: LinkSetup, conn: Conn): Omit<LinkOptions, 'side'> {
  return { ...LINK_DEFAULTS, dialect: setup.dialect, conn };
}

/** Encrypt a stream just opened if there are keys. Throws where the key directory refuses the peer. */
async function secure(setup: LinkSetup, stream: ByteStream, peer: Address): Promise<ByteStream> {
  const { keyDirectory } = setup;
  if (keyDirectory === undefined || peer.kind === 'unix') return stream;
  const policy = loadLinkKeys(keyDirectory, peer.host);
  switch (policy.kind) {
    case 'plain':
      return stream;
    case 'encrypted':
      return encryptLink(stream, policy.keys);
    case 'refused':
      stream.destroy();
      throw new HostError('peer', policy.message);
  }
}

function requirePermission(setup: LinkSetup, address: Address, verb: string): void {
  if (isLoopback(address) || setup.insecurePlain || setup.keyDirectory !== undefined) return;
  throw new HostError(
    'usage',
    `refusing to ${verb} ${formatAddress(address)}: the link would be readable and writable by anyone on the ` +
      'network; use a tunnel to 127.0.0.1, or --insecure-plain if the network is trusted',
  );
}

/** A link user that writes one line when a link comes or goes. */
function logging(setup: LinkSetup, user: LinkUser): LinkUser {
  const { log } = setup;
  return {
    up: (link) => {
      log.info(`${link.remote}: link up, dialect ${link.dialect}`);
      user.up(link);
    },
    spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
    progress: (link) => user.progress?.(link),
    consoleText: (link, text) => log.info(`${link.remote}: console: ${text}`),
    down: (link, error) => {
      const ordinary = error.code === 'closed' || error.code === 'eof' || error.code === 'socket';
      log[ordinary ? 'info' : 'warn'](`${link.remote}: link ended: ${error.message}`);
      user.down(link, error);
    },
  };
}
