import { formatTime } from '../../../shared/format.ts';
import type { Event, ObjectKind } from '../../../shared/model/event.ts';

/** Words of events, the same in table, list and export. */

export const ACTOR_WORDS: Readonly<Record<Event['actor'], string>> = {
  you: 'You',
  policy: 'Policy',
  remote: 'Remote',
  system: 'System',
};

export const KIND_WORDS: Readonly<Record<ObjectKind, string>> = {
  host: 'Host',
  peer: 'Peers',
  disk: 'Remote disks',
  unit: 'Attached disks',
  path: 'Paths',
  export: 'Exports',
  listener: 'Listeners',
  job: 'Jobs',
  config: 'Configuration',
  client: 'NBD clients',
};

/** `single_path` as people read it. */
export function stateWord(state: string): string {
  const words = state.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `Optimal → Degraded`; empty where nothing changed. */
export function changeText({ from, to }: Pick<Event, 'from' | 'to'>): string {
  if (from !== null && to !== null) return `${stateWord(from)} → ${stateWord(to)}`;
  return to === null ? '' : stateWord(to);
}

/** `×14, last 10:42:07`; empty for what happened once. */
export function repeatText({ count, last_at }: Event, clock: 'local' | 'utc'): string {
  return count === 1 ? '' : `×${count}, last ${formatTime(last_at, clock)}`;
}
