import { rollUp } from '../../../shared/health.ts';
import type { Disk, Path } from '../../../shared/model/disk.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { Export } from '../../../shared/model/export.ts';
import type { Job } from '../../../shared/model/job.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import { UNIT_OPTION_DEFAULTS, type Unit } from '../../../shared/model/unit.ts';
import type { Scene } from './scripted-host.ts';

/** Rows for scripted hosts: plausible where nothing else is said. */

const GIB = 1024 ** 3;
const START = Date.UTC(2025, 10, 26, 9, 0, 0);

export function peer(name: string, change: Partial<Peer> = {}): Peer {
  return {
    id: `peer-${name}`,
    name,
    address: `${name}:987`,
    auto_connect: true,
    insecure_plain: true,
    fingerprint: null,
    state: 'up',
    security: 'plain',
    error: null,
    dialect: 'current',
    label: `${name}/exporter`,
    role: 'exporter',
    spans: 4,
    since: START,
    reconnects: 0,
    recent_losses: 0,
    demo: false,
    ...change,
  };
}

export function path(id: string, peerName: string, change: Partial<Path> = {}): Path {
  return {
    id,
    peer_id: `peer-${peerName}`,
    peer: peerName,
    label: `${peerName}/da${id.length}`,
    state: 'standby',
    use: 'standby',
    access: 'granted',
    link: 'up',
    preferred: false,
    distance: 1,
    guarantee: null,
    failures: 0,
    recent_losses: 0,
    last_error: null,
    changed_at: START,
    next_check_at: null,
    ...change,
  };
}

export const LOST: Partial<Path> = {
  state: 'lost',
  use: 'none',
  link: 'down',
  last_error: 'node-b: the link timed out',
};

export function disk(number: number, change: Partial<Disk> = {}): Disk {
  return {
    id: `disk-${number}`,
    serial: `SPND${String(number).padStart(8, '0')}`,
    label: `vol-${number}`,
    size_bytes: (1 + (number % 7)) * 128 * GIB,
    block_bytes: 512,
    distance: 1,
    conflict: false,
    paths: [path(`d${number}-a`, 'node-a'), path(`d${number}-b`, 'node-b')],
    unit: null,
    first_seen: START,
    last_seen: START,
    offered: true,
    ...change,
  };
}

export function unit(number: number, change: Partial<Unit> = {}): Unit {
  const paths = change.paths ?? [
    path(`u${number}-a`, 'node-a', { state: 'open', use: 'active', preferred: true }),
    path(`u${number}-b`, 'node-b'),
    path(`u${number}-c`, 'node-c'),
    path(`u${number}-d`, 'node-d', { distance: 2 }),
  ];
  const made: Unit = {
    name: `xa${number}`,
    disk_id: `disk-${number}`,
    serial: `SPND${String(number).padStart(8, '0')}`,
    label: `vol-${number}`,
    size_bytes: (1 + (number % 7)) * 128 * GIB,
    block_bytes: 512,
    state: 'open',
    health: 'optimal',
    conflict: false,
    read_only: false,
    read_only_reason: null,
    guarantee: 'fenced',
    paths,
    options: UNIT_OPTION_DEFAULTS,
    nbd: `nbd+unix:///xa${number}?socket=/run/spandrel/nbd.sock`,
    device: null,
    users: [],
    attached_at: START,
    pathless_since: null,
    fails_at: null,
    demo: false,
    ...change,
  };
  return { ...made, health: change.health ?? rollUp(made) };
}

export function exported(number: number, change: Partial<Export> = {}): Export {
  return {
    id: `export-${number}`,
    source: `/srv/images/disk-${number}.img`,
    serial: `EXP${number}`,
    label: `image-${number}`,
    size_bytes: 64 * GIB,
    block_bytes: 4096,
    allocated_bytes: 12 * GIB,
    state: 'online',
    error: null,
    read_only: false,
    read_only_reason: null,
    warning: null,
    clients: ['node-c'],
    allow: [],
    writers: 'one',
    since: START,
    demo: false,
    ...change,
  };
}

export function job(number: number, change: Partial<Job> = {}): Job {
  return {
    id: `job-${number}`,
    kind: 'copy',
    title: `Copy xa${number} to backup.img`,
    state: 'running',
    phase: 'copy',
    done_bytes: 42 * GIB,
    size_bytes: 100 * GIB,
    rate_bytes: 512 * 1024 ** 2,
    eta_seconds: 180,
    error: null,
    summary: null,
    benchmark: [],
    created_at: START,
    ended_at: null,
    command: `spandrel copy dmsg://node-a/SPND0000000${number} backup.img --verify`,
    ...change,
  };
}

export function event(id: number, change: Partial<Event> = {}): Event {
  return {
    id,
    at: Date.now() - id * 1000,
    severity: 'warning',
    kind: 'unit',
    object: 'xa1',
    object_id: 'xa1',
    text: 'a path over node-b was lost',
    from: 'Optimal',
    to: 'Degraded',
    duration_ms: null,
    cause: 'node-b timed out',
    actor: 'remote',
    count: 1,
    last_at: Date.now() - id * 1000,
    notify: true,
    ...change,
  };
}

const lostB = (number: number) => [
  path(`u${number}-a`, 'node-a', { state: 'open', use: 'active' }),
  path(`u${number}-b`, 'node-b', LOST),
  path(`u${number}-c`, 'node-c'),
];
const onlyA = (number: number) => [
  path(`u${number}-a`, 'node-a', { state: 'open', use: 'active' }),
  path(`u${number}-b`, 'node-b', LOST),
];
const none = (number: number) => [path(`u${number}-b`, 'node-b', LOST)];

/** A small site with something of everything. */
export function smallSite(): Scene {
  return {
    peers: [
      peer('node-a', { security: 'local', address: '127.0.0.1:10987' }),
      peer('node-b', { state: 'waiting', error: 'node-b:987: no route to host', recent_losses: 1, spans: 0 }),
      peer('node-c', { role: 'router' }),
      peer('node-d', { recent_losses: 5, reconnects: 12 }),
      peer('node-e', { state: 'disconnected', role: null, dialect: null, label: null, spans: 0 }),
    ],
    disks: [
      ...Array.from({ length: 6 }, (_, index) => disk(index, { unit: `xa${index}` })),
      disk(6, { label: 'archive', size_bytes: 1_000_204_886_016 }),
      disk(7, { label: 'scratch', size_bytes: 900 * GIB, conflict: true }),
      disk(8, { label: 'scratch', serial: 'SPND00000007', size_bytes: 1024 * GIB, conflict: true }),
      disk(9, { label: 'gone', offered: false, paths: [], distance: null }),
    ],
    units: [
      unit(0),
      unit(1, { paths: lostB(1) }),
      unit(2, { paths: onlyA(2) }),
      unit(3, {
        paths: none(3),
        state: 'holding',
        pathless_since: Date.now() - 5000,
        fails_at: Date.now() + 48_000,
      }),
      unit(4, { paths: none(4), state: 'failed', pathless_since: Date.now() - 90_000 }),
      unit(5, { read_only: true, read_only_reason: 'refused' }),
    ],
    exports: [
      exported(0),
      exported(1, { state: 'failed', error: '/srv/images/disk-1.img: no such file', clients: [] }),
      exported(2, { state: 'offline', clients: [], read_only: true }),
    ],
    listeners: [{ address: '127.0.0.1:10987', bound: '127.0.0.1:10987', error: null, links: 1 }],
    jobs: [job(1)],
  };
}

/** A thousand units of four paths each. */
export function largeSite(units = 1000): Scene {
  return {
    peers: ['node-a', 'node-b', 'node-c', 'node-d'].map((name) => peer(name, { spans: units })),
    disks: Array.from({ length: units }, (_, index) => disk(index, { unit: `xa${index}` })),
    units: Array.from({ length: units }, (_, index) =>
      unit(index, index % 10 === 3 ? { paths: lostB(index) } : {}),
    ),
  };
}
