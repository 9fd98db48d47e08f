import { randomUUID } from 'node:crypto';
import type { Input } from '../../../shared/contract.ts';
import type { PeerLimits } from '../../../shared/limits.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import { DEFAULT_PORT, PeerType } from '../../dmsg/constants.ts';
import type { Dialer } from '../../dmsg/dialer.ts';
import type { Link, LinkUser } from '../../dmsg/link.ts';
import { clientConn } from '../../dmsg/link-options.ts';
import { type Address, formatAddress, isLoopback, parseAddress } from '../../stream/address.ts';
import { printable } from '../../stream/text.ts';
import { InputError, NotFoundError } from '../api/call-error.ts';
import type { ConfigStore } from '../config/config-store.ts';
import type { PeerConfig } from '../config/schema.ts';
import { dial, type LinkSetup } from '../link-setup.ts';
import type { Log } from '../log.ts';
import type { Trust } from '../trust/trust.ts';
import { Losses } from './losses.ts';
import type { RowSource } from './tables.ts';

/** What the peers tell whoever keeps the disks they offer. */
export interface PeersUser {
  spanOffered: LinkUser['spanOffered'];
  /** How many disks a peer offers now. */
  spansOf(id: string): number;
  /** A row changed. */
  changed(id: string): void;
  /** A limit has ended the link to a peer. */
  limited(id: string, name: string, reason: string): void;
}

interface Entry {
  config: PeerConfig;
  readonly demo: boolean;
  dialer: Dialer | undefined;
  /** Why it may not be dialled at all. */
  refusal: string | null;
  link: Link | undefined;
  since: number;
  reconnects: number;
  readonly losses: Losses;
}

/** The peers we connect to: those of the config, and the demo's. */
export class Peers implements RowSource<Peer> {
  readonly #config: ConfigStore;
  readonly #trust: Trust;
  readonly #log: Log;
  readonly #limits: PeerLimits;
  readonly #user: PeersUser;
  readonly #entries = new Map<string, Entry>();
  readonly #idOfLink = new WeakMap<Link, string>();
  // One identity for all links, so that a peer reached twice sees one client.
  readonly #conn = clientConn();

  constructor(config: ConfigStore, trust: Trust, log: Log, limits: PeerLimits, user: PeersUser) {
    this.#config = config;
    this.#trust = trust;
    this.#log = log;
    this.#limits = limits;
    this.#user = user;
  }

  /** Connect to what the config names; and follow it when another version of it is restored. */
  follow(): void {
    const wanted = this.#config.config.peers;
    for (const [id, entry] of [...this.#entries]) {
      if (!entry.demo && wanted.every((peer) => peer.id !== id)) this.#drop(id);
    }
    for (const peer of wanted) {
      const entry = this.#entries.get(peer.id);
      if (entry === undefined) this.#start(peer, false);
      else if (entry.config.address !== peer.address || entry.config.fingerprint !== peer.fingerprint) {
        this.#drop(peer.id);
        this.#start(peer, false);
      } else {
        entry.config = peer;
        this.#user.changed(peer.id);
      }
    }
  }

  /** The configured peer a link leads to. */
  idOf(link: Link): string | undefined {
    return this.#idOfLink.get(link);
  }
  isDemo(id: string): boolean {
    return this.#entries.get(id)?.demo ?? false;
  }
  nameOf(id: string): string | undefined {
    return this.#entries.get(id)?.config.name;
  }
  addressOf(id: string): string | undefined {
    return this.#entries.get(id)?.config.address;
  }
  /** How links to a peer are made. @throws NotFoundError */
  setupOf(id: string): LinkSetup {
    const { config } = this.#entry(id);
    return this.#setup(config, parseAddress(config.address, DEFAULT_PORT));
  }
  linkOf(id: string): Link | undefined {
    return this.#entries.get(id)?.link;
  }

  /** @throws InputError naming the field */
  add(input: Input<'peers.add'>): string {
    const address = checkedAddress(input.address);
    const twin = [...this.#entries.values()].find(({ config }) => config.address === address);
    if (twin !== undefined) {
      throw new InputError('address', `${address} is a peer already, as "${twin.config.name}"`);
    }
    const id = randomUUID();
    const peer: PeerConfig = {
      id,
      name: input.name ?? address,
      address,
      auto_connect: input.auto_connect,
      insecure_plain: input.insecure_plain,
      fingerprint: input.fingerprint ?? null,
    };
    this.#keep(peer);
    this.#config.update((draft) => {
      draft.peers.push(peer);
    });
    return id;
  }

  update({ id, name, auto_connect, fingerprint }: Input<'peers.update'>): void {
    this.#configured(id);
    const { config } = this.#entry(id);
    if (fingerprint !== undefined) this.#keep({ ...config, fingerprint });
    this.#config.update((draft) => {
      const peer = draft.peers.find((candidate) => candidate.id === id);
      if (peer === undefined) return;
      if (name !== undefined) peer.name = name;
      if (auto_connect !== undefined) peer.auto_connect = auto_connect;
      if (fingerprint !== undefined) peer.fingerprint = fingerprint;
    });
  }

  connect(id: string): void {
    const entry = this.#entry(id);
    if (entry.dialer === undefined) this.#dial(id, entry);
  }

  disconnect(id: string): void {
    this.#hangUp(this.#entry(id));
    this.#user.changed(id);
  }

  forget(id: string): void {
    this.#configured(id);
    this.#config.update((draft) => {
      draft.peers = draft.peers.filter((peer) => peer.id !== id);
    });
  }

  /** A peer that is in no config: the demo's. */
  addDemo(id: string, name: string, address: string): void {
    this.#start({ id, name, address, auto_connect: true, insecure_plain: false, fingerprint: null }, true);
  }
  removeDemo(id: string): void {
    if (this.#entries.get(id)?.demo === true) this.#drop(id);
  }

  close(): void {
    for (const entry of this.#entries.values()) this.#hangUp(entry);
  }

  // RowSource.

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  row(id: string): Peer | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { config, dialer, link, demo } = entry;
    const address = parseAddress(config.address, DEFAULT_PORT);
    const isUp = dialer?.state === 'up' && link !== undefined;
    return {
      ...config,
      state:
        dialer === undefined ? 'disconnected' : isUp ? 'up' : dialer.lastError ? 'waiting' : 'connecting',
      security: isTls(config, address) ? 'tls' : isLoopback(address) ? 'local' : 'plain',
      error: isUp ? null : (dialer?.lastError?.message ?? entry.refusal),
      dialect: isUp ? link.dialect : null,
      label: isUp && link.peer !== undefined ? printable(link.peer.peerLabel) : null,
      role: isUp ? roleOf(link.peer?.peerType) : null,
      spans: this.#user.spansOf(id),
      since: entry.since,
      reconnects: entry.reconnects,
      recent_losses: entry.losses.recent(Date.now()),
      demo,
    };
  }

  #start(config: PeerConfig, demo: boolean): void {
    const entry: Entry = {
      config,
      demo,
      dialer: undefined,
      refusal: null,
      link: undefined,
      since: Date.now(),
      reconnects: 0,
      losses: new Losses(),
    };
    this.#entries.set(config.id, entry);
    this.#keepImported(config);
    if (config.auto_connect) this.#tryDial(config.id, entry);
    this.#user.changed(config.id);
  }

  /** As `#dial`; where that is not allowed (an edited config, say), the row tells. */
  #tryDial(id: string, entry: Entry): void {
    try {
      this.#dial(id, entry);
    } catch (error) {
      entry.refusal = (error as Error).message;
      this.#log.warn(`${entry.config.name}: ${entry.refusal}`);
    }
  }

  #drop(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#hangUp(entry);
    this.#entries.delete(id);
    this.#user.changed(id);
  }

  #hangUp(entry: Entry): void {
    const { dialer } = entry;
    entry.dialer = undefined;
    entry.since = Date.now();
    dialer?.stop();
  }

  #dial(id: string, entry: Entry): void {
    const { config } = entry;
    const address = parseAddress(config.address, DEFAULT_PORT);
    const setup: LinkSetup = {
      ...this.#setup(config, address),
      limited: (_remote, reason) => this.#user.limited(id, entry.config.name, reason),
    };
    const user: LinkUser = {
      up: (link) => {
        entry.link = link;
        entry.since = Date.now();
        this.#idOfLink.set(link, id);
        this.#user.changed(id);
      },
      spanOffered: (link, ...rest) => this.#user.spanOffered(link, ...rest),
      down: () => {
        entry.link = undefined;
        entry.since = Date.now();
        entry.reconnects++;
        if (entry.dialer !== undefined) entry.losses.add(Date.now());
        this.#user.changed(id);
      },
    };
    entry.dialer = dial(setup, address, this.#conn, user, {
      pinned: config.fingerprint,
      tried: () => this.#user.changed(id),
    });
    entry.since = Date.now();
    this.#user.changed(id);
  }

  #setup(config: PeerConfig, address: Address): LinkSetup {
    return peerSetup(config, address, this.#trust, this.#log, this.#limits);
  }

  /** What somebody confirmed here holds for the commands on this machine as well. */
  #keep({ address, fingerprint }: Pick<PeerConfig, 'address' | 'fingerprint'>): void {
    if (fingerprint !== null) this.#trust.known.pin(address, fingerprint);
  }

  /** A config from elsewhere brings its keys along; what is known here stays. */
  #keepImported(config: PeerConfig): void {
    try {
      if (this.#trust.known.pinOf(config.address) === undefined) this.#keep(config);
    } catch (error) {
      this.#log.warn((error as Error).message);
    }
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new NotFoundError('the peer');
    return entry;
  }

  #configured(id: string): void {
    if (this.#entry(id).demo) throw new InputError('id', 'the demo ends with "Stop demo"');
  }
}

/**
 * An address as it is kept.
 * @throws InputError naming the field that is wrong
 */
export function checkedAddress(text: string): string {
  let address: ReturnType<typeof parseAddress>;
  try {
    address = parseAddress(text.trim(), DEFAULT_PORT);
  } catch (error) {
    throw new InputError('address', (error as Error).message, error);
  }
  if (address.kind === 'tcp' && address.port === 0) {
    throw new InputError('address', `bad address "${text}": port 0 cannot be connected to`);
  }
  return formatAddress(address);
}

/** Whether links to a peer have TLS: they do to other hosts unless plain ones were allowed, and with a key. */
export function isTls(
  { insecure_plain, fingerprint }: Pick<Input<'peers.test'>, 'insecure_plain' | 'fingerprint'>,
  address: Address,
): boolean {
  return fingerprint != null || (!insecure_plain && !isLoopback(address));
}

/** How links to a peer are made. A key that was confirmed outweighs the consent to a plain link. */
export function peerSetup(
  config: Pick<Input<'peers.test'>, 'insecure_plain' | 'fingerprint'>,
  address: Address,
  trust: Trust,
  log: Log,
  limits: PeerLimits,
): LinkSetup {
  const tls = isTls(config, address);
  return { dialect: 'auto', insecurePlain: config.insecure_plain && !tls, tls, trust, log, limits };
}

function roleOf(type: number | undefined): Peer['role'] {
  switch (type) {
    case PeerType.BLOCK:
      return 'exporter';
    case PeerType.ROUTER:
      return 'router';
    case PeerType.CLIENT:
      return 'client';
    default:
      return 'other';
  }
}
