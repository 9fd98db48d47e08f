import { Button } from '@mantine/core';
import { EmptyState } from '../../components/empty-state.tsx';
import { SeverityBadge } from '../../components/status/badges.tsx';
import { Time } from '../../components/values.tsx';
import { repeatText } from '../../drawers/events/event-words.ts';
import { useHeld } from '../../drawers/events/use-held.ts';
import { showEvent } from '../../stores/event-links.ts';
import { useJournal, useJournalStore } from '../../stores/journal.ts';
import { useClock } from '../../stores/settings.ts';
import { openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';

const SHOWN = 10;

/** The last ten events. They stay where they are while the pointer or the focus is among them. */
export function LastEvents() {
  const journal = useJournal();
  const clock = useClock();
  const ready = useJournalStore((state) => state.ready);
  const { rows, waiting, release, handlers } = useHeld(journal, '');
  return (
    <section className={styles.card} aria-labelledby="events" {...handlers}>
      <div className={styles.cardHead}>
        <h2 id="events">Last events</h2>
        {waiting > 0 && (
          <Button variant="light" size="compact-xs" onClick={release}>
            Show {waiting} new
          </Button>
        )}
        <Button variant="subtle" size="compact-xs" onClick={() => openPage('activity', 'events')}>
          All events
        </Button>
      </div>
      <div className={styles.ten}>
        {ready && journal.length === 0 && <EmptyState text="Nothing has happened yet." />}
        <ol className={styles.events}>
          {rows.slice(0, SHOWN).map((event) => (
            <li key={event.id} className={styles.event}>
              <Time at={event.last_at} />
              <SeverityBadge severity={event.severity} />
              <button
                type="button"
                className={styles.link}
                data-hint={event.cause === null ? event.text : `${event.text}. ${event.cause}`}
                onClick={() => showEvent(event)}
              >
                {event.text} {event.count > 1 && <b>{repeatText(event, clock).split(',')[0]}</b>}
              </button>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
