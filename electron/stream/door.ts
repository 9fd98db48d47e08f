/** How many may be at a listener. Read for each who comes: a change holds at once. */
export interface DoorLimits {
  /** From one address, at all doors of the process. */
  readonly links_per_address: number;
  readonly links_per_listener: number;
  /** At all doors of the process. */
  readonly links: number;
  /** Those that have not said who they are. */
  readonly unintroduced_links: number;
}

/** There is no room at a door for somebody, or no more. */
export class CrowdedError extends Error {
  override readonly name = 'CrowdedError';
}

/** Guests of the process, at whatever door, by the address they come from. */
const ofHost = new Map<string, number>();
let ofProcess = 0;

/**
 * Lets connections in at one listener. Those that have not said who they are cannot keep others out: they make
 * room, the oldest first, of the address that has most of them (as sshd's MaxStartups bounds them, and qemu
 * since CVE-2024-7409). Those that have keep their place.
 */
export class Door {
  readonly #limits: DoorLimits;
  #guests = 0;
  /** The unintroduced, oldest first. */
  readonly #strangers = new Set<Guest>();

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  /**
   * @param name of the connection: `ADDR:PORT`, `unix:PATH#N`
   * @param hangUp ends it when it has to make room; it has left then
   * @throws CrowdedError naming the limit
   */
  enter(name: string, hangUp: (error: CrowdedError) => void): Guest {
    const limits = this.#limits;
    const host = hostOf(name);
    const check = (count: number, limit: keyof DoorLimits, what: string, of?: string): void => {
      if (count >= limits[limit]) this.#makeRoom(`${count} ${what} (limit ${limit}=${limits[limit]})`, of);
    };
    check(ofHost.get(host) ?? 0, 'links_per_address', `links from ${host}`, host);
    check(this.#guests, 'links_per_listener', 'links at this listener');
    check(ofProcess, 'links', 'links in all');
    check(this.#strangers.size, 'unintroduced_links', 'connections here have not said who they are');
    const guest = new Guest(host, hangUp, {
      introduced: (known) => this.#strangers.delete(known),
      left: (gone) => {
        this.#strangers.delete(gone);
        this.#count(host, -1);
      },
    });
    this.#strangers.add(guest);
    this.#count(host, 1);
    return guest;
  }

  #count(host: string, change: 1 | -1): void {
    const count = (ofHost.get(host) ?? 0) + change;
    if (count === 0) ofHost.delete(host);
    else ofHost.set(host, count);
    this.#guests += change;
    ofProcess += change;
  }

  /** @param host whose connection has to go; without it, of the host with most strangers */
  #makeRoom(reason: string, host = this.#worst()): void {
    for (const stranger of this.#strangers) {
      if (stranger.host !== host) continue;
      stranger.leave();
      stranger.hangUp(new CrowdedError(`made room for a newer connection: ${reason}`));
      return;
    }
    throw new CrowdedError(reason);
  }

  #worst(): string | undefined {
    const counts = new Map<string, number>();
    let worst: string | undefined;
    for (const { host } of this.#strangers) {
      const count = (counts.get(host) ?? 0) + 1;
      counts.set(host, count);
      if (count > (worst === undefined ? 0 : (counts.get(worst) as number))) worst = host;
    }
    return worst;
  }
}

/** Somebody let in, from the connection to its end. */
export class Guest {
  readonly host: string;
  /** Ends the connection; whoever makes more of it says how that is ended. */
  hangUp: (error: CrowdedError) => void;
  readonly #door: { introduced(guest: Guest): void; left(guest: Guest): void };
  #isHere = true;

  constructor(
    host: string,
    hangUp: Guest['hangUp'],
    door: { introduced(guest: Guest): void; left(guest: Guest): void },
  ) {
    this.host = host;
    this.hangUp = hangUp;
    this.#door = door;
  }

  /** It has said who it is. */
  introduced(): void {
    this.#door.introduced(this);
  }

  /** The connection is over. May be called again. */
  leave(): void {
    if (!this.#isHere) return;
    this.#isHere = false;
    this.#door.left(this);
  }
}

/**
 * The same for all connections of a peer, who comes again with another port: `10.0.0.1`, `[fe80::1]`, and for a
 * UNIX socket its path.
 */
export function hostOf(name: string): string {
  return name.replace(/[:#]\d+$/, '').replace(/^\[::ffff:([\d.]+)\]$/, '$1');
}
