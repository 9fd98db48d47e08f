import { Block } from '../../../electron/stream/memory.ts';
import { heldBlocks } from '../../stream/support/block-count.ts';
import { Finding, turn } from './target.ts';

/** Timers of the program that have not run out, and where they were set, if that is kept. */
const live = new Map<NodeJS.Timeout, string>();

/**
 * Count the timers of the program from now on.
 * @param traced keep where each is set, which costs more than the rest of most cases
 */
export function countTimers(traced: boolean): void {
  const { setTimeout: timeout, setInterval: interval, clearTimeout: clear } = globalThis;
  const place = (): string => (traced ? (new Error('set').stack ?? '') : '');
  const forget = (timer: unknown): void => {
    live.delete(timer as NodeJS.Timeout);
    clear(timer as NodeJS.Timeout);
  };
  globalThis.setTimeout = ((run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
    const timer = timeout(() => {
      live.delete(timer);
      run(...given);
    }, ms);
    live.set(timer, place());
    return timer;
  }) as typeof setTimeout;
  globalThis.setInterval = ((run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
    const timer = interval(run, ms, ...given);
    live.set(timer, place());
    return timer;
  }) as typeof setInterval;
  globalThis.clearTimeout = forget as typeof clearTimeout;
  globalThis.clearInterval = forget as typeof clearInterval;
}

/** Where blocks that are held were taken, and by how many holders; kept where a case is run alone. */
const held = new Map<Block, { holders: number; readonly place: string }>();

/** Keep who holds memory blocks from now on. */
export function traceBlocks(): void {
  const { acquire } = Block;
  const { retain, release } = Block.prototype;
  const count = (block: Block, change: number): void => {
    const holds = held.get(block);
    if (holds === undefined) return;
    holds.holders += change;
    if (holds.holders === 0) held.delete(block);
  };
  Block.acquire = (bytes) => {
    const block = acquire.call(Block, bytes);
    held.set(block, { holders: 1, place: new Error(`${bytes} bytes, taken`).stack ?? '' });
    return block;
  };
  Block.prototype.retain = function (this: Block): void {
    retain.call(this);
    count(this, 1);
  };
  Block.prototype.release = function (this: Block): void {
    release.call(this);
    count(this, -1);
  };
}

/** What must be the same after a case as before it: memory blocks held, timers. */
export class Leftovers {
  #blocks = heldBlocks();
  #timers = live.size;

  /** What a target set up for all its cases is no leftover. */
  accept(): void {
    this.#blocks = heldBlocks();
    this.#timers = live.size;
  }

  /** @throws Finding */
  async check(): Promise<void> {
    for (let turns = 0; turns < 4 && !this.#clean; turns++) await turn();
    const blocks = heldBlocks() - this.#blocks;
    const timers = live.size - this.#timers;
    this.accept();
    if (blocks !== 0) {
      const places = [...held.values()].map(({ place }) => place).join('\n');
      throw new Finding(`${blocks} memory blocks were not given back\n${places}`);
    }
    if (timers > 0)
      throw new Finding(`${timers} timers are left\n${[...live.values()].slice(-timers).join('\n')}`);
  }

  get #clean(): boolean {
    return heldBlocks() === this.#blocks && live.size <= this.#timers;
  }
}
