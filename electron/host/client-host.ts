import type { DiskInfo, PathInfo, ReadOnlyReason, UnitInfo } from '../../shared/events.ts';
import type { Dialer } from '../dmsg/dialer.ts';
import type { LinkUser } from '../dmsg/link.ts';
import { clientConn } from '../dmsg/link-options.ts';
import type { Address } from '../stream/address.ts';
import type { Disk } from '../xdisk/disk.ts';
import type { Path } from '../xdisk/path.ts';
import { Registry } from '../xdisk/registry.ts';
import { lossText } from '../xdisk/request-queue.ts';
import type { Unit } from '../xdisk/unit.ts';
import type { Attachments } from './attachments.ts';
import { HostError, withName } from './host-error.ts';
import { dial, type LinkSetup } from './link-setup.ts';
import type { NumbersFile } from './state-file.ts';

/** What a client host tells whoever runs it. */
export interface ClientEvents {
  linkUp?(peer: string): void;
  linkDown?(peer: string, reason: string): void;
  diskChanged?(disk: Disk): void;
  unitChanged?(unit: Unit): void;
  unitRemoved?(unit: Unit): void;
}

/** Links to peers, the disks they offer, and the units attached. */
export class ClientHost {
  readonly registry: Registry;
  readonly #dialers: Dialer[];
  readonly #changed = new Set<() => void>();

  /** @throws HostError where a peer may not be dialled as asked */
  constructor(
    setup: LinkSetup,
    peers: readonly Address[],
    options: { numbers?: NumbersFile; attachments?: Attachments; events?: ClientEvents } = {},
  ) {
    const { numbers, attachments, events = {} } = options;
    this.registry = new Registry(
      {
        diskChanged: (disk) => this.#tell(() => events.diskChanged?.(disk)),
        unitChanged: (unit) => this.#tell(() => events.unitChanged?.(unit)),
        unitRemoved: (unit) => this.#tell(() => events.unitRemoved?.(unit)),
        writesLost: (unit) => setup.log.error(lossText(unit.name)),
        spanRejected: (link, reason) => setup.log.warn(`${link.remote}: a span is not used: ${reason}`),
      },
      {
        ...(numbers === undefined ? {} : { knownNumbers: numbers.load(), numbersChanged: numbers.save }),
        ...(attachments === undefined ? {} : { clientOf: attachments.claim }),
      },
    );
    const user: LinkUser = {
      up: (link) => this.#tell(() => events.linkUp?.(link.remote)),
      down: (link, error) => this.#tell(() => events.linkDown?.(link.remote, error.message)),
      spanOffered: (link, span, transaction) => this.registry.spanOffered(link, span, transaction),
    };
    // One identity for all links, so that a peer reached twice sees one client.
    const conn = clientConn();
    this.#dialers = peers.map((peer) => dial(setup, peer, conn, user));
  }

  /** Peers with a link. */
  get linked(): string[] {
    return this.#dialers.filter((dialer) => dialer.state === 'up').map((dialer) => dialer.name);
  }

  /**
   * Wait until `found` says so. Looked at again whenever a link, disk or unit changes.
   * @param what what is waited for, for the error's message
   * @param patient wait for peers that cannot be reached yet
   * @throws HostError `peer` after `ms`, or without patience as soon as no peer can be reached, with the
   *   reason of each
   */
  async waitFor<T>(found: () => T | undefined, what: string, ms: number, patient = false): Promise<T> {
    const deadline = performance.now() + ms;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      const unreachable = this.#dialers.every(
        (dialer) => dialer.state !== 'up' && dialer.lastError !== undefined,
      );
      const left = deadline - performance.now();
      if ((unreachable && !patient) || left <= 0) throw new HostError('peer', this.#explain(what));
      await this.#nextChange(Math.min(left, 100));
    }
  }

  /** Detach all units and close all links. */
  async close(): Promise<void> {
    for (const unit of this.registry.units) this.registry.detach(unit, true);
    for (const dialer of this.#dialers) dialer.stop();
  }

  #explain(what: string): string {
    const troubles = this.#dialers.flatMap(({ lastError, link, name, state }) => {
      if (lastError !== undefined) {
        return [withName(name, lastError)];
      }
      if (state === 'up' || link === undefined) return [];
      return [`${name}: the peer does not introduce itself (no DMSG, or another dialect than asked for?)`];
    });
    const offered = this.registry.disks.map(({ identity }) => `${identity.serial} (${identity.label})`);
    const seen = offered.length > 0 ? `offered are ${offered.join(', ')}` : 'nothing is offered';
    return troubles.length > 0 ? troubles.join('; ') : `${what} was not found: ${seen}`;
  }

  #tell(event: () => void): void {
    event();
    for (const changed of [...this.#changed]) changed();
  }

  #nextChange(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#changed.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#changed.add(done);
    });
  }
}

export function diskInfo(disk: Disk): DiskInfo {
  const { serial, label, sizeBytes, blockBytes } = disk.identity;
  return {
    serial,
    label,
    size_bytes: sizeBytes,
    block_bytes: blockBytes,
    distance: disk.paths.size === 0 ? null : disk.distance,
    conflict: disk.conflict,
    paths: [...disk.paths].map(pathInfo),
  };
}

export function unitInfo(unit: Unit, nbd: string | null): UnitInfo {
  const { serial, label, sizeBytes, blockBytes } = unit.identity;
  const paths = [...unit.paths];
  return {
    unit: unit.name,
    state: unit.state,
    read_only: unit.readOnly,
    read_only_reason: readOnlyReason(unit),
    guarantee: unit.guarantee ?? null,
    nbd,
    serial,
    label,
    size_bytes: sizeBytes,
    block_bytes: blockBytes,
    distance: paths.length === 0 ? null : Math.min(...paths.map((path) => path.distance)),
    conflict: unit.conflict,
    paths: paths.map(pathInfo),
  };
}

/** Why a unit can only be read; null where it can be written, as far as is known. */
export function readOnlyReason({ options, writeRefusal }: Unit): ReadOnlyReason | null {
  if (options.readOnly) return 'asked';
  if (writeRefusal === undefined) return null;
  return writeRefusal === 'other_writer' ? 'other_writer' : 'refused';
}

export function pathInfo(path: Path): PathInfo {
  return {
    peer: path.link.remote,
    label: path.label,
    state: path.state,
    distance: path.distance,
    rtt_ms: path.link.rttMs ?? null,
    guarantee: path.guarantee ?? null,
  };
}
