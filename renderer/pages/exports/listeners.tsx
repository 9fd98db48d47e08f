import { Button, Text } from '@mantine/core';
import type { ExportListener } from '../../../shared/model/export.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { LiveBadge } from '../../components/status/badges.tsx';
import type { Look } from '../../components/status/words.ts';
import { useSettings } from '../../stores/settings.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openPage } from '../../stores/ui.ts';
import styles from './exports.module.css';

const LISTENING: Look = { word: 'Listening', glyph: 'disc', tone: 'ok', hint: 'Peers can connect here' };
const NOT_LISTENING: Look = {
  word: 'Not listening',
  glyph: 'cross',
  tone: 'err',
  hint: 'Peers cannot connect here',
};
const OPENING: Look = { word: 'Opening', glyph: 'spinner', tone: 'info', hint: 'It is about to listen' };

/** Where peers find the exports: without an address nobody does, whatever is exported. */
export function Listeners() {
  const ready = useReady();
  const listeners = useRows('listeners');
  const { export_connect: routers } = useSettings();
  return (
    <section className={styles.listeners} aria-label="Offered on">
      <div className={styles.head}>
        <h2>Offered on</h2>
        <Button variant="subtle" size="compact-xs" onClick={() => openPage('settings', 'connections')}>
          Change addresses
        </Button>
      </div>
      {ready && listeners.length === 0 && routers.length === 0 && (
        <Text size="sm" c="dimmed">
          No address: peers cannot reach the exports until one is set.
        </Text>
      )}
      <ul>
        {listeners.map((listener) => (
          <Listener key={listener.address} listener={listener} />
        ))}
        {routers.map((address) => (
          <li key={`router ${address}`} className={styles.listener}>
            <span className="mono">{address}</span> <span className="dim">offered to this router</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Listener({ listener }: { listener: ExportListener }) {
  const { address, bound, error, links } = listener;
  const where = bound ?? address;
  return (
    <li className={styles.listener}>
      <LiveBadge look={bound !== null ? LISTENING : error === null ? OPENING : NOT_LISTENING} />
      <span className="mono">{where}</span>
      <CopyButton text={where} label={`Copy address ${where}`} />
      {error === null ? (
        <span className="live dim">
          {links} {links === 1 ? 'peer linked' : 'peers linked'}
        </span>
      ) : (
        <span role="alert">{error}</span>
      )}
    </li>
  );
}
