import { attachCommand } from '../../../shared/command-line.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { RawView } from '../../components/raw-view.tsx';
import { useHello, useSettings } from '../../stores/settings.ts';
import { useRows } from '../../stores/tables.ts';

/** The unit as it crosses the wire, and the command that attaches the same. */
export function RawTab({ unit }: { unit: Unit }) {
  const rows = useRows('peers');
  const { nbd_listen } = useSettings();
  const hello = useHello();
  const ids = new Set(unit.paths.map(({ peer_id }) => peer_id));
  const peers = rows.filter(({ id }) => ids.has(id));
  const nbd =
    nbd_listen !== '' ? nbd_listen : hello === null ? null : `unix:${hello.state_directory}/nbd.sock`;
  return (
    <RawView
      value={unit}
      // Without a peer there is nobody to attach it from.
      {...(peers.length === 0 ? {} : { command: attachCommand(peers, unit.serial, unit.options, nbd) })}
    />
  );
}
