import type { SecureContext } from 'node:tls';
import type { Link } from '../../dmsg/link.ts';
import { LinkError } from '../../dmsg/link-error.ts';
import { type Address, formatAddress } from '../../stream/address.ts';
import type { Fingerprint } from '../../stream/fingerprint.ts';
import { tlsContext } from '../../stream/tls-handshake.ts';
import { HostError } from '../host-error.ts';
import type { Log } from '../log.ts';
import { Refusals } from '../refusals.ts';
import { type HostKey, hostKey } from './host-key.ts';
import { KnownPeers } from './known-peers.ts';

/** A peer whose key is not one to trust: trying again does not help, somebody has to decide. */
export class TrustError extends HostError {
  readonly lasting = true;
  readonly code: 'unknown' | 'changed' | 'revoked' | 'not-allowed';
  /** The key it showed. */
  readonly fingerprint: Fingerprint;

  constructor(code: TrustError['code'], fingerprint: Fingerprint, message: string) {
    super('peer', message);
    this.name = 'TrustError';
    this.code = code;
    this.fingerprint = fingerprint;
  }
}

export interface TrustOptions {
  /** Keys somebody vouched for (`--trust`): one of them is pinned to a peer that has none yet. */
  readonly vouched?: readonly Fingerprint[];
}

/** This host's own key, the keys it knows its peers by, and the links that stand on them. */
export class Trust {
  readonly known: KnownPeers;
  /** Who was refused, by whatever listener or export of the process. */
  readonly refusals: Refusals;
  readonly #directory: string;
  readonly #log: Log;
  readonly #options: TrustOptions;
  readonly #links = new Set<Link>();
  #own: { readonly key: HostKey; readonly context: SecureContext } | undefined;
  #stopWatching: (() => void) | undefined;

  /** @param directory of the state; nothing in it is read or made before it is needed */
  constructor(directory: string, log: Log, options: TrustOptions = {}) {
    this.#directory = directory;
    this.#log = log;
    this.#options = options;
    this.known = new KnownPeers(directory);
    this.refusals = new Refusals(log);
  }

  /** How peers know this host. The key is made on first need. @throws HostError 'local' */
  get fingerprint(): Fingerprint {
    return this.#needed.key.fingerprint;
  }
  /** For handshakes. @throws HostError 'local' */
  get context(): SecureContext {
    return this.#needed.context;
  }

  /**
   * Whether a peer we dialled has the key it should; one that somebody vouched for is pinned.
   * @param pinned the key it must have, where that is kept elsewhere than with the known peers
   * @throws TrustError telling both keys and what to do, HostError 'local'
   */
  check(address: Address, shown: Fingerprint, pinned: Fingerprint | null = null): void {
    const name = formatAddress(address);
    this.checkRevoked(name, shown);
    const pin = this.known.pinOf(name);
    const expected = pinned ?? pin?.fingerprint;
    if (expected === shown) return;
    if (expected !== undefined) {
      const since = pin?.fingerprint === expected ? `, known since ${dateOf(pin.first_seen)},` : '';
      throw new TrustError(
        'changed',
        shown,
        `${name}: ITS KEY HAS CHANGED. It was ${expected}${since} and is ${shown} now: either the host was set up ` +
          'anew, or somebody stands in between. Compare the new key with what "spandrel keygen" prints there; if ' +
          `it is the same: spandrel trust forget ${expected}, then connect with --trust ${shown}`,
      );
    }
    if (this.#options.vouched?.includes(shown) === true) {
      this.known.pin(name, shown);
      this.#log.info(`${name}: its key ${shown} is known from now on`);
      return;
    }
    throw new TrustError(
      'unknown',
      shown,
      `${name}: its key ${shown} is not known here. Compare it with what "spandrel keygen" prints there; if it is ` +
        `the same, add --trust ${shown}`,
    );
  }

  /** @throws TrustError where the key was revoked */
  checkRevoked(name: string, shown: Fingerprint): void {
    const revoked = this.known.revocationOf(shown);
    if (revoked === undefined) return;
    throw new TrustError(
      'revoked',
      shown,
      `${name}: its key ${shown} was revoked here on ${dateOf(revoked.at)} ("spandrel trust forget ${shown}" ` +
        'takes that back)',
    );
  }

  /** A link stands: it ends when its peer's key is revoked, here or by another process of this state directory. */
  hold(link: Link): void {
    if (link.identity === undefined) return;
    this.#links.add(link);
    this.#stopWatching ??= this.known.watch(() => this.#review());
    this.#review();
  }
  release(link: Link): void {
    this.#links.delete(link);
    if (this.#links.size > 0) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** Trust a key no more: its links end at once. @throws HostError 'local' */
  revoke(fingerprint: Fingerprint): void {
    this.known.revoke(fingerprint);
    this.#review();
  }

  #review(): void {
    for (const link of [...this.#links]) {
      try {
        this.checkRevoked(link.remote, link.identity as Fingerprint);
      } catch (error) {
        if (!(error instanceof TrustError)) {
          // Unreadable: new links are refused, those that stand are left.
          this.#log.error((error as Error).message);
          return;
        }
        link.fail(new LinkError('refused', `its key ${link.identity} was revoked`, error));
      }
    }
  }

  get #needed() {
    if (this.#own === undefined) {
      const key = hostKey(this.#directory);
      const context = tlsContext(key.key, key.certificate);
      this.#own = { key, context };
      if (key.created) this.#log.info(`this host's key was made: ${key.fingerprint} (${key.path})`);
    }
    return this.#own;
  }
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
