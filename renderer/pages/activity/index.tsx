import { useEffect } from 'react';
import type { Event } from '../../../shared/model/event.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { SeverityBadge } from '../../components/status/badges.tsx';
import { type Column, DataTable } from '../../components/table/index.ts';
import { Time } from '../../components/values.tsx';
import { markSeen, useJournal, useJournalStore } from '../../stores/journal.ts';

const COLUMNS: readonly Column<Event>[] = [
  {
    id: 'at',
    header: 'Time',
    width: 160,
    value: (event) => event.last_at,
    cell: (event) => <Time at={event.last_at} />,
  },
  {
    id: 'severity',
    header: 'Severity',
    width: 110,
    value: (event) => event.severity,
    cell: (event) => <SeverityBadge severity={event.severity} />,
  },
  { id: 'object', header: 'Object', width: 140, value: (event) => event.object },
  { id: 'text', header: 'Event', width: 400, grow: true, fixed: true, value: (event) => event.text },
  { id: 'count', header: 'Times', width: 70, align: 'right', value: (event) => event.count },
];
const idOf = (event: Event) => String(event.id);
const nameOf = (event: Event) => `${event.object}, ${event.severity}, ${event.text}`;

export function ActivityPage() {
  const events = useJournal();
  // biome-ignore lint/correctness/useExhaustiveDependencies: who looks at this page sees each new event
  useEffect(markSeen, [events]);
  return (
    <Page title="Activity" scroll={false}>
      <DataTable
        id="events"
        label="Events"
        noun={['event', 'events']}
        rows={events}
        ready={useJournalStore((state) => state.ready)}
        columns={COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        defaultSort={{ id: 'at', desc: true }}
        empty={<EmptyState text="Nothing has happened yet." />}
      />
    </Page>
  );
}
