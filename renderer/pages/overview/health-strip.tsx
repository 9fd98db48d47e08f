import { formatCount } from '../../../shared/format.ts';
import { HEALTH_ORDER } from '../../../shared/health.ts';
import type { Health } from '../../../shared/model/unit.ts';
import { Badge } from '../../components/status/badges.tsx';
import { HEALTH_LOOKS, type Look } from '../../components/status/words.ts';
import { useTableLayout } from '../../components/table/table-layout.ts';
import { useStale } from '../../stores/freshness.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';

const STATES = [
  'optimal',
  'degraded',
  'single_path',
  'holding',
  'failed',
  'unknown',
] as const satisfies readonly Health[];

/** How many disks are in which state, and what else there is. Each number leads to its rows. */
export function HealthStrip() {
  const units = useRows('units');
  const peers = useRows('peers');
  const disks = useRows('disks');
  const [layout, change] = useTableLayout('units');
  const counts = new Map<Health, number>();
  for (const { health } of units) counts.set(health, (counts.get(health) ?? 0) + 1);
  const worst = [...HEALTH_ORDER].reverse().find((health) => counts.has(health));
  const show = (health: Health) => {
    change({ ...layout, filter: HEALTH_LOOKS[health].word });
    openPage('units');
  };
  const up = peers.filter(({ state }) => state === 'up').length;
  const free = disks.filter(({ offered, unit }) => offered && unit === null).length;
  return (
    <nav className={styles.strip} aria-label="State of disks and peers">
      {STATES.map((health) => (
        <Tile
          key={health}
          look={HEALTH_LOOKS[health]}
          count={counts.get(health) ?? 0}
          worst={health === worst && health !== 'optimal'}
          label={`${counts.get(health) ?? 0} attached disks ${HEALTH_LOOKS[health].word}: show them`}
          onClick={() => show(health)}
        />
      ))}
      <Tile
        look={{
          word: 'Peers up',
          glyph: 'disc',
          tone: up === peers.length ? 'ok' : 'warn',
          hint: 'Links that stand',
        }}
        count={up}
        of={peers.length}
        label={`${up} of ${peers.length} peers up: show them`}
        onClick={() => openPage('peers')}
      />
      <Tile
        look={{ word: 'To attach', glyph: 'ring', tone: 'info', hint: 'Offered by peers and not attached' }}
        count={free}
        label={`${free} remote disks not attached: show them`}
        onClick={() => openPage('disks')}
      />
    </nav>
  );
}

function Tile(props: {
  look: Look;
  count: number;
  of?: number;
  worst?: boolean;
  label: string;
  onClick(): void;
}) {
  const { look, count, of } = props;
  const stale = useStale();
  const ready = useReady();
  return (
    <button
      type="button"
      className={`${styles.tile} ${count === 0 && of === undefined ? styles.zero : ''}`}
      aria-label={props.label}
      data-hint={look.hint}
      data-worst={props.worst || undefined}
      onClick={props.onClick}
    >
      <span className={`${styles.number} ${stale ? 'stale' : ''}`}>
        {ready ? `${formatCount(count)}${of === undefined ? '' : `/${formatCount(of)}`}` : '–'}
      </span>
      <Badge
        look={count === 0 && of === undefined ? { ...look, tone: 'unknown', strong: false } : look}
        hint=""
      />
    </button>
  );
}
