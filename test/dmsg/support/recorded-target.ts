import assert from 'node:assert/strict';
import { BlockOp, type BlockRequest } from '../../../electron/block/device.ts';
import { BlockError } from '../../../electron/block/error.ts';
import type { DecodedMessage } from '../../../electron/dmsg/codec.ts';
import { Flag } from '../../../electron/dmsg/constants.ts';
import { Link } from '../../../electron/dmsg/link.ts';
import type { LinkError } from '../../../electron/dmsg/link-error.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { Export } from '../../../electron/target/export.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import type { Medium } from '../../../electron/target/media/medium.ts';
import { MemoryMedium } from '../../../electron/target/media/memory.ts';
import { has, Replay } from './replay.ts';
import { TestRequest } from './request.ts';
import type { Role } from './roles.ts';
import { quiet } from './test-link.ts';
import type { Recording } from './vectors.ts';

const DISK_BYTES = 131_072;
/** Where the recorded exporter's medium fails. */
const BAD_OFFSET = 0x10000;
const UNALIGNED_BYTES = 1000;
const ALIGNED_BYTES = 1024;

/** A disk in memory with a bad place, which can keep requests to itself. */
export class RecordedMedium implements Medium {
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
export class RecordedTarget {
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

  static async on(stream: ByteStream, role: Role, medium: RecordedMedium): Promise<RecordedTarget> {
    const item = new Export({ serial: 'SERNO-1', label: 'nas1/da0', open: async () => medium });
    await item.online();
    return new RecordedTarget(stream, role, item);
  }

  /** Do what made the recorded exporter send this: only a withdrawal comes of itself. */
  cause(expected: DecodedMessage): void {
    const ends = has(expected, Flag.DELETE) && !has(expected, Flag.REPLY);
    if (ends) void this.exporter.remove(this.item);
  }
}

/** The recorded exporter served 1000 bytes; ours serves whole blocks, as devices do (section 5). */
export function inBlocks(message: DecodedMessage): DecodedMessage {
  if (message.body.kind !== 'range' || message.body.range.bytes !== UNALIGNED_BYTES) return message;
  return { ...message, body: { kind: 'range', range: { ...message.body.range, bytes: ALIGNED_BYTES } } };
}

/** The disk as the recorded exporter had it, as far as it was read. */
export async function fill(medium: RecordedMedium, recording: Recording): Promise<void> {
  const replay = new Replay(recording, 'exporter', undefined as never);
  const data = replay.messages.find(({ message }) => message.payload.length === UNALIGNED_BYTES)?.message
    .payload;
  assert.ok(data !== undefined);
  const bytes = Buffer.concat([data, Buffer.alloc(ALIGNED_BYTES - data.length, 0x11)]);
  const write = new TestRequest(BlockOp.write, 512, ALIGNED_BYTES, bytes);
  medium.submit(write);
  assert.equal(await write.ended, null);
}
