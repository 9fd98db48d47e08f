import { Command } from './constants.ts';

/** The two generations of the protocol: that of the 2014 xdisk, and DragonFly's since 2015. */
export type Dialect = '2014' | 'current';

/** A dialect to insist on, or `auto` to learn it from the size of the peer's LNK_CONN. */
export type DialectChoice = Dialect | 'auto';

/** Largest payload of a message in bytes, unpadded (DMSG_AUX_MAX of each generation). */
export const MAX_PAYLOAD_BYTES: Readonly<Record<Dialect, number>> = { '2014': 65_536, current: 1_048_576 };

/** The dialect a LNK_CONN command word (without flags) belongs to, if it is one. */
export function dialectOfConn(command: number): Dialect | undefined {
  if (command === Command.LNK_CONN) return 'current';
  if (command === Command.LNK_CONN_2014) return '2014';
  return undefined;
}
