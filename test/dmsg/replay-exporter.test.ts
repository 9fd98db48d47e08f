import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BlockOp, type BlockRequest } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import type { DecodedMessage } from '../../electron/dmsg/codec.ts';
import { Flag } from '../../electron/dmsg/constants.ts';
import { Link } from '../../electron/dmsg/link.ts';
import { LinkError } from '../../electron/dmsg/link-error.ts';
import { exporterConn } from '../../electron/dmsg/link-options.ts';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { Export } from '../../electron/target/export.ts';
import { Exporter } from '../../electron/target/exporter.ts';
import type { Medium } from '../../electron/target/media/medium.ts';
import { MemoryMedium } from '../../electron/target/media/memory.ts';
import { memoryPair } from './support/memory-stream.ts';
import { RawPeer } from './support/raw-peer.ts';
import { has, Replay } from './support/replay.ts';
import { TestRequest } from './support/request.ts';
import { type Role, rolesIn } from './support/roles.ts';
import { eventually, quiet, turns, within } from './support/test-link.ts';
import { type Recording, recordings } from './support/vectors.ts';

const DISK_BYTES = 131_072;
/** Where the recorded exporter's medium fails. */
const BAD_OFFSET = 0x10000;
const UNALIGNED_BYTES = 1000;
const ALIGNED_BYTES = 1024;

/** A disk in memory with a bad place, which can keep requests to itself. */
class TestMedium implements Medium {
  readonly sizeBytes = DISK_BYTES;
  readonly blockBytes = 512;
  readonly readOnly = false;
  readonly readOnlyReason = null;
  readonly warning = null;
  readonly description = 'test';
  readonly identity = 'test';
  readonly synchronous: boolean;
  readonly #memory = new MemoryMedium(DISK_BYTES);
  readonly #holding: boolean;
  readonly held: BlockRequest[] = [];

  /** @param kind answers at once, in a turn of its own, or not at all */
  constructor(kind: 'synchronous' | 'asynchronous' | 'holding') {
    this.synchronous = kind === 'synchronous';
    this.#holding = kind === 'holding';
  }

  submit(request: BlockRequest): void {
    if (this.#holding) this.held.push(request);
    else if (this.synchronous) this.#run(request);
    else setImmediate(() => this.#run(request));
  }

  async close(): Promise<void> {
    await this.#memory.close();
  }

  allocatedBytes(): Promise<number> {
    return this.#memory.allocatedBytes();
  }

  #run(request: BlockRequest): void {
    const bad = request.op === BlockOp.read && request.offset === BAD_OFFSET;
    if (bad) request.done(new BlockError('io', 'a bad place'));
    else this.#memory.submit(request);
  }
}

/** Our exporter in the place of a recorded one. */
class Target {
  readonly errors: LinkError[] = [];
  readonly exporter: Exporter;
  readonly item: Export;
  readonly link: Link;

  constructor(stream: ByteStream, role: Role, item: Export) {
    this.item = item;
    this.exporter = new Exporter({ linkDown: (_link, error) => this.errors.push(error) });
    this.exporter.add(item);
    const { side, dialect } = role;
    this.link = new Link(stream, quiet(side, { dialect, conn: exporterConn() }), this.exporter);
  }

  static async on(stream: ByteStream, role: Role, medium: TestMedium): Promise<Target> {
    const item = new Export({ serial: 'SERNO-1', label: 'nas1/da0', open: async () => medium });
    await item.online();
    return new Target(stream, role, item);
  }

  /** Do what made the recorded exporter send this: only a withdrawal comes of itself. */
  cause(expected: DecodedMessage): void {
    const ends = has(expected, Flag.DELETE) && !has(expected, Flag.REPLY);
    if (ends) void this.exporter.remove(this.item);
  }
}

/** The recorded exporter served 1000 bytes; ours serves whole blocks, as devices do (section 5). */
function inBlocks(message: DecodedMessage): DecodedMessage {
  if (message.body.kind !== 'range' || message.body.range.bytes !== UNALIGNED_BYTES) return message;
  return { ...message, body: { kind: 'range', range: { ...message.body.range, bytes: ALIGNED_BYTES } } };
}

/** The disk as the recorded exporter had it, as far as it was read. */
async function fill(medium: TestMedium, recording: Recording): Promise<void> {
  const replay = new Replay(recording, 'exporter', undefined as never);
  const data = replay.messages.find(({ message }) => message.payload.length === UNALIGNED_BYTES)?.message
    .payload;
  assert.ok(data !== undefined);
  const bytes = Buffer.concat([data, Buffer.alloc(ALIGNED_BYTES - data.length, 0x11)]);
  const write = new TestRequest(BlockOp.write, 512, ALIGNED_BYTES, bytes);
  medium.submit(write);
  assert.equal(await write.ended, null);
}

for (const dialect of ['2014', 'current'] as const) {
  for (const recording of recordings(dialect)) {
    const peers = [...new Set(recording.messages.map(({ peer }) => peer))].filter(
      (name) => name !== 'client',
    );
    for (const peerName of peers) {
      describe(`replay of ${recording.name}, ${peerName}`, () => {
        for (const role of rolesIn(dialect)) {
          if (recording.name.endsWith('/exporter-dies')) {
            test(role.name, () => replayed(recording, peerName, role, new TestMedium('holding')));
            continue;
          }
          for (const kind of ['synchronous', 'asynchronous'] as const) {
            test(`${role.name}, ${kind}`, () => replayed(recording, peerName, role, new TestMedium(kind)));
          }
        }
      });
    }
  }
}

async function replayed(
  recording: Recording,
  peerName: string,
  role: Role,
  medium: TestMedium,
): Promise<void> {
  const scene = recording.name.split('/')[1];
  if (scene === 'io') await fill(medium, recording);
  const [a, b] = memoryPair();
  const peer = new RawPeer(b);
  const target = await Target.on(a, role, medium);
  // Ours asks for no spans, the recorded exporters asked for all.
  const replay = new Replay(recording, peerName, peer, { adapt: inBlocks, withoutSpansOfLibdmsg: true });
  if (role.guessesWrong) await replay.refuseIntroduction();
  await replay.run((expected) => target.cause(expected));
  if (scene === 'exporter-dies') await eventually(() => medium.held.length === 2, 'two reads at the medium');
  await turns();
  assert.deepEqual(peer.inbox, [], 'nothing more came');
  assert.equal(target.link.state, 'up');
  assert.equal(target.link.dialect, recording.dialect);
  assert.equal(target.link.mux.size, replay.leftOpen);
  assert.ok(replay.answers >= 1);
  assert.equal(target.errors.length, 0);
  assert.equal(target.item.sessions.size, scene === 'exporter-dies' ? 1 : 0);
  if (scene === 'io') {
    const { reads, writes, flushes, discards, errors, inFlight } = target.item.stats.counters();
    assert.deepEqual(
      { reads, writes, flushes, discards, errors, inFlight },
      {
        reads: 3,
        writes: 1,
        flushes: 1,
        discards: 1,
        errors: 1,
        inFlight: 0,
      },
    );
  }
  if (scene === 'exporter-dies') target.link.fail(new LinkError('closed', 'the exporter dies'));
  else peer.destroy();
  await eventually(() => target.errors.length === 1, 'the end');
  assert.equal(target.errors[0]?.code, scene === 'exporter-dies' ? 'closed' : 'eof');
  await within(peer.closedWith, 'the end of the connection');
  assert.equal(target.link.mux.size, 0);
  // The medium answers the dead when it pleases.
  for (const request of medium.held) {
    request.filled = 0;
    request.done(null);
  }
  assert.equal(target.link.mux.size, 0);
  assert.equal(target.item.sessions.size, 0);
  assert.equal(target.item.stats.inFlight, 0);
  await within(target.exporter.close(), 'the end of all accepted requests');
}
