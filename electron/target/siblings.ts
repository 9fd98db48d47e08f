import type { OpenFence } from '../dmsg/open-fence.ts';

/** How many clients may have a medium open for writing. */
export type WriterLimit = 'one' | 'many'; // for file systems made for it, and live migration

/** What a client wants of a medium. */
export type OpenAct =
  | 'read'
  | 'look' // whether it could write: it is let in, and may not
  | 'claim'; // to write

/** A client that opens a medium, as its exporters tell each other. Without a fence its epoch is 0. */
export interface Opening extends OpenFence {
  readonly act: OpenAct;
  /** That of the exporter at which it opens. */
  readonly limit: WriterLimit;
}

/** Other exporters of the same medium, in other processes. */
export interface Siblings {
  /** What a fence reaches: see FenceAnswer. */
  readonly domain: string;
  /**
   * Have all of them raise the fence of a client that opens here.
   * @returns whether none of them has another client that writes, where this one wants to
   * @throws Error where one that lives does not answer in time
   */
  opens(opening: Opening): Promise<boolean>;
  /** Meet no more: nothing is under way here any more. */
  close(): Promise<void>;
}
