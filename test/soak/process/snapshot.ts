import { z } from 'zod';

/** What a long-lived process holds. */
export const Snapshot = z.object({
  /** Things that are counted: as many at each rest. */
  counts: z.record(z.string(), z.number()),
  /** Bytes; `events` are those of the journal's files, all of which it holds in memory, up to a limit. */
  memory: z.object({ heap: z.number(), external: z.number(), rss: z.number(), events: z.number() }),
  /** How many timers there are by the ms they were set to and the names of their functions, to find a leak by. */
  timers: z.record(z.string(), z.number()),
});
export type Snapshot = z.infer<typeof Snapshot>;
