import type { SomeHandlers } from '../../api/handlers.ts';
import type { AppParts } from '../parts.ts';
import { testPeer } from '../peer-test.ts';

type Commands = Extract<
  keyof import('../../api/handlers.ts').Handlers,
  `peers.${string}` | `disks.${string}`
>;

export function peerHandlers({
  peers,
  disks,
  tables,
  trust,
  limits,
  options,
}: AppParts): SomeHandlers<Commands> {
  return {
    'peers.test': (input, { progress, signal }) =>
      testPeer(input, trust, options.log, limits, progress, signal),
    'peers.add': async (input) => ({ id: peers.add(input) }),
    'peers.update': async (input) => {
      peers.update(input);
      return {};
    },
    'peers.connect': async ({ id }) => {
      peers.connect(id);
      return {};
    },
    'peers.disconnect': async ({ id }) => {
      peers.disconnect(id);
      return {};
    },
    'peers.forget': async ({ id }) => {
      peers.forget(id);
      for (const key of disks.forgetOrphans()) tables.mark('disks', key);
      return {};
    },
    'disks.forget': async ({ id }) => {
      disks.forget(id);
      tables.mark('disks', id);
      return {};
    },
  };
}
