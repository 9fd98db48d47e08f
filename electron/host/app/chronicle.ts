import { countPaths, HEALTH_ORDER, HEALTH_WORDS, healthSentence, isUsable } from '../../../shared/health.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Export } from '../../../shared/model/export.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import type { Journal, NewEvent } from '../journal/journal.ts';
import type { Changes, RowChange } from './tables.ts';

/** Writes what happens to peers, disks, units, paths, exports and jobs into the journal, from how their rows change. */
export class Chronicle {
  readonly #journal: Journal;
  /** When a unit's roll-up or a peer's state became what it is, by object. */
  readonly #since = new Map<string, number>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Take note of a batch of changes. */
  tell(changes: Changes): void {
    // Peers first: why a path is lost is read off its peer.
    for (const change of changes.peers.values()) this.#peer(change);
    for (const change of changes.disks.values()) this.#disk(change);
    const causeOf = (path: Path): string | null => {
      const peer = path.peer_id === null ? undefined : changes.peers.get(path.peer_id)?.after;
      return peer?.error ?? path.last_error;
    };
    for (const change of changes.units.values()) this.#unit(change, causeOf);
    for (const change of changes.exports.values()) this.#export(change);
    for (const change of changes.jobs.values()) this.#job(change);
  }

  #add(event: NewEvent): void {
    this.#journal.add(event);
  }

  /** How long the state before lasted, and from when on the next one counts. */
  #lasted(key: string): number | null {
    const now = Date.now();
    const since = this.#since.get(key);
    this.#since.set(key, now);
    return since === undefined ? null : now - since;
  }

  #peer({ before, after }: RowChange<'peers'>): void {
    if (after === undefined || before === undefined) {
      if (before !== undefined) this.#since.delete(`peer:${before.id}`);
      return;
    }
    const settled = (peer: Peer): boolean => peer.state !== 'connecting';
    if (before.state === after.state || !settled(after)) return;
    const wasUp = before.state === 'up';
    const isUp = after.state === 'up';
    if (!wasUp && !isUp && before.state !== 'connecting') return;
    const word = isUp ? 'connected' : after.state === 'disconnected' ? 'disconnected' : 'lost';
    const first = !wasUp && !isUp ? 'cannot be reached' : word;
    this.#add({
      severity: isUp || after.state === 'disconnected' ? 'info' : 'warning',
      kind: 'peer',
      object: after.name,
      object_id: after.id,
      text: `${after.name} ${first}`,
      from: before.state,
      to: after.state,
      cause: after.error,
      duration_ms: this.#lasted(`peer:${after.id}`),
      actor: after.state === 'disconnected' ? 'you' : 'remote',
    });
  }

  #disk({ before, after }: RowChange<'disks'>): void {
    const row = after ?? before;
    if (row === undefined) return;
    const about = { kind: 'disk', object: row.label, object_id: row.id, actor: 'remote' } as const;
    const offered = after?.offered === true;
    const was = before?.offered === true;
    if (offered && !was)
      this.#add({ ...about, severity: 'info', text: `${row.label} is offered`, to: 'offered' });
    // A unit's own events tell of the loss of an attached one.
    if (was && !offered && row.unit === null) {
      this.#add({ ...about, severity: 'info', text: `${row.label} is no longer offered`, to: 'gone' });
    }
    if (after?.conflict === true && before?.conflict !== true) {
      this.#add({
        ...about,
        severity: 'warning',
        text: `Two disks of different size have the serial ${row.serial}: they are kept apart`,
        to: 'conflict',
      });
    }
  }

  #unit({ before, after }: RowChange<'units'>, causeOf: (path: Path) => string | null): void {
    const row = after ?? before;
    if (row === undefined) return;
    const name = row.options.alias ?? row.label;
    const about = { kind: 'unit', object: row.name, object_id: row.name } as const;
    if (before === undefined) {
      this.#lasted(`unit:${row.name}`);
      this.#add({
        ...about,
        severity: 'info',
        text: `${row.name} attached: ${name}`,
        to: 'attached',
        actor: 'you',
      });
    }
    if (after === undefined) {
      this.#since.delete(`unit:${row.name}`);
      this.#add({
        ...about,
        severity: 'info',
        text: `${row.name} detached: ${name}`,
        to: 'detached',
        actor: 'you',
      });
      return;
    }
    for (const path of after.paths) {
      const earlier = before?.paths.find(({ id }) => id === path.id);
      if (earlier !== undefined) this.#path(after, earlier, path, causeOf);
    }
    this.#health(before, after);
    if (before !== undefined) this.#access(before, after);
  }

  /** Its exporters take writes no more, or again. */
  #access(before: Unit, after: Unit): void {
    const refused = isRefused(after);
    if (refused === isRefused(before)) return;
    const isTaken = after.read_only_reason === 'other_writer';
    // The first answer there is tells what it is, not what it has become; but who writes else is news.
    if (refused && !isTaken && before.guarantee === null) return;
    this.#add({
      kind: 'unit',
      object: after.name,
      object_id: after.name,
      severity: refused ? 'warning' : 'info',
      text: !refused
        ? `${after.name} can be written again`
        : isTaken
          ? `${after.name} can only be read: another client has it open for writing. Writes are answered with an ` +
            'error until that one is done; then they go on by themselves'
          : `${after.name} can only be read now: its exporter refuses writes. Each is answered with an error; ` +
            'once the exporter allows them again they go on by themselves',
      to: refused ? 'read-only' : 'read-write',
      cause: null,
      actor: 'remote',
      notify: true,
    });
  }

  #path(unit: Unit, before: Path, after: Path, causeOf: (path: Path) => string | null): void {
    const about = { kind: 'path', object: `${unit.name} via ${after.peer}`, object_id: unit.name } as const;
    const what = `${unit.name}: path through ${after.peer}`;
    if (before.use !== after.use && (before.use === 'disabled' || after.use === 'disabled')) {
      const to = after.use === 'disabled' ? 'disabled' : 'reinstated';
      this.#add({ ...about, severity: 'info', text: `${what} ${to}`, to, actor: 'you' });
      return;
    }
    const was = isUsable(before);
    const is = isUsable(after);
    if (was === is) return;
    const duration = this.#lasted(`path:${after.id}`);
    if (is) {
      this.#add({
        ...about,
        severity: 'info',
        text: `${what} is back`,
        from: before.state,
        to: after.state,
        duration_ms: duration,
        actor: 'remote',
      });
    } else {
      const word = after.link === 'down' ? 'lost' : 'refused';
      const cause = causeOf(after);
      this.#add({
        ...about,
        severity: 'warning',
        text: `${what} ${word}`,
        from: before.state,
        to: word,
        cause,
        actor: 'remote',
      });
    }
  }

  #health(before: Unit | undefined, after: Unit): void {
    if (before === undefined || before.health === after.health) return;
    // The first word after the start tells nothing anybody would want to be told.
    const isNews = before.health !== 'unknown';
    const { usable, all } = countPaths(after.paths);
    const worse = HEALTH_ORDER.indexOf(after.health) > HEALTH_ORDER.indexOf(before.health);
    const bad = after.health === 'holding' || after.health === 'failed';
    this.#add({
      kind: 'unit',
      object: after.name,
      object_id: after.name,
      severity: !worse ? 'info' : bad ? 'error' : 'warning',
      text: `${after.name} (${after.options.alias ?? after.label}): ${HEALTH_WORDS[after.health]}, ${
        usable > 0 ? `${usable} of ${all} paths left` : healthSentence(after, 0, Date.now()).toLowerCase()
      }`,
      from: before.health,
      to: after.health,
      duration_ms: this.#lasted(`unit:${after.name}`),
      cause: null,
      actor: 'remote',
      notify: isNews,
    });
  }

  #export({ before, after }: RowChange<'exports'>): void {
    const row = after ?? before;
    if (row === undefined || before?.state === after?.state) return;
    const about = { kind: 'export', object: row.label, object_id: row.id } as const;
    const words: Readonly<Record<Export['state'], string>> = {
      online: 'is exported',
      draining: 'is being stopped',
      offline: 'is offline',
      opening: 'is being opened',
      failed: 'cannot be exported',
    };
    const state = after?.state;
    if (state === 'draining' || state === 'opening') return;
    this.#add({
      ...about,
      severity: state === 'failed' ? 'error' : 'info',
      text: `${row.label} ${state === undefined ? 'is no longer exported' : words[state]}`,
      from: before?.state ?? null,
      to: state ?? 'removed',
      cause: row.error,
      actor: 'you',
    });
  }

  #job({ before, after }: RowChange<'jobs'>): void {
    if (after === undefined || before?.state === after.state) return;
    const words: Partial<Readonly<Record<Job['state'], string>>> = {
      done: 'done',
      failed: 'failed',
      cancelled: 'cancelled',
      stalled: 'makes no progress',
    };
    const word = before === undefined && after.state === 'running' ? 'started' : words[after.state];
    if (word === undefined) return;
    this.#add({
      kind: 'job',
      object: after.title,
      object_id: after.id,
      severity: after.state === 'failed' ? 'error' : after.state === 'stalled' ? 'warning' : 'info',
      text: `${after.title}: ${word}`,
      from: before?.state ?? null,
      to: after.state,
      duration_ms: after.ended_at === null ? null : after.ended_at - after.created_at,
      cause: after.error?.message ?? after.summary,
      actor: 'you',
    });
  }
}

function isRefused({ read_only_reason: reason }: Unit): boolean {
  return reason === 'refused' || reason === 'other_writer';
}

/**
 * What is told when a limit ended a link, or kept one out.
 * @param about the peer that was dialled, or the host where somebody came to it
 */
export function limitEvent(
  about: Pick<NewEvent, 'kind' | 'object' | 'object_id'>,
  who: string,
  reason: string,
): NewEvent {
  return {
    ...about,
    severity: 'warning',
    text: `${who}: a limit per peer was reached, its link is ended`,
    cause: reason,
    actor: 'remote',
  };
}

/** What is told of a stall: a path was changed under I/O, to one through `peer`. */
export function stallEvent(unit: string, peer: string, stallMs: number): NewEvent {
  return {
    kind: 'unit',
    object: unit,
    object_id: unit,
    severity: 'info',
    text: `${unit}: I/O goes on through ${peer}; it stood still for ${Math.round(stallMs)} ms`,
    to: 'failover',
    duration_ms: Math.round(stallMs),
    cause: null,
    actor: 'policy',
  };
}

/** What is told of writes that were acknowledged, not flushed, and may be gone. */
export function lossEvent(unit: string): NewEvent {
  return {
    kind: 'unit',
    object: unit,
    object_id: unit,
    severity: 'error',
    text: `${unit}: the exporter lost its cache, and with it perhaps writes that were not flushed; programs hear of it at their next flush`,
    to: 'writes lost',
    cause: 'the exporter’s machine started anew, or another machine offers the disk now',
    actor: 'system',
    notify: true,
  };
}
