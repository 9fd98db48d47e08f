import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import type { AppParts } from '../parts.ts';

type Commands = Extract<keyof Handlers, `exports.${string}` | `demo.${string}`>;

export function exportHandlers(parts: AppParts): SomeHandlers<Commands> {
  const { exports } = parts;
  return {
    'exports.check': (input) => exports.check(input),
    'exports.create': async (input) => ({ id: await exports.create(input) }),
    'exports.set_online': async ({ id, online }) => {
      await exports.setOnline(id, online);
      return {};
    },
    'exports.update': async (change) => {
      exports.update(change);
      return {};
    },
    'exports.remove': async ({ id, force }) => {
      await exports.remove(id, force);
      return {};
    },
    'demo.start': async () => ({ unit: await parts.startDemo() }),
    'demo.stop': async () => {
      await parts.stopDemo();
      return {};
    },
  };
}
