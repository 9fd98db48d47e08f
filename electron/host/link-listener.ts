import type { Conn } from '../dmsg/conn.ts';
import { Link, type LinkUser } from '../dmsg/link.ts';
import { LinkError } from '../dmsg/link-error.ts';
import type { LinkOptions } from '../dmsg/link-options.ts';
import { type Address, formatAddress, parseAddress } from '../stream/address.ts';
import type { ByteStream } from '../stream/byte-stream.ts';
import { Door, type Guest, hostOf } from '../stream/door.ts';
import { type Listener, listenForSockets } from '../stream/listen.ts';
import { SocketStream } from '../stream/socket-stream.ts';
import { listenTls } from '../stream/tls.ts';
import type { TlsError } from '../stream/tls-error.ts';
import type { TlsStream } from '../stream/tls-stream.ts';
import { withName } from './host-error.ts';
import {
  type Admit,
  encrypted,
  isOrdinary,
  type LinkSetup,
  limitsOf,
  linkOptions,
  logging,
  protectionAt,
  tlsOptions,
} from './link-setup.ts';
import { Refusals, type RefusedAt } from './refusals.ts';
import { type Trust, TrustError } from './trust/trust.ts';

/**
 * Accept links on an address, all of them protected in the one way `protectionAt` says.
 * @param admit asked for each peer that comes with a key; nobody is let in by default
 * @throws HostError as `dial`; ListenError
 */
export function listenForLinks(
  setup: LinkSetup,
  address: Address,
  conn: Conn,
  user: LinkUser,
  admit: Admit = admitNobody,
): Promise<Listener> {
  const reception = new Reception(setup, address, conn, user, admit);
  return protectionAt(setup, address) === 'tls' && setup.trust !== undefined
    ? reception.listenTls(setup.trust)
    : reception.listenPlain();
}

const admitNobody: Admit = (identity) => `its key ${identity} may do nothing here`;

/** Makes links of who comes to an address, and tells of those it does not let in. */
class Reception {
  readonly #setup: LinkSetup;
  readonly #address: Address;
  readonly #options: LinkOptions;
  readonly #user: LinkUser;
  readonly #admit: Admit;
  readonly #refusals: Refusals;
  readonly #at: RefusedAt;

  constructor(setup: LinkSetup, address: Address, conn: Conn, user: LinkUser, admit: Admit) {
    this.#setup = setup;
    this.#address = address;
    this.#options = { ...linkOptions(setup, conn), side: 'listener' };
    this.#user = user;
    this.#admit = admit;
    this.#refusals = setup.trust?.refusals ?? new Refusals(setup.log);
    const name = formatAddress(address);
    this.#at = { kind: 'listener', id: name, name };
  }

  listenTls(trust: Trust): Promise<Listener> {
    return listenTls(
      this.#address,
      tlsOptions(this.#setup, trust),
      limitsOf(this.#setup),
      (stream, guest) => this.#judge(trust, stream, guest),
      (name, error) => this.#refusedByTls(name, error),
    );
  }

  listenPlain(): Promise<Listener> {
    const door = new Door(limitsOf(this.#setup));
    return listenForSockets(this.#address, (name, socket) => {
      let guest: Guest;
      try {
        guest = door.enter(name, () => socket.destroy());
      } catch (error) {
        socket.destroy();
        this.#crowded(name, (error as Error).message);
        return;
      }
      const stream = SocketStream.accept(name, socket);
      if (this.#setup.keyDirectory === undefined) this.#begin(stream, guest);
      else this.#encrypt(stream, guest);
    });
  }

  #begin(stream: ByteStream, guest: Guest): void {
    const user = logging(this.#setup, this.#user, (ended, error, line) => {
      guest.leave();
      this.#ended(ended, error, line);
    });
    const up = (introduced: Link): void => {
      guest.introduced();
      user.up(introduced);
    };
    const link = new Link(stream, this.#options, { ...user, up });
    guest.hangUp = (error) => link.fail(new LinkError('flood', error.message, error));
  }

  /** One line for each link that stood; who comes and is never introduced is told of as the refused are. */
  #ended(link: Link, error: LinkError, line: string): void {
    const level = isOrdinary(error) ? 'info' : 'warn';
    if (link.peer !== undefined) this.#setup.log[level](line);
    else if (!this.#refusals.tell(hostOf(link.remote), error.code, line, { level })) return;
    if (error.code === 'flood') this.#setup.limited?.(link.remote, error.message);
  }

  #judge(trust: Trust, stream: TlsStream, guest: Guest): void {
    const { identity, remote } = stream;
    try {
      trust.checkRevoked(remote, identity);
      const reason = this.#admit(identity);
      if (reason !== undefined) throw new TrustError('not-allowed', identity, `${remote}: ${reason}`);
      this.#begin(stream, guest);
    } catch (error) {
      guest.leave();
      stream.destroy();
      const code = error instanceof TrustError ? error.code : 'local';
      const line = `refused ${(error as Error).message}`;
      this.#refusals.tell(`${hostOf(remote)} ${identity}`, code, line, { at: this.#at });
    }
  }

  #refusedByTls(name: string, error: TlsError): void {
    if (error.code === 'crowded') {
      this.#crowded(name, error.message);
      return;
    }
    const fix =
      error.code === 'plain'
        ? `; ${formatAddress(this.#address)} takes links with TLS only (no --insecure-plain)`
        : '';
    const line = `refused ${name}: ${error.message}${fix}`;
    this.#refusals.tell(hostOf(name), error.code, line, { at: this.#at });
  }

  #crowded(name: string, reason: string): void {
    if (!this.#refusals.tell(hostOf(name), 'crowded', `refused ${name}: ${reason}`)) return;
    this.#setup.limited?.(name, reason);
  }

  #encrypt(stream: ByteStream, guest: Guest): void {
    const { remote } = stream;
    guest.hangUp = (error) => stream.destroy(error);
    encrypted(this.#setup, stream, parseAddress(remote.replace(/#\d+$/, ''))).then(
      (secured) => this.#begin(secured, guest),
      (error: Error) => {
        guest.leave();
        this.#refusals.tell(hostOf(remote), 'libdmsg', withName(remote, error));
      },
    );
  }
}
