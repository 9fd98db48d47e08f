import type { BlockDevice, BlockRequest } from '../block/device.ts';
import { BlockOp } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import type { DiskIdentity } from './identity.ts';

/** What a user needs of the unit. */
export interface UsedUnit {
  readonly name: string;
  readonly identity: DiskIdentity;
  readonly readOnly: boolean;
  submit(request: BlockRequest): void;
}

/** One user's hold on a unit, as a block device. While there is one the unit is busy. */
export class UnitUser implements BlockDevice {
  /** Who it is, for people. */
  readonly name: string;
  readonly unit: UsedUnit;
  readonly synchronous = false;
  readonly #left: (user: UnitUser) => void;
  #closed = false;

  constructor(unit: UsedUnit, name: string, left: (user: UnitUser) => void) {
    this.unit = unit;
    this.name = name;
    this.#left = left;
  }

  get sizeBytes(): number {
    return this.unit.identity.sizeBytes;
  }
  get blockBytes(): number {
    return this.unit.identity.blockBytes;
  }
  get readOnly(): boolean {
    return this.unit.readOnly;
  }

  submit(request: BlockRequest): void {
    const { op } = request;
    if (this.#closed) request.done(new BlockError('path', `${this.unit.name} was closed by ${this.name}`));
    else if (op === BlockOp.zero) {
      // DMSG cannot write zeros without sending them, and FREEBLKS promises nothing about what is read after.
      request.done(new BlockError('unsupported', `${this.unit.name} has no write-zeroes command`));
    } else if (this.unit.readOnly && (op === BlockOp.write || op === BlockOp.discard)) {
      request.done(new BlockError('readonly', `${this.unit.name} is read-only`));
    } else this.unit.submit(request);
  }

  /** Give the unit up. Requests must have ended; the last user's leaving closes it at the other side. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#left(this);
  }
}
