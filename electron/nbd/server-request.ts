import { BlockRequest } from '../block/device.ts';
import type { BlockError } from '../block/error.ts';
import type { Block } from '../stream/memory.ts';
import { Command } from './constants.ts';

/** Who made a request and answers its command. */
export interface RequestOwner {
  finished(request: ServerRequest, error: BlockError | null): void;
  /** The reply's data, sent from the request's own block, has left or is lost. */
  sent(request: ServerRequest): void;
}

/** One NBD command, from its header to its reply. Reused within its connection. */
export class ServerRequest extends BlockRequest {
  command = 0;
  /** Command flags. */
  flags = 0;
  /** The client's cookie, returned as it came. */
  cookieHigh = 0;
  cookieLow = 0;
  /** Why the command is answered with an error once its payload is passed over. */
  refusal: BlockError | null = null;
  /** Pooled memory of the data. */
  block: Block | null = null;
  /** Where in the reply queue's staging a read of a synchronous device puts its data; -1: in the block. */
  stagedAt = -1;
  /** Bytes counted as in flight. */
  heldBytes = 0;
  readonly #owner: RequestOwner;

  constructor(owner: RequestOwner) {
    super();
    this.#owner = owner;
  }

  override done(error: BlockError | null): void {
    this.#owner.finished(this, error);
  }

  /** A bound method, so that a reply needs no closure. */
  readonly sent = (): void => {
    this.#owner.sent(this);
  };

  get hasPayload(): boolean {
    return this.command === Command.write && this.length > 0;
  }

  releaseBlock(): void {
    this.block?.release();
    this.block = null;
  }
}
