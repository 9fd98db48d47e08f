import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { type BlockDevice, BlockOp, type BlockRequest } from '../../../../electron/block/device.ts';
import { BlockError } from '../../../../electron/block/error.ts';
import { checkRange } from '../../../../electron/block/range.ts';
import { inspect } from '../../../../electron/host/contents/inspect.ts';
import { openMedium } from '../../../../electron/target/media/medium.ts';
import { MemoryMedium } from '../../../../electron/target/media/memory.ts';
import { Contents, type Partition, type Signature } from '../../../../shared/model/contents.ts';
import { read, write } from '../../../media/requests.ts';

/** Programs of the system's administrator are not on everyone's path. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Run a program that must end with 0. */
export function tool(program: string, ...args: string[]): string {
  return toolWith('', program, ...args);
}

/** The same with something on its standard input. */
export function toolWith(input: string, program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    input,
    stdio: 'pipe',
    env: { ...process.env, PATH },
  });
}

/** A disk that may only be read, on its blocks and within its size; counts what was. */
export class Watched implements BlockDevice {
  readonly synchronous = false;
  readonly readOnly = true;
  readonly #device: BlockDevice;
  /** Byte offsets that cannot be read. */
  readonly bad = new Set<number>();
  reads = 0;
  bytes = 0;

  constructor(device: BlockDevice) {
    this.#device = device;
  }

  get sizeBytes(): number {
    return this.#device.sizeBytes;
  }
  get blockBytes(): number {
    return this.#device.blockBytes;
  }

  submit(request: BlockRequest): void {
    assert.equal(request.op, BlockOp.read, 'an inspection only reads');
    assert.equal(checkRange(this, request.offset, request.length), null);
    this.reads++;
    this.bytes += request.length;
    const { offset, length } = request;
    const isBad = [...this.bad].some((place) => place >= offset && place < offset + length);
    if (isBad) request.done(new BlockError('io', 'the medium failed'));
    else this.#device.submit(request);
  }

  close(): Promise<void> {
    return this.#device.close();
  }
}

export type Piece = readonly [offset: number, bytes: Uint8Array];

/** A disk with some bytes on it, later ones over those before, and zeros elsewhere. */
export async function crafted(
  sizeBytes: number,
  pieces: readonly Piece[],
  blockBytes = 512,
): Promise<Watched> {
  const device = new MemoryMedium(sizeBytes, { blockBytes });
  for (const [offset, bytes] of pieces) {
    const first = Math.floor(offset / blockBytes) * blockBytes;
    const last = Math.ceil((offset + bytes.length) / blockBytes) * blockBytes;
    const blocks = await read(device, first, last - first);
    blocks.set(bytes, offset - first);
    await write(device, first, blocks);
  }
  return new Watched(device);
}

/** What lies on a disk; that it is of the contract is checked. */
export async function contentsOf(device: BlockDevice): Promise<Contents> {
  return Contents.parse(await inspect(device, AbortSignal.timeout(20_000)));
}

/** What lies in an image. */
export async function contentsOfFile(t: TestContext, path: string, blockBytes?: number): Promise<Contents> {
  const options = blockBytes === undefined ? {} : { blockBytes };
  const device = new Watched(await openMedium(path, { readOnly: true, ...options }));
  t.after(() => device.close());
  return contentsOf(device);
}

/** The only signature of that type. */
export function only(signatures: readonly Signature[], type: string): Signature {
  const found = signatures.filter((signature) => signature.type === type);
  const types = signatures.map((signature) => signature.type);
  assert.equal(found.length, 1, `${type} among ${JSON.stringify(types)}`);
  return found[0] as Signature;
}

export function types(signatures: readonly Signature[]): string[] {
  return signatures.map(({ type }) => type);
}

/** The parts of partitions tests compare. */
export function places(partitions: readonly Partition[]): [number, string, number, number][] {
  return partitions.map(({ number, type, start_bytes, size_bytes }) => [
    number,
    type,
    start_bytes,
    size_bytes,
  ]);
}
