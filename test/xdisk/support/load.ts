import assert from 'node:assert/strict';
import { type BlockDevice, BlockOp } from '../../../electron/block/device.ts';
import { type Request, submit } from '../../block/support/requests.ts';
import type { Random } from '../../dmsg/support/random.ts';

const BLOCK = 4096;

/**
 * Random requests, many at a time, checked against a model. No two that run together share a block, so what
 * each must find or leave is known.
 */
export class RandomLoad {
  readonly #device: BlockDevice;
  readonly #random: Random;
  readonly #model: Buffer;
  readonly #busy = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  ended = 0;

  constructor(device: BlockDevice, random: Random) {
    this.#device = device;
    this.#random = random;
    this.#model = Buffer.alloc(device.sizeBytes);
  }

  get running(): number {
    return this.#running.size;
  }

  /** Start a request somewhere nobody is at work. */
  start(): void {
    const random = this.#random;
    const count = random.next() < 0.7 ? 1 : random.integer(1, 32);
    const first = random.integer(0, this.#device.sizeBytes / BLOCK - count);
    const blocks = Array.from({ length: count }, (_, i) => first + i);
    if (blocks.some((block) => this.#busy.has(block))) return;
    for (const block of blocks) this.#busy.add(block);
    const running = this.#run(first * BLOCK, count * BLOCK).then(() => {
      for (const block of blocks) this.#busy.delete(block);
      this.#running.delete(running);
      this.ended++;
    });
    this.#running.add(running);
  }

  /** What the device must hold when nothing runs. */
  check(content: Buffer, when: string): void {
    assert.equal(this.#running.size, 0);
    assert.ok(content.equals(this.#model), `${when}: wrong content`);
  }

  async #run(offset: number, length: number): Promise<void> {
    const expected = this.#model.subarray(offset, offset + length);
    const kind = this.#random.next();
    let request: Request;
    if (kind < 0.45) {
      request = submit(this.#device, BlockOp.read, { offset, length });
    } else if (kind < 0.9) {
      const data = this.#random.next() < 0.1 ? Buffer.alloc(length) : this.#random.bytes(length);
      data.copy(expected);
      request = submit(this.#device, BlockOp.write, { offset, data, fua: this.#random.next() < 0.1 });
    } else if (kind < 0.95) {
      expected.fill(0); // as the media of these tests do
      request = submit(this.#device, BlockOp.discard, { offset, length });
    } else {
      request = submit(this.#device, BlockOp.flush);
    }
    assert.equal(await request.ended, null);
    if (request.op === BlockOp.read) assert.ok(request.found.equals(expected), `wrong data at ${offset}`);
    assert.ok(request.untouched);
  }
}
