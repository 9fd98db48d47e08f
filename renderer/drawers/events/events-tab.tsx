import { ActionIcon, Button, Group, Skeleton, Stack, Tooltip } from '@mantine/core';
import { ZoomIn } from 'lucide-react';
import { useMemo } from 'react';
import { formatDuration } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { SeverityBadge } from '../../components/status/badges.tsx';
import { Time } from '../../components/values.tsx';
import { zoomToEvent } from '../../stores/event-links.ts';
import { useClock } from '../../stores/settings.ts';
import { openPage } from '../../stores/ui.ts';
import { ANY_EVENT } from './event-filter.ts';
import { ACTOR_WORDS, changeText, repeatText } from './event-words.ts';
import styles from './events.module.css';
import { useEvents } from './use-events.ts';

const PAGE_LENGTH = 50;

/** What happened to one object, newest first. */
export function EventsTab({ objectId }: { objectId: string }) {
  const filter = useMemo(() => ({ ...ANY_EVENT, object_id: objectId }), [objectId]);
  const { events, more, ready, error, retry, loadOlder, loadingOlder } = useEvents(filter, PAGE_LENGTH);
  return (
    <Stack gap="sm">
      {error !== null && (
        <ErrorPanel
          title="Its events cannot be read"
          error={error}
          events={false}
          onRetry={() => void retry()}
        />
      )}
      {!ready && error === null && <Skeleton height={120} aria-label="Loading events" />}
      {ready && events.length === 0 && (
        <EmptyState
          text="Nothing happened to it in the time events are kept for."
          action={{ label: 'All events', run: () => openPage('activity', 'events') }}
        />
      )}
      {events.length > 0 && (
        <ol className={styles.list} aria-label="Events, newest first">
          {events.map((event) => (
            <EventItem key={event.id} event={event} />
          ))}
        </ol>
      )}
      {more && (
        <Group>
          <Button variant="default" disabled={loadingOlder} onClick={() => void loadOlder()}>
            {loadingOlder ? 'Loading…' : 'Load older'}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function EventItem({ event }: { event: Event }) {
  const clock = useClock();
  const facts = [
    changeText(event),
    event.duration_ms === null ? '' : `after ${formatDuration(event.duration_ms)}`,
    event.cause === null ? '' : `Cause: ${event.cause}`,
    `By: ${ACTOR_WORDS[event.actor]}`,
    repeatText(event, clock),
  ];
  return (
    <li className={styles.event}>
      <div className={styles.head}>
        <Time at={event.at} />
        <SeverityBadge severity={event.severity} />
        <Tooltip label="Zoom charts to this time">
          <ActionIcon
            size="sm"
            aria-label={`Zoom charts to this time: ${event.text}`}
            onClick={() => zoomToEvent(event, { page: true })}
          >
            <ZoomIn size={14} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.text}>{event.text}</div>
      <div className={styles.more}>{facts.filter((fact) => fact !== '').join(' · ')}</div>
    </li>
  );
}
