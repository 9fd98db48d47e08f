import { Block } from '../../../electron/stream/memory.ts';

/** Holds on memory blocks that are owed a release, counted from when this file was loaded. */
let held = 0;

const { acquire } = Block;
const { retain, release } = Block.prototype;

Block.acquire = (bytes) => {
  const block = acquire.call(Block, bytes);
  held++;
  return block;
};
Block.prototype.retain = function (this: Block): void {
  retain.call(this);
  held++;
};
Block.prototype.release = function (this: Block): void {
  release.call(this);
  held--;
};

export function heldBlocks(): number {
  return held;
}
