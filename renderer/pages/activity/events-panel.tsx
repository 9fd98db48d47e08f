import { ActionIcon, Button, Menu, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { ArrowUp, ChevronDown, Download, ZoomIn } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { formatCount, formatTime } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';
import { ActButton } from '../../components/act-button.tsx';
import { download } from '../../components/chart/download.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { type Column, DataTable } from '../../components/table/index.ts';
import { useTableLayout } from '../../components/table/table-layout.ts';
import { changeText } from '../../drawers/events/event-words.ts';
import { useEvents } from '../../drawers/events/use-events.ts';
import { useHeld } from '../../drawers/events/use-held.ts';
import { objectOf, showEvent, zoomToEvent } from '../../stores/event-links.ts';
import { markSeen, useJournal } from '../../stores/journal.ts';
import { useLayout } from '../../stores/layout.ts';
import { useClock } from '../../stores/settings.ts';
import { useRange } from '../../stores/ui.ts';
import styles from './activity.module.css';
import { ALL, Choices, filterOf, KINDS, SEVERITIES, TIMES } from './event-choices.ts';
import { EVENT_COLUMNS } from './event-columns.tsx';
import { eventsCsv, eventsJson } from './event-export.ts';

const PAGE_LENGTH = 200;
const TABLE = 'events';

const COLUMNS: readonly Column<Event>[] = [
  ...EVENT_COLUMNS,
  {
    id: 'charts',
    header: 'Charts',
    description: 'Zoom all charts to the time of the event',
    width: 72,
    value: () => null,
    text: () => '',
    cell: (event) => (
      <ActionIcon
        size="sm"
        tabIndex={-1}
        aria-label="Zoom charts to this time"
        data-hint="Zoom charts to this time"
        onClick={(click) => {
          click.stopPropagation();
          zoomToEvent(event, { page: true });
        }}
      >
        <ZoomIn size={14} />
      </ActionIcon>
    ),
  },
];
const idOf = (event: Event) => String(event.id);
const nameOf = (event: Event) => [event.object, event.severity, event.text, changeText(event)].join(', ');
const open = (event: Event) => showEvent(event);

/** Everything that happened, as far back as it is kept. */
export function EventsPanel() {
  const [choices, choose] = useLayout('activity.events', Choices, ALL);
  const [layout, changeLayout] = useTableLayout(TABLE);
  const [text] = useDebouncedValue(layout.filter, 300);
  const range = useRange();
  const clock = useClock();
  const [since, setSince] = useState(Date.now);
  const filter = useMemo(() => filterOf(choices, text, range, since), [choices, text, range, since]);
  const { events, more, ready, error, retry, loadOlder, loadingOlder } = useEvents(filter, PAGE_LENGTH);
  const { rows, waiting, release, handlers } = useHeld(events, JSON.stringify(filter));
  const journal = useJournal();
  // biome-ignore lint/correctness/useExhaustiveDependencies: who looks at this page sees each new event
  useEffect(markSeen, [journal]);

  const set = (change: Partial<Choices>) => {
    setSince(Date.now());
    choose({ ...choices, ...change });
  };
  const chosen = choices.kind !== '' || choices.severity !== '' || choices.time !== '';
  const save = (type: 'csv' | 'json') => {
    const [made, mime] =
      type === 'csv' ? [eventsCsv(rows), 'text/csv'] : [eventsJson(rows), 'application/json'];
    download(`spandrel-events.${type}`, made, mime);
  };
  const oldest = rows.at(-1);
  return (
    <>
      {error !== null && (
        <div className={styles.error}>
          <ErrorPanel
            title="Events cannot be read"
            error={error}
            events={false}
            onRetry={() => void retry()}
          />
        </div>
      )}
      <div className={styles.grow} {...handlers}>
        <DataTable
          id={TABLE}
          label="Events"
          noun={['event', 'events']}
          rows={rows}
          ready={ready}
          columns={COLUMNS}
          rowId={idOf}
          rowName={nameOf}
          defaultSort={{ id: 'at', desc: true }}
          reorder
          onOpen={open}
          menu={([event]) => (event === undefined ? [] : entriesOf(event))}
          toolbar={() => (
            <>
              <Select
                aria-label="Objects"
                w={150}
                data={KINDS}
                value={choices.kind}
                onChange={(kind) => set({ kind: kind ?? '' })}
              />
              <Select
                aria-label="Severity"
                w={170}
                data={SEVERITIES}
                value={choices.severity}
                onChange={(severity) => set({ severity: severity ?? '' })}
              />
              <Select
                aria-label="Time"
                w={165}
                data={TIMES}
                value={choices.time}
                onChange={(time) => set({ time: time ?? '' })}
              />
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button
                    variant="default"
                    leftSection={<Download size={13} />}
                    rightSection={<ChevronDown size={13} />}
                    disabled={rows.length === 0}
                  >
                    Export
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => save('csv')}>CSV of the events listed</Menu.Item>
                  <Menu.Item onClick={() => save('json')}>JSON of the events listed</Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </>
          )}
          empty={
            chosen || text !== '' ? (
              <EmptyState
                text="No event matches what is chosen."
                action={{
                  label: 'Show all',
                  run: () => {
                    choose(ALL);
                    changeLayout({ filter: '' });
                  },
                }}
              />
            ) : (
              <EmptyState text="Nothing has happened yet. What does is kept here across restarts." />
            )
          }
        />
      </div>
      <div className={styles.foot}>
        <ActButton
          reason={loadingOlder ? 'They are on their way' : more ? null : 'There are no older events'}
          onClick={() => void loadOlder()}
        >
          Load older
        </ActButton>
        <span>
          {oldest === undefined
            ? ''
            : `${formatCount(rows.length)} ${rows.length === 1 ? 'event' : 'events'} since ${formatTime(oldest.at, clock)}${more ? '' : ', all there are'}`}
        </span>
        <span className={styles.end}>
          <ActButton
            variant={waiting > 0 ? 'light' : 'default'}
            reason={waiting > 0 ? null : 'New events show by themselves unless you are in the table'}
            leftSection={<ArrowUp size={13} />}
            onClick={release}
          >
            {waiting === 0 ? 'No newer events' : `Show ${waiting} new ${waiting === 1 ? 'event' : 'events'}`}
          </ActButton>
        </span>
      </div>
    </>
  );
}

function entriesOf(event: Event) {
  const object = objectOf(event);
  return [
    {
      label: 'Open the object',
      run: () => showEvent(event),
      ...(object === null ? { disabled: 'It is not there (any more)' } : {}),
    },
    { label: 'Zoom charts to this time', run: () => zoomToEvent(event, { page: true }) },
  ];
}
