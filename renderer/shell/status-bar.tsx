import { ActionIcon, Progress, Tooltip, UnstyledButton } from '@mantine/core';
import { Bell, X } from 'lucide-react';
import { formatCount, formatDuration } from '../../shared/format.ts';
import { HEALTH_ORDER } from '../../shared/health.ts';
import type { Job } from '../../shared/model/job.ts';
import type { Health } from '../../shared/model/unit.ts';
import { LiveFigure } from '../components/live-figure.tsx';
import { Badge } from '../components/status/badges.tsx';
import { Glyph } from '../components/status/glyph.tsx';
import statusStyles from '../components/status/status.module.css';
import { HEALTH_LOOKS, SEVERITY_LOOKS, STALE_LOOK } from '../components/status/words.ts';
import { call, useConnection } from '../connection/index.ts';
import { useFreshness } from '../stores/freshness.ts';
import { useUnseen } from '../stores/journal.ts';
import { useRows } from '../stores/tables.ts';
import { toastFailed } from '../stores/toast.ts';
import { openObject, openPage } from '../stores/ui.ts';
import styles from './shell.module.css';

/** What is going on, on every page. */
export function StatusBar() {
  return (
    <footer className={styles.status} data-region>
      <HostState />
      <PeersUp />
      <UnitsByHealth />
      <span className={`${styles.statusItem} ${styles.rates}`} title="All attached disks together">
        r <LiveFigure of="total" name="read_bytes" /> · w <LiveFigure of="total" name="written_bytes" />
      </span>
      <Jobs />
      <Unseen />
    </footer>
  );
}

function HostState() {
  const { kind } = useConnection();
  const { stale, heardAt, now } = useFreshness();
  const age = heardAt === 0 ? '' : `, last heard ${formatDuration(Math.max(0, now - heardAt))} ago`;
  const words = {
    connecting: 'Connecting',
    denied: 'No session',
    lost: `Host lost${age}`,
    connected: stale ? `Host silent${age}` : 'Engine running',
  };
  const fine = kind === 'connected' && !stale;
  const look = fine ? HEALTH_LOOKS.optimal : kind === 'connecting' ? STALE_LOOK : HEALTH_LOOKS.failed;
  return (
    <span role="status">
      <Badge
        look={look}
        word={words[kind]}
        hint={fine ? 'The host answers' : 'What is shown is what was last heard'}
      />
    </span>
  );
}

function PeersUp() {
  const peers = useRows('peers');
  const up = peers.filter(({ state }) => state === 'up').length;
  return (
    <UnstyledButton className={styles.statusItem} onClick={() => openPage('peers')}>
      <span className="live">
        Peers {up}/{peers.length} up
      </span>
    </UnstyledButton>
  );
}

/** Counts by health, worst first; those at 0 are left out. The worst has its word, the others on hover. */
function UnitsByHealth() {
  const units = useRows('units');
  const counts = new Map<Health, number>();
  for (const { health } of units) counts.set(health, (counts.get(health) ?? 0) + 1);
  const present = HEALTH_ORDER.filter((health) => counts.has(health)).reverse();
  return (
    <UnstyledButton className={styles.statusItem} onClick={() => openPage('units')}>
      <span className="live">
        {units.length === 0 ? 'No disks attached' : `Disks ${formatCount(units.length)}:`}
      </span>
      {present.map((health, index) => {
        const look = HEALTH_LOOKS[health];
        return (
          <span key={health} className={`${statusStyles.badge} ${statusStyles[look.tone]}`} title={look.word}>
            <Glyph name={look.glyph} size={12} />
            <span className="live">
              {counts.get(health)} <span className={index === 0 ? '' : 'visually-hidden'}>{look.word}</span>
            </span>
          </span>
        );
      })}
    </UnstyledButton>
  );
}

function Jobs() {
  const running = useRows('jobs').filter(({ ended_at }) => ended_at === null);
  const [first] = running;
  if (first === undefined) return null;
  return (
    <span className={styles.statusItem}>
      <RunningJob job={first} />
      {running.length > 1 && (
        <UnstyledButton onClick={() => openPage('activity', 'jobs')}>
          +{running.length - 1} more
        </UnstyledButton>
      )}
    </span>
  );
}

function RunningJob({ job }: { job: Job }) {
  // A benchmark ends with its time, not with an amount.
  const percent = job.size_bytes > 0 ? (job.done_bytes / job.size_bytes) * 100 : null;
  const word = percent === null ? job.phase : `${percent.toFixed(0)} %`;
  return (
    <>
      <UnstyledButton
        className={styles.jobTitle}
        title={job.title}
        onClick={() => openObject({ kind: 'job', id: job.id })}
      >
        {job.title}
      </UnstyledButton>
      {percent !== null && <Progress value={percent} w={60} size="sm" aria-label={`${job.title}: ${word}`} />}
      <span className={`num ${styles.jobWord}`}>{word}</span>
      <Tooltip label="Cancel the job">
        <ActionIcon
          size="xs"
          aria-label={`Cancel ${job.title}`}
          onClick={() =>
            call('jobs.cancel', { id: job.id }).catch((error) =>
              toastFailed(`${job.title} was not cancelled`, error),
            )
          }
        >
          <X size={12} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

function Unseen() {
  const { count, worst } = useUnseen();
  return (
    <UnstyledButton className={styles.statusItem} ml="auto" onClick={() => openPage('activity', 'events')}>
      {worst === null || worst === 'info' ? (
        <Bell size={13} aria-hidden="true" />
      ) : (
        <span className={statusStyles[SEVERITY_LOOKS[worst].tone]}>
          <Glyph name={SEVERITY_LOOKS[worst].glyph} size={12} />
        </span>
      )}
      {count === 0
        ? 'No new events'
        : `${count >= 500 ? '500+' : count} new ${count === 1 ? 'event' : 'events'}`}
    </UnstyledButton>
  );
}
