import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import { diagnostics } from '../diagnostics.ts';
import type { AppParts } from '../parts.ts';

type Commands = Extract<
  keyof Handlers,
  `events.${string}` | `log.${string}` | `history.${string}` | `diagnostics.${string}`
>;

/** What was: events, log, history, and all of it as a bundle. */
export function recordHandlers(parts: AppParts): SomeHandlers<Commands> {
  const { journal, history, options } = parts;
  return {
    'events.query': async ({ filter, before, limit }) => journal.query(filter, before, limit),
    'log.tail': async ({ lines }) => ({ lines: options.logRing?.tail(lines) ?? [] }),
    'history.read': async (input) => ({ series: await history.read(input) }),
    'diagnostics.preview': async () => ({ files: await diagnostics(parts) }),
  };
}
