import { z } from 'zod';
import type { EventFilter } from '../../../shared/contract.ts';
import { ObjectKind, Severity } from '../../../shared/model/event.ts';
import { KIND_WORDS } from '../../drawers/events/event-words.ts';
import { boundsOf, type Range } from '../../stores/time-range.ts';

/** The choices of the events table, as values of its menus. The empty text chooses everything. */

export const KINDS = [
  { value: '', label: 'All objects' },
  ...ObjectKind.options.map((kind) => ({ value: kind as string, label: KIND_WORDS[kind] })),
];

export const SEVERITIES = [
  { value: '', label: 'All severities' },
  { value: 'warning', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors' },
];

const HOUR = 3_600_000;
const SPANS: Readonly<Record<string, number>> = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR };

export const TIMES = [
  { value: '', label: 'Any time' },
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: 'charts', label: 'Range of the charts' },
];

export const Choices = z.object({
  kind: z.string().max(32),
  severity: z.string().max(32),
  time: z.string().max(32),
});
export type Choices = z.infer<typeof Choices>;
export const ALL: Choices = { kind: '', severity: '', time: '' };

/**
 * What the host is asked for. A filter of several words is asked for by its longest: the table looks for the
 * others.
 * @param since when the choice was made: a time that moves would ask anew all the time
 */
export function filterOf(choices: Choices, text: string, range: Range, since: number): EventFilter {
  const words = text.trim().split(/\s+/);
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
  const span = SPANS[choices.time];
  const [from, to] =
    choices.time === 'charts' ? boundsOf(range, since) : [span === undefined ? null : since - span, null];
  return {
    kind: ObjectKind.nullable()
      .catch(null)
      .parse(choices.kind || null),
    object_id: null,
    severity: Severity.nullable()
      .catch(null)
      .parse(choices.severity || null),
    text: longest.slice(0, 200),
    from: from === null ? null : Math.round(from),
    to: to === null || (range.kind === 'last' && range.pausedAt === null) ? null : Math.round(to),
  };
}
