/** What a unit does with requests while it has no path. */
export type NoPathPolicy =
  | { readonly kind: 'hold' } // for ever
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'fail' };

/** Which path is used. */
export type PathPolicy =
  | 'stay' // the nearest at first, then the one that works
  | 'nearest' // the nearest, and back to it when it returns
  | 'fastest'; // that of the shortest round trip, likewise

/** How a unit behaves. Times in milliseconds. */
export interface UnitOptions {
  /** Never open for writing. */
  readonly readOnly: boolean;
  readonly noPath: NoPathPolicy;
  readonly pathPolicy: PathPolicy;
  /** Time for the answer to a command on the wire; then its request ends with `timeout`. */
  readonly requestTimeoutMs: number;
  /**
   * How long after the end of a link what was sent over it may still be carried out by an exporter without a
   * fence: so long nothing is sent over another path, where writes had no answer.
   */
  readonly deathMs: number;
  /** How often a unit that may only be read, because the other side refuses more, asks whether that has changed. */
  readonly askWritingMs: number;
  /** Time an `open` waits for a path and the other side's answer. */
  readonly openMs: number;
  /** How often the limits above are looked at. */
  readonly sweepMs: number;
}

export const UNIT_DEFAULTS: UnitOptions = {
  readOnly: false,
  noPath: { kind: 'hold' },
  pathPolicy: 'stay',
  requestTimeoutMs: 30_000,
  deathMs: 5_000,
  askWritingMs: 5_000,
  openMs: 5_000,
  sweepMs: 250,
};
