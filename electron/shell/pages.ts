import type { Payload } from '../../shared/contract.ts';
import type { Event } from '../../shared/model/event.ts';

/** What the shell asks a page to show. */
export type Show = Payload<'show'>;

/** The pages in the order of their keys, with their names in menus. */
export const PAGES = [
  ['overview', 'Overview'],
  ['disks', 'Remote Disks'],
  ['units', 'Attached Disks'],
  ['peers', 'Peers'],
  ['exports', 'Exports'],
  ['performance', 'Performance'],
  ['activity', 'Activity'],
  ['settings', 'Settings'],
] as const;
export type PageName = (typeof PAGES)[number][0];

export function showPage(page: PageName, objectId: string | null = null): Show {
  return { page, object_id: objectId, dialog: null };
}

/** A dialog, over whatever page there is. */
export function showDialog(dialog: NonNullable<Show['dialog']>): Show {
  return { page: '', object_id: null, dialog };
}

/** Where the object of an event is shown. */
export function showObject({ kind, object_id: id }: Pick<Event, 'kind' | 'object_id'>): Show {
  switch (kind) {
    case 'unit':
      return showPage('units', id);
    case 'disk':
      return showPage('disks', id);
    case 'peer':
      return showPage('peers', id);
    case 'export':
      return showPage('exports', id);
    case 'listener':
      return showPage('exports');
    case 'job':
      return showPage('activity', id);
    case 'config':
      return showPage('settings');
    case 'path':
    case 'client':
      return showPage('units');
    case 'host':
      return showPage('overview');
  }
}
