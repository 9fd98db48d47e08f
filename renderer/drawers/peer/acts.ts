import type { Peer } from '../../../shared/model/peer.ts';
import type { MenuEntry } from '../../components/table/index.ts';
import { call } from '../../connection/index.ts';
import { toastFailed } from '../../stores/toast.ts';
import { openDialog, openObject } from '../../stores/ui.ts';
import { copyIdentity } from '../copy-identity.ts';
import { stopDemo } from '../demo.tsx';

const OF_DEMO = 'It belongs to the demo, and ends with it';

export const isWanted = ({ state }: Peer) => state !== 'disconnected';
/** Why it cannot be changed; null: it can. */
export const whyNotEdit = ({ demo }: Peer) => (demo ? OF_DEMO : null);

/** Peers that are told the link is wanted, or no more. The state tells what becomes of it. */
export function setConnected(peers: readonly Peer[], wanted: boolean): void {
  for (const { id, name } of peers) {
    call(wanted ? 'peers.connect' : 'peers.disconnect', { id }).catch((error) =>
      toastFailed(`${name} was not ${wanted ? 'connected' : 'disconnected'}`, error),
    );
  }
}

export const copyAddress = ({ name, address }: Peer) => void copyIdentity(`Address of ${name}`, address);
export function askForget(peer: Peer): void {
  if (!peer.demo) openDialog({ kind: 'forget_peer', peer_id: peer.id });
}

/** Everything that can be done with peers: with several at once it is less. */
export function peerActs(peers: readonly Peer[]): readonly MenuEntry[] {
  const [peer, other] = peers;
  if (peer === undefined) return [];
  const linked = peers.filter(isWanted);
  const unlinked = peers.filter((each) => !isWanted(each));
  const links: readonly MenuEntry[] = [
    {
      label: 'Connect',
      disabled: unlinked.length > 0 ? undefined : connectedAlready(peer),
      run: () => setConnected(unlinked, true),
    },
    {
      label: 'Disconnect',
      disabled: linked.length > 0 ? undefined : 'It is disconnected',
      run: () => setConnected(linked, false),
    },
  ];
  return other === undefined ? [...links, ...actsOfOne(peer)] : links;
}

function actsOfOne(peer: Peer): readonly MenuEntry[] {
  const { id } = peer;
  return [
    { label: 'Show its disks', run: () => openObject({ kind: 'peer', id }, { tab: 'disks' }) },
    { label: 'Copy address', act: 'copy', run: () => copyAddress(peer) },
    ...(peer.demo ? [{ label: 'Stop demo', run: stopDemo }] : []),
    {
      label: 'Edit…',
      disabled: whyNotEdit(peer) ?? undefined,
      run: () => openDialog({ kind: 'edit_peer', peer_id: id }),
    },
    {
      label: 'Forget…',
      act: 'detach',
      danger: true,
      disabled: whyNotEdit(peer) ?? undefined,
      run: () => askForget(peer),
    },
  ];
}

/** Why Connect has nothing to do. */
function connectedAlready({ state }: Peer): string {
  return state === 'up' ? 'It is connected' : 'It is tried again by itself';
}
