import type { Input } from '../../shared/contract.ts';

/** What one component shows. A kind left out is not shown. */
export interface Wish {
  readonly units?: 'all' | readonly string[];
  /** Units whose paths are shown. */
  readonly paths_of?: readonly string[];
  readonly exports?: 'all' | readonly string[];
  readonly peers?: 'all' | readonly string[];
  /** Figure keys whose latency distribution is shown. */
  readonly latency?: readonly string[];
}

export type Watch = Input<'session.watch'>;

/** What the host takes at most, as in the contract. */
const MOST = { units: 512, paths_of: 512, exports: 512, peers: 512, latency: 16 } as const;

/** The union of what all components show; over the limit, the first asked for. */
export function unite(wishes: Iterable<Wish>, visible: boolean): Watch {
  const sets = {
    units: new Set<string>(),
    paths_of: new Set<string>(),
    exports: new Set<string>(),
    peers: new Set<string>(),
    latency: new Set<string>(),
  };
  const all = { units: false, exports: false, peers: false };
  for (const wish of wishes) {
    for (const kind of ['units', 'exports', 'peers'] as const) {
      const wanted = wish[kind];
      if (wanted === 'all') all[kind] = true;
      else for (const key of wanted ?? []) sets[kind].add(key);
    }
    for (const kind of ['paths_of', 'latency'] as const)
      for (const key of wish[kind] ?? []) sets[kind].add(key);
  }
  const list = (kind: keyof typeof sets) => [...sets[kind]].sort().slice(0, MOST[kind]);
  return {
    visible,
    units: all.units ? 'all' : list('units'),
    paths_of: list('paths_of'),
    exports: all.exports ? 'all' : list('exports'),
    peers: all.peers ? 'all' : list('peers'),
    latency: list('latency'),
  };
}

/** Is a figure key covered by a watch? Paths of units are told by `pathsOf`. */
export function covers(watch: Watch, key: string, unitOfPath: (id: string) => string | undefined): boolean {
  if (!watch.visible) return false;
  if (key === 'total') return true;
  const at = key.indexOf(':');
  const [kind, id] = [key.slice(0, at), key.slice(at + 1)];
  const within = (list: 'all' | readonly string[]) => list === 'all' || list.includes(id);
  if (kind === 'unit') return within(watch.units);
  if (kind === 'export') return within(watch.exports);
  if (kind === 'peer') return within(watch.peers);
  const unit = unitOfPath(id);
  return unit !== undefined && watch.paths_of.includes(unit);
}

/** Collects wishes and sends their union when it changed, at most each 100 ms. */
export class WatchRegistry {
  static readonly DELAY_MS = 100;
  readonly #wishes = new Map<symbol, Wish>();
  readonly #send: (watch: Watch) => void;
  readonly #listeners = new Set<(watch: Watch) => void>();
  #visible = true;
  #sent = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (watch: Watch) => void) {
    this.#send = send;
  }

  /** @returns a disposer that takes the wish back */
  add(wish: Wish): () => void {
    const key = Symbol();
    this.#wishes.set(key, wish);
    this.#later();
    return () => {
      this.#wishes.delete(key);
      this.#later();
    };
  }

  /** Hear what the host is asked to send. @returns a disposer */
  onSent(listener: (watch: Watch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#later();
  }

  /** A new session knows of no wishes: send them now. */
  resend(): void {
    this.#sent = '';
    this.#now();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#now(), WatchRegistry.DELAY_MS);
  }

  #now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const watch = unite(this.#wishes.values(), this.#visible);
    const text = JSON.stringify(watch);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#send(watch);
    for (const listener of this.#listeners) listener(watch);
  }
}
