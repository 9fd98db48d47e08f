import { Button } from '@mantine/core';
import type { ExportListener } from '../../../shared/model/export.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { LiveBadge } from '../../components/status/badges.tsx';
import { useSettings } from '../../stores/settings.ts';
import { useReady, useRow, useRows } from '../../stores/tables.ts';
import { openPage } from '../../stores/ui.ts';
import styles from './exports.module.css';
import { type PlaceKind, placeLook } from './places.ts';

/** Where peers find the exports: without an address nobody does, whatever is exported. */
export function Listeners() {
  const ready = useReady();
  const { export_listen: listen, export_connect: routers } = useSettings();
  const idle = useRows('exports').length === 0;
  return (
    <section className={styles.listeners} aria-label="Where exports are offered">
      <div className={styles.head}>
        <h2>Offered on</h2>
        {ready && listen.length + routers.length === 0 && (
          <span>No address: peers cannot reach the exports until one is set.</span>
        )}
        {ready && idle && listen.length + routers.length > 0 && (
          <span className="dim">Nothing is exported, so nothing listens; the first export opens these.</span>
        )}
        <Button
          variant="subtle"
          size="compact-xs"
          ml="auto"
          onClick={() => openPage('settings', 'connections')}
        >
          Change addresses
        </Button>
      </div>
      <ul>
        {listen.map((address) => (
          <Place key={`listen ${address}`} address={address} kind="listen" />
        ))}
        {routers.map((address) => (
          <Place key={`router ${address}`} address={address} kind="router" />
        ))}
      </ul>
    </section>
  );
}

function Place({ address, kind }: { address: string; kind: PlaceKind }) {
  const listener = useRow('listeners', address);
  const where = listener?.bound ?? address;
  return (
    <li className={styles.listener}>
      <LiveBadge look={placeLook(listener, kind)} />
      <span className="mono">{where}</span>
      <CopyButton text={where} label={`Copy address ${where}`} />
      {listener !== undefined && <Links listener={listener} kind={kind} />}
    </li>
  );
}

function Links({ listener: { error, links }, kind }: { listener: ExportListener; kind: PlaceKind }) {
  if (error !== null) return <span role="alert">{error}</span>;
  if (kind === 'router') return null;
  return (
    <span className="live dim">
      {links} {links === 1 ? 'peer linked' : 'peers linked'}
    </span>
  );
}
