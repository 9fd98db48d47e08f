import { BlockOp } from '../../../electron/block/device.ts';
import { checkRange } from '../../../electron/block/range.ts';
import { clientConn } from '../../../electron/dmsg/link-options.ts';
import type { Span } from '../../../electron/dmsg/span.ts';
import { Registry } from '../../../electron/xdisk/registry.ts';
import { TAGS } from '../../../electron/xdisk/request-queue.ts';
import type { Unit } from '../../../electron/xdisk/unit.ts';
import type { UnitUser } from '../../../electron/xdisk/unit-user.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { GuardedRequest } from '../support/guarded-request.ts';
import { rangeOn } from '../support/range.ts';
import { type Case, holds, turn } from '../support/target.ts';
import { HostileExporter } from './hostile-exporter.ts';
import { FuzzPeer } from './peer.ts';

const DISK_BYTES = 4 << 20;
const OFFER = { serial: 'FUZZ', sizeBytes: BigInt(DISK_BYTES), blockBytes: 512, distance: 0 };
const IDENTITY = { serial: 'FUZZ', sizeBytes: DISK_BYTES, blockBytes: 512, label: 'fuzz/disk' };
const HASTY_SHARE = 0.03;
const EARLY_SHARE = 0.3;
const MAX_REQUESTS = 3 * TAGS;

/** Our client, with a unit in use, and hostile exporters of its disk one after the other. */
export async function clientCase(one: Case): Promise<void> {
  const { random } = one;
  const registry = new Registry();
  /** Requests time out. */
  const isHasty = random.chance(HASTY_SHARE);
  const unit = registry.attachKnown(IDENTITY, {
    noPath: random.pick([{ kind: 'hold' }, { kind: 'hold' }, { kind: 'fail' }] as const),
    pathPolicy: random.pick(['stay', 'nearest', 'fastest']),
    readOnly: random.chance(0.1),
    deathMs: random.pick([0, 0, 5]),
    ...(isHasty ? { requestTimeoutMs: 0, sweepMs: 1 } : {}),
  });
  const requests: GuardedRequest[] = [];
  let user: UnitUser | undefined;
  const opened = unit.open('the fuzzer').then(
    (granted) => {
      user = granted;
    },
    () => {}, // no path came, as the policy may have it
  );
  const links: Link[] = [];
  for (let count = random.integer(1, 3); count > 0; count--) {
    const link = makeLink(one, registry);
    links.push(link);
    for (let left = random.integer(5, 50); left > 0 && !link.peer.over; left--) {
      await Promise.resolve();
      for (const { peer, exporter } of links) {
        exporter.listen();
        if (!peer.over) exporter.act();
      }
      if (user !== undefined && requests.length < MAX_REQUESTS) submit(unit, user, requests, random);
      if (random.chance(0.03)) link.peer.beat();
      if (random.chance(0.02)) unit.configure({ pathPolicy: random.pick(['stay', 'nearest', 'fastest']) });
      if (random.chance(0.05)) await turn();
      if (isHasty && random.chance(0.1)) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    if (random.chance(0.7)) link.peer.finish();
  }
  if (random.chance(EARLY_SHARE)) {
    // Answers that are still arriving have no request to go to any more.
    for (const { peer, exporter } of links) {
      peer.stream.late = 1;
      exporter.listen();
      if (!peer.over) exporter.act();
    }
    registry.detach(unit, true);
    for (const { peer, exporter } of links) if (!peer.over) exporter.act();
  }
  for (const { peer } of links) peer.finish();
  await Promise.resolve();
  for (const { peer } of links) peer.checkEnd();
  holds(unit.paths.size === 0, `${unit.paths.size} paths outlive their links`);
  if (unit.state !== 'detached') registry.detach(unit, true);
  await opened;
  await user?.close();
  await turn();
  for (const request of requests) request.check();
  holds(registry.disks.length === 0, 'a disk nobody offers is still known');
  holds(unit.stats.inFlight === 0, `${unit.stats.inFlight} requests are counted as under way`);
}

interface Link {
  readonly peer: FuzzPeer;
  readonly exporter: HostileExporter;
}

function makeLink(one: Case, registry: Registry): Link {
  const { random } = one;
  const dialect = random.pick(['current', '2014'] as const);
  const manners = { wild: random.pick([0, 0, 0.03, 0.15]), le: random.chance(0.6) };
  const options = {
    dialect: random.pick(['auto', dialect] as const),
    side: random.pick(['dialer', 'listener'] as const),
  };
  const peer: FuzzPeer = new FuzzPeer(
    one,
    manners,
    { ...options, conn: clientConn() },
    {
      up: () => {},
      spanOffered: (link, span: Span, transaction) => registry.spanOffered(link, span, transaction),
      down: () => {},
    },
  );
  peer.stream.late = random.pick([0, 0.05, 0.3]);
  const exporter = new HostileExporter(peer, random, OFFER, random.pick([0, 0.05, 0.2, 0.5]));
  exporter.introduce(dialect);
  return { peer, exporter };
}

const OPS = [
  BlockOp.read,
  BlockOp.read,
  BlockOp.read,
  BlockOp.write,
  BlockOp.write,
  BlockOp.flush,
  BlockOp.discard,
  BlockOp.zero,
];

function submit(unit: Unit, user: UnitUser, requests: GuardedRequest[], random: Random): void {
  if (unit.state === 'detached') return;
  for (let count = random.pick([0, 1, 1, 2, 8]); count > 0; count--) {
    const op = random.pick(OPS);
    const { offset, bytes } = random.chance(0.01)
      ? { offset: 0, bytes: 1536 << 10 }
      : rangeOn(DISK_BYTES, random);
    if (op !== BlockOp.flush && checkRange(user, offset, bytes) !== null) continue;
    const request = new GuardedRequest(
      op,
      op === BlockOp.flush ? 0 : offset,
      op === BlockOp.flush ? 0 : bytes,
    );
    request.fua = random.chance(0.1);
    requests.push(request);
    user.submit(request);
  }
}
