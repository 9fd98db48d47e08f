import { formatIso } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';

/** Events as files, in base units: times as ISO 8601, durations in milliseconds. */

const COLUMNS = [
  'id',
  'time',
  'last_time',
  'count',
  'severity',
  'kind',
  'object',
  'object_id',
  'text',
  'from',
  'to',
  'duration_ms',
  'cause',
  'actor',
] as const;

function record(event: Event): Record<(typeof COLUMNS)[number], string | number | null> {
  const { id, count, severity, kind, object, object_id, text, from, to, duration_ms, cause, actor } = event;
  return {
    id,
    time: formatIso(event.at, 'utc'),
    last_time: formatIso(event.last_at, 'utc'),
    count,
    severity,
    kind,
    object,
    object_id,
    text,
    from,
    to,
    duration_ms,
    cause,
    actor,
  };
}

export function eventsCsv(events: readonly Event[]): string {
  const lines = events.map((event) => {
    const values = record(event);
    return COLUMNS.map((column) => cell(values[column])).join(',');
  });
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

export function eventsJson(events: readonly Event[]): string {
  return `${JSON.stringify(events.map(record), null, 2)}\n`;
}

/** A spreadsheet must not take what a peer called itself for a formula. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
