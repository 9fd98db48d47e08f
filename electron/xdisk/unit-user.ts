import type { BlockDevice, BlockRequest } from '../block/device.ts';
import { BlockOp } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import type { DiskIdentity } from './identity.ts';
import { IoQueue } from './io-queue.ts';

/** What a user needs of the unit. */
export interface UsedUnit {
  readonly name: string;
  readonly identity: DiskIdentity;
  readonly readOnly: boolean;
  /** How often writes not flushed were lost. */
  readonly losses: number;
  readonly toldLosses: number;
  lostWrites(): BlockError;
  submit(request: BlockRequest, queue: IoQueue): void;
}

/** One user's hold on a unit, as a block device. While there is one the unit is busy. */
export class UnitUser implements BlockDevice {
  /** Who it is, for people. */
  readonly name: string;
  readonly unit: UsedUnit;
  readonly synchronous = false;
  readonly #left: (user: UnitUser) => void;
  readonly #queue = new IoQueue();
  #closed = false;
  #lossesBefore = 0;

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

  /** The unit is open: losses from now on are this user's, and those nobody has heard of: it may have come again. */
  begin(): void {
    this.#lossesBefore = this.unit.toldLosses;
  }

  submit(request: BlockRequest): void {
    const { op } = request;
    if (this.#closed) request.done(new BlockError('path', `${this.unit.name} was closed by ${this.name}`));
    else if (op === BlockOp.zero) {
      // DMSG cannot write zeros without sending them, and FREEBLKS promises nothing about what is read after.
      request.done(new BlockError('unsupported', `${this.unit.name} has no write-zeroes command`));
    } else if (this.unit.readOnly && (op === BlockOp.write || op === BlockOp.discard)) {
      request.done(new BlockError('readonly', `${this.unit.name} is read-only`));
    } else if (op === BlockOp.flush && this.unit.losses !== this.#lossesBefore) {
      // It stays so until the disk is opened anew, as with a failed fsync: what is lost cannot be flushed later.
      request.done(this.unit.lostWrites());
    } else this.unit.submit(request, this.#queue);
  }

  /** Give the unit up. Requests must have ended; the last user's leaving closes it at the other side. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#left(this);
  }
}
