import type { Event } from '../../../shared/model/event.ts';
import { SeverityBadge } from '../../components/status/badges.tsx';
import type { Column } from '../../components/table/index.ts';
import { Duration, NoValue, Time } from '../../components/values.tsx';
import { ACTOR_WORDS, changeText, repeatText } from '../../drawers/events/event-words.ts';
import { useClock } from '../../stores/settings.ts';

const RANK = { info: 0, warning: 1, error: 2 } as const;
/** Not for the filter: time, severity and kind have choices of their own, and the host looks for text alone. */
const unseen = () => '';

export const EVENT_COLUMNS: readonly Column<Event>[] = [
  {
    id: 'at',
    header: 'Time',
    width: 142,
    value: (event) => event.id,
    text: unseen,
    cell: (event) => <Time at={event.at} />,
  },
  {
    id: 'severity',
    header: 'Severity',
    width: 94,
    value: (event) => RANK[event.severity],
    text: unseen,
    cell: (event) => <SeverityBadge severity={event.severity} />,
  },
  { id: 'object', header: 'Object', width: 124, value: (event) => event.object },
  {
    id: 'text',
    header: 'Event',
    width: 226,
    grow: true,
    fixed: true,
    value: (event) => event.text,
    cell: (event) => <EventText event={event} />,
  },
  {
    id: 'change',
    header: 'From → To',
    width: 150,
    value: changeText,
    text: unseen,
    cell: (event) => changeText(event) || <NoValue />,
  },
  {
    id: 'duration',
    header: 'Duration',
    description: 'How long the state before lasted; of a recovery, the outage',
    width: 80,
    align: 'right',
    value: (event) => event.duration_ms,
    text: unseen,
    cell: (event) => <Duration ms={event.duration_ms} />,
  },
  { id: 'cause', header: 'Cause', width: 118, value: (event) => event.cause },
  {
    id: 'actor',
    header: 'Actor',
    description: 'You, a policy, the remote end, or this system',
    width: 82,
    value: (event) => ACTOR_WORDS[event.actor],
    text: unseen,
  },
];

/** What happened; of a group how often, and when last. */
function EventText({ event }: { event: Event }) {
  const repeats = repeatText(event, useClock());
  return (
    <>
      {event.text}
      {repeats !== '' && <b> {repeats}</b>}
    </>
  );
}
