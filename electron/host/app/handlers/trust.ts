import type { Handlers, SomeHandlers } from '../../api/handlers.ts';
import type { AppParts } from '../parts.ts';

type Commands = Extract<keyof Handlers, `trust.${string}`>;

/** Keys of this host and its peers. */
export function trustHandlers({ trust, config }: AppParts): SomeHandlers<Commands> {
  return {
    'trust.list': async () => ({
      fingerprint: trust.fingerprint,
      peers: trust.known.peers.map((peer) => ({ ...peer })),
      revoked: trust.known.revoked.map((key) => ({ ...key })),
    }),
    'trust.revoke': async ({ fingerprint }) => {
      trust.revoke(fingerprint);
      return {};
    },
    'trust.forget': async ({ fingerprint }) => {
      trust.known.forget(fingerprint);
      config.update((draft) => {
        for (const peer of draft.peers) if (peer.fingerprint === fingerprint) peer.fingerprint = null;
      });
      return {};
    },
  };
}
