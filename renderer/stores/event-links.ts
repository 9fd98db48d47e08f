import type { Event } from '../../shared/model/event.ts';
import type { ObjectRef } from './route.ts';
import { getRow, getRows } from './tables.ts';
import { openObject, openPage, zoom } from './ui.ts';

/** Charts show so much before and after an event, ms. */
const AROUND_MS = 150_000;

/** The object of an event, if it has a drawer and is still there. */
export function objectOf({ kind, object_id }: Event): ObjectRef | null {
  switch (kind) {
    case 'unit':
    case 'path':
    case 'client':
      return getRow('units', object_id) === undefined ? null : { kind: 'unit', id: object_id };
    case 'disk':
      return getRow('disks', object_id) === undefined ? null : { kind: 'disk', id: object_id };
    case 'peer':
      return getRow('peers', object_id) === undefined ? null : { kind: 'peer', id: object_id };
    case 'export':
      return getRow('exports', object_id) === undefined ? null : { kind: 'export', id: object_id };
    case 'job':
      return getRows('jobs').some(({ id }) => id === object_id) ? { kind: 'job', id: object_id } : null;
    case 'host':
    case 'listener':
    case 'config':
      return null;
  }
}

/** Show what an event is about: its object beside the page, or else all events. */
export function showEvent(event: Event): void {
  const object = objectOf(event);
  if (object === null) openPage('activity', 'events');
  else openObject(object, object.kind === 'job' ? {} : { tab: 'events' });
}

/** Zoom all charts to the time of an event; the shared range goes along to the page with charts. */
export function zoomToEvent({ at, last_at }: Event, options: { page: boolean }): void {
  if (options.page) openPage('performance');
  zoom(at - AROUND_MS, last_at + AROUND_MS);
}
