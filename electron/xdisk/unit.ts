import { type BlockRequest, changesMedium } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import { IoStats } from '../block/io-stats.ts';
import { Wire } from '../dmsg/constants.ts';
import { LinkError } from '../dmsg/link-error.ts';
import type { OpenFence } from '../dmsg/open-fence.ts';
import type { DiskIdentity } from './identity.ts';
import type { IoQueue } from './io-queue.ts';
import { OpenWaiters } from './open-waiters.ts';
import type { Path, PathGuarantee, PathUser, WriteRefusal } from './path.ts';
import { choosePath, isBetter } from './path-choice.ts';
import { RequestQueue } from './request-queue.ts';
import { StuckWrites } from './stuck-writes.ts';
import type { UnitOptions } from './unit-options.ts';
import { UnitUser } from './unit-user.ts';
import { WriteRight } from './write-right.ts';

/** What a unit is doing. */
export type UnitState =
  | 'idle' // nobody uses it
  | 'opening' // waiting for BLK_OPEN
  | 'open'
  | 'holding' // no path; requests wait for one
  | 'failed' // no path; requests get errors
  | 'detached';

/** What happens to a unit, for its registry. */
export interface UnitEvents {
  changed(unit: Unit): void;
  /** Writes answered and not flushed may be lost; whoever has it open hears so at the next flush. */
  writesLost?(unit: Unit): void;
}

/**
 * An attached disk, `xaN`: one per serial number, however many paths lead to it. It keeps one path open,
 * moves to the next best when that one is lost, and runs again there what was under way.
 */
export class Unit implements PathUser {
  readonly number: number;
  readonly identity: DiskIdentity;
  #options: UnitOptions;
  /** The serial is also that of another disk, of other size or block size. */
  conflict: boolean;
  readonly stats = new IoStats();
  readonly #events: UnitEvents;
  readonly #queue: RequestQueue;
  readonly #stuck = new StuckWrites();
  /** Tells this attachment from all other clients; its epoch grows with each open. */
  readonly #client: string;
  #epoch: number;
  readonly #paths = new Set<Path>();
  readonly #writing = new WriteRight(this.#paths);
  readonly #users = new Set<UnitUser>();
  readonly #waiters = new OpenWaiters();
  #active: Path | undefined;
  #state: UnitState = 'idle';
  #readOnly: boolean;
  #guarantee: PathGuarantee | undefined;
  /** A BLK_OPEN has succeeded since the attachment, so `readOnly` is known. */
  #known = false;
  #pathlessMs = 0;
  /** What is on the wire is being answered before another path is opened. */
  #moving = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(
    number: number,
    identity: DiskIdentity,
    options: UnitOptions,
    conflict: boolean,
    client: OpenFence,
    events: UnitEvents,
  ) {
    this.number = number;
    this.identity = identity;
    this.#options = options;
    this.conflict = conflict;
    this.#client = client.client;
    this.#epoch = client.epoch;
    this.#events = events;
    this.#readOnly = options.readOnly;
    this.#queue = new RequestQueue(this.name, this.stats, {
      pathTrouble: (path, wire) => this.#trouble(path, wire),
      writesLost: () => this.#events.writesLost?.(this),
      writeRefused: (path) => this.#becomeReadOnly(path),
      writeUnanswered: (path) => this.#stuck.add(path.fenceDomain, performance.now() + this.#options.deathMs),
    });
  }

  get name(): string {
    return `xa${this.number}`;
  }
  get state(): UnitState {
    return this.#state;
  }
  get options(): UnitOptions {
    return this.#options;
  }
  /** Not to be written: asked for, or all the other side grants. */
  get readOnly(): boolean {
    return this.#readOnly;
  }
  get paths(): ReadonlySet<Path> {
    return this.#paths;
  }
  /** The path requests go over, if one is open. */
  get activePath(): Path | undefined {
    return this.#active;
  }
  get users(): ReadonlySet<UnitUser> {
    return this.#users;
  }
  /** It may only be read because the other side refuses more on all paths there are: why. */
  get writeRefusal(): WriteRefusal | undefined {
    return this.#readOnly && !this.#options.readOnly ? this.#writing.refusal : undefined;
  }
  /** Of the path in use, or used last; undefined while the unit is not open for writing. */
  get guarantee(): PathGuarantee | undefined {
    return this.#readOnly ? undefined : this.#guarantee;
  }
  /** Since when requests have had no path, ms of the process's clock; undefined while they have one. */
  get pathlessMs(): number | undefined {
    return this.#state === 'holding' || this.#state === 'failed' ? this.#pathlessMs : undefined;
  }
  /** Bytes of writes answered and not flushed since. */
  get unflushedBytes(): number {
    return this.#queue.unflushedBytes;
  }
  /** How often writes answered and not flushed were lost. */
  get losses(): number {
    return this.#queue.losses;
  }
  /** How many of these a failed flush has told. */
  get toldLosses(): number {
    return this.#queue.toldLosses;
  }
  lostWrites(): BlockError {
    return this.#queue.lostWrites();
  }
  /** Requests that wait for a tag or a path. */
  get waiting(): number {
    return this.#queue.waiting;
  }
  get lastOffset(): number {
    return this.#queue.lastOffset;
  }

  /**
   * Begin to use the unit. The first user opens it at the other side; who comes meanwhile waits for the
   * same answer.
   * @param name who it is, for people: a client's address
   * @throws BlockError `path` when there is no path and none comes in time
   */
  async open(name: string): Promise<UnitUser> {
    if (this.#state === 'detached') throw new BlockError('path', `${this.name} is detached`);
    const user = new UnitUser(this, name, (gone) => this.#leave(gone));
    this.#users.add(user);
    this.#events.changed(this);
    if (this.#users.size === 1) {
      this.#writing.forget();
      this.#choosePath();
    }
    const error = await this.#ready();
    if (error !== null) {
      await user.close();
      throw error;
    }
    user.begin();
    return user;
  }

  /** Start a request, its range being checked. Called by users, each with its own queue. */
  submit(request: BlockRequest, queue: IoQueue): void {
    if (this.#state === 'failed' || this.#state === 'detached') request.done(this.#noPath());
    else this.#queue.submit(request, queue);
  }

  addPath(path: Path): void {
    this.#paths.add(path);
    path.watch(this);
    this.reconsider();
  }

  /** Change what may be changed while it is attached: all but `readOnly`, which is asked at each open. */
  configure(options: Partial<Omit<UnitOptions, 'readOnly'>>): void {
    this.#options = { ...this.#options, ...options };
    // Who held for ever may now have to fail, and the other way round.
    if (this.#state === 'holding' && this.#options.noPath.kind === 'fail') this.#fail();
    if (this.#state === 'failed' && this.#options.noPath.kind === 'hold') this.#setState('holding');
    this.reconsider();
  }

  /** Paths came, or were preferred, disabled or reinstated: choose one, or move in order to a better one. */
  reconsider(): void {
    const active = this.#active;
    if (active === undefined) this.#choosePath();
    else if (this.#state === 'open' && active.state === 'open' && !this.#moving) {
      const best = choosePath(this.#paths, this.#options.pathPolicy);
      if (best !== undefined && isBetter(best, active, this.#options.pathPolicy)) this.#move(active);
      else if (active.disabled || (this.writeRefusal !== undefined && !active.refusesWriting))
        this.#move(active);
    }
    this.#events.changed(this);
  }

  /** Let what is on the wire be answered, then open the best path. */
  #move(from: Path): void {
    this.#moving = true;
    this.#queue.drain(() => {
      this.#moving = false;
      if (this.#active !== from) return;
      from.close();
      this.#abandonActive();
    });
  }

  /** Ask the other side of a path that is not in use whether it could be opened; its state tells the answer. */
  probe(path: Path): void {
    if (path === this.#active || (path.state !== 'standby' && path.state !== 'faulty')) return;
    path.open(this.#writing.modesFor(path, this.#options), { client: this.#client, epoch: 0 });
  }

  /** Let go of everything; requests under way end with `path` errors. */
  detach(): void {
    this.#setState('detached');
    this.#stuck.stop();
    clearTimeout(this.#retryTimer);
    clearInterval(this.#sweepTimer);
    const active = this.#active;
    this.#active = undefined;
    this.#queue.usePath(undefined);
    active?.close();
    for (const path of this.#paths) path.watch(undefined);
    this.#paths.clear();
    this.#queue.failWaiting(this.#noPath());
    this.#waiters.tell(this.#noPath());
  }

  // PathUser.

  pathOpened(path: Path): void {
    if (this.#active !== path) {
      // A probe: it could be opened.
      path.close();
      path.worked();
      this.reconsider();
      return;
    }
    this.#known = true;
    this.#readOnly = !path.writable;
    this.#guarantee = path.guarantee;
    if (this.#readOnly) this.#failWrites();
    this.#stuck.whenSafe(path.fenceDomain, performance.now(), () => {
      if (this.#active === path && path.state === 'open') this.#start(path);
    });
  }

  /** Send requests over an open path. */
  #start(path: Path): void {
    // Told also where the unit was open before: now it is over another path.
    this.#state = 'open';
    this.#events.changed(this);
    this.#queue.usePath(path);
    this.#waiters.tell(null);
  }

  pathRefused(path: Path, error: number, wasOpen: boolean, why: WriteRefusal): void {
    const isActive = this.#active === path;
    if (!wasOpen && path.writable && error !== Wire.LOSTLINK) {
      // The medium is read-only, or we may only read, or another client writes: another path may be written, or none.
      path.refuseWriting(why);
      if (isActive) this.#abandonActive();
      this.probe(path);
    } else if (isActive) this.#trouble(path, error);
    else path.fault(error, performance.now());
    this.#events.changed(this);
  }

  /**
   * A write was answered "read-only": the right was taken back, or the medium cannot be written now.
   * @returns whether the unit moves to a path that may be written
   */
  #becomeReadOnly(path: Path): boolean {
    if (path !== this.#active || this.#readOnly) return false;
    path.refuseWriting('not_granted');
    this.#readOnly = this.#writing.isRefused;
    if (this.#readOnly) this.#failWrites();
    this.reconsider();
    return this.#moving;
  }

  pathLost(path: Path): void {
    this.#paths.delete(path);
    if (this.#active === path) this.#abandonActive();
    this.#events.changed(this);
  }

  /** The way failed, though its span is still offered. */
  #trouble(path: Path, wire: number): void {
    if (this.#active !== path) return;
    if (this.#state === 'open') this.#writing.forget();
    this.#active = undefined;
    this.#queue.usePath(undefined);
    this.#moving = false;
    path.fault(wire, performance.now());
    this.#choosePath();
    this.#events.changed(this);
  }

  #abandonActive(): void {
    this.#active = undefined;
    this.#moving = false;
    this.#queue.usePath(undefined);
    this.#choosePath();
  }

  /** Open the best path, unless one is in use or nobody needs one. */
  #choosePath(): void {
    if (this.#active !== undefined || this.#users.size === 0 || this.#state === 'detached') return;
    clearTimeout(this.#retryTimer);
    const nowMs = performance.now();
    const best = choosePath(this.#paths, this.#options.pathPolicy);
    this.#startSweep();
    if (best === undefined || (best.state === 'faulty' && best.retryMs > nowMs)) {
      this.#withoutPath(nowMs);
      if (best !== undefined) {
        this.#retryTimer = setTimeout(() => this.#choosePath(), best.retryMs - nowMs + 1);
        this.#retryTimer.unref();
      }
      return;
    }
    this.#active = best;
    // Held requests and a running-out hold time are not forgotten before the open succeeds.
    if (this.#state === 'idle') this.#setState('opening');
    best.open(this.#writing.modesFor(best, this.#options), { client: this.#client, epoch: ++this.#epoch });
  }

  #withoutPath(nowMs: number): void {
    if (this.#state === 'holding' || this.#state === 'failed') return;
    this.#pathlessMs = nowMs;
    if (this.#options.noPath.kind === 'fail') this.#fail();
    else this.#setState('holding');
  }

  #fail(): void {
    this.#setState('failed');
    this.#queue.failWaiting(this.#noPath());
    this.#waiters.tell(this.#noPath());
  }

  #failWrites(): void {
    this.#queue.failWaiting(new BlockError('readonly', `${this.name} may only be read`), changesMedium);
  }

  #noPath(): BlockError {
    const other = this.conflict ? '; a disk of another size or block size has its serial' : '';
    return new BlockError('path', `${this.name} (${this.identity.serial}) has no path${other}`);
  }

  #leave(user: UnitUser): void {
    if (!this.#users.delete(user) || this.#users.size > 0 || this.#state === 'detached') return;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#sweepTimer);
    this.#sweepTimer = undefined;
    const active = this.#active;
    this.#active = undefined;
    this.#queue.usePath(undefined);
    active?.close();
    this.#setState('idle');
  }

  /** The answer to whoever opens: at once where the state tells, else when BLK_OPEN or time does. */
  #ready(): Promise<BlockError | null> {
    if (this.#state === 'open' || (this.#known && this.#state === 'holding')) return Promise.resolve(null);
    if (this.#state === 'failed') return Promise.resolve(this.#noPath());
    return this.#waiters.wait(this.#options.openMs, () => this.#noPath());
  }

  #setState(state: UnitState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.changed(this);
  }

  /** Ask again for the paths that failed while another one works, so that it is known what is left. */
  #recheck(nowMs: number): void {
    const { openMs } = this.#options;
    for (const path of this.#paths) {
      if (path === this.#active || path.disabled) continue;
      if (path.state === 'faulty' && path.retryMs <= nowMs) this.probe(path);
      else if (path.state === 'opening' && nowMs - path.openedMs > openMs) path.fault(Wire.LOSTLINK, nowMs);
    }
  }

  /** One timer for the limits of all requests: a timer each costs microseconds. */
  #startSweep(): void {
    if (this.#sweepTimer !== undefined) return;
    this.#sweepTimer = setInterval(() => this.#sweep(performance.now()), this.#options.sweepMs);
    this.#sweepTimer.unref();
  }

  #sweep(nowMs: number): void {
    const { noPath, openMs, requestTimeoutMs } = this.#options;
    const path = this.#active;
    // Half of what an open waits, so that a second path gets its chance.
    if (path?.state === 'opening' && nowMs - path.openedMs > openMs / 2) this.#trouble(path, Wire.LOSTLINK);
    if (
      this.#state === 'holding' &&
      noPath.kind === 'seconds' &&
      nowMs - this.#pathlessMs > noPath.seconds * 1000
    ) {
      this.#fail();
    }
    if (this.#state === 'open') {
      this.#active?.worked();
      this.#recheck(nowMs);
      if (this.writeRefusal !== undefined) {
        this.#writing.ask(nowMs, this.#options, this.#client, () => this.reconsider());
      }
    }
    if (this.#queue.onWire === 0) return;
    const stuck = this.#queue.expire(nowMs, requestTimeoutMs);
    // What else is on that link would wait as long; end it, so that it is run again elsewhere.
    stuck?.link.fail(new LinkError('silent', `a request had no answer in ${requestTimeoutMs} ms`));
  }
}
