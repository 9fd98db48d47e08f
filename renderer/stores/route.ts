import { z } from 'zod';
import { type Range, rangeOf, rangeText } from './time-range.ts';

export const PAGES = [
  'overview',
  'disks',
  'units',
  'peers',
  'exports',
  'performance',
  'activity',
  'settings',
] as const;
export type PageName = (typeof PAGES)[number];

/** Kinds of objects with a drawer. */
export const OBJECT_KINDS = ['unit', 'disk', 'peer', 'export', 'job'] as const;
export type ObjectRef = { readonly kind: (typeof OBJECT_KINDS)[number]; readonly id: string };

/** Where the page is: all of it is in the address bar, so that reload and back work. */
export interface Route {
  readonly page: PageName;
  /** The object in the drawer. */
  readonly object: ObjectRef | null;
  /** The object fills the page. */
  readonly full: boolean;
  /** Tab of the drawer. */
  readonly tab: string | null;
  /** Tab of the page, where it has tabs. */
  readonly section: string | null;
  readonly range: Range;
}

const Page = z.enum(PAGES).catch('overview');
const Kind = z.enum(OBJECT_KINDS);
const Word = z
  .string()
  .regex(/^[a-z_]{1,32}$/)
  .nullable()
  .catch(null);

/** `#/units/performance?open=unit:xa0&tab=paths&range=1h` */
export function routeText(route: Route): string {
  const query = new URLSearchParams();
  if (route.object !== null) query.set('open', `${route.object.kind}:${route.object.id}`);
  if (route.object !== null && route.full) query.set('full', '1');
  if (route.object !== null && route.tab !== null) query.set('tab', route.tab);
  const range = rangeText(route.range);
  if (range !== null) query.set('range', range);
  const section = route.section === null ? '' : `/${route.section}`;
  return `#/${route.page}${section}${query.size > 0 ? `?${query}` : ''}`;
}

/** Reads what routeText wrote; whatever does not fit is as if it were not there. */
export function routeOf(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [page, section] = path.split('/');
  const query = new URLSearchParams(search);
  const object = objectOf(query.get('open'));
  return {
    page: Page.parse(page),
    section: Word.parse(section ?? null),
    object,
    full: object !== null && query.get('full') === '1',
    tab: object === null ? null : Word.parse(query.get('tab')),
    range: rangeOf(query.get('range')),
  };
}

function objectOf(text: string | null): ObjectRef | null {
  const at = text?.indexOf(':') ?? -1;
  if (text === null || at < 0) return null;
  const kind = Kind.safeParse(text.slice(0, at));
  const id = text.slice(at + 1);
  return kind.success && id !== '' ? { kind: kind.data, id } : null;
}
