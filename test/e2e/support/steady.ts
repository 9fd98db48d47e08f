import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Command } from '../../../electron/dmsg/constants.ts';
import { introduced } from './peer.ts';
import type { Sandbox } from './sandbox.ts';

const BLOCK = 4096;
const BLOCKS = 256;

/** A good client at work: it writes blocks and reads them back, one after another, until it is stopped. */
export class Steady {
  readonly #work: Promise<void>;
  #stopped = false;
  #rounds = 0;
  #longestMs = 0;
  #told: () => void = () => {};

  private constructor(work: (steady: Steady) => Promise<void>) {
    this.#work = work(this);
    this.#work.catch(() => {}); // told by `stop`
  }

  static async start(box: Sandbox, address: string): Promise<Steady> {
    const peer = await introduced(box, address);
    const open = await peer.open();
    return new Steady(async (steady) => {
      while (!steady.#stopped) {
        const data = randomBytes(BLOCK);
        const at = (steady.#rounds % BLOCKS) * BLOCK;
        const startMs = performance.now();
        const written = await peer.ranged(open, Command.BLK_WRITE, at, BLOCK, data);
        assert.equal(written.error, 0);
        const read = await peer.ranged(open, Command.BLK_READ, at, BLOCK, Buffer.alloc(0));
        assert.ok(read.payload.equals(data), 'what was written is read');
        steady.#longestMs = Math.max(steady.#longestMs, performance.now() - startMs);
        steady.#rounds++;
        steady.#told();
      }
    });
  }

  /** One more round begins and ends after this call: it is served. */
  async served(): Promise<void> {
    const due = this.#rounds + 2;
    const round = new Promise<void>((resolve) => {
      this.#told = () => {
        if (this.#rounds >= due) resolve();
      };
    });
    await Promise.race([this.#work, round]);
  }

  /** @returns rounds done, and ms of the longest; fails if one failed */
  async stop(): Promise<{ rounds: number; longestMs: number }> {
    await this.served();
    this.#stopped = true;
    await this.#work;
    return { rounds: this.#rounds, longestMs: this.#longestMs };
  }
}
