import { PAGES, type PageName } from '../stores/route.ts';

/** Where a key works: everywhere, or while a table or chart has the focus. */
export type KeyScope = 'everywhere' | 'rows';

export interface Key {
  readonly id: string;
  /** `Mod` is Ctrl, on a Mac Cmd. Any of them. */
  readonly keys: readonly string[];
  readonly text: string;
  readonly group: 'Pages' | 'Everywhere' | 'Rows' | 'Acts on rows' | 'Charts';
  readonly scope: KeyScope;
}

const PAGE_LABELS: Record<PageName, string> = {
  overview: 'Overview',
  disks: 'Remote disks',
  units: 'Attached disks',
  peers: 'Peers',
  exports: 'Exports',
  performance: 'Performance',
  activity: 'Activity',
  settings: 'Settings',
};

/** The one table of keys: what acts on them and what the help shows. */
export const KEYS = [
  ...PAGES.map((page, index) => ({
    id: `page_${page}` as const,
    keys: [`Mod+${index + 1}`],
    text: PAGE_LABELS[page],
    group: 'Pages' as const,
    scope: 'everywhere' as const,
  })),
  { id: 'palette', keys: ['Mod+K'], text: 'Search and commands', group: 'Everywhere', scope: 'everywhere' },
  { id: 'settings', keys: ['Mod+,'], text: 'Settings', group: 'Everywhere', scope: 'everywhere' },
  { id: 'events', keys: ['Mod+L'], text: 'Events', group: 'Everywhere', scope: 'everywhere' },
  { id: 'filter', keys: ['/'], text: 'Filter the table', group: 'Everywhere', scope: 'everywhere' },
  { id: 'region', keys: ['F6'], text: 'Next part of the window', group: 'Everywhere', scope: 'everywhere' },
  {
    id: 'region_back',
    keys: ['Shift+F6'],
    text: 'Previous part of the window',
    group: 'Everywhere',
    scope: 'everywhere',
  },
  { id: 'close', keys: ['Escape'], text: 'Close or clear', group: 'Everywhere', scope: 'everywhere' },
  { id: 'help', keys: ['F1', '?'], text: 'This list', group: 'Everywhere', scope: 'everywhere' },

  {
    id: 'up',
    keys: ['ArrowUp', 'Shift+ArrowUp'],
    text: 'Row above; with Shift: select',
    group: 'Rows',
    scope: 'rows',
  },
  {
    id: 'down',
    keys: ['ArrowDown', 'Shift+ArrowDown'],
    text: 'Row below; with Shift: select',
    group: 'Rows',
    scope: 'rows',
  },
  { id: 'first', keys: ['Home'], text: 'First row', group: 'Rows', scope: 'rows' },
  { id: 'last', keys: ['End'], text: 'Last row', group: 'Rows', scope: 'rows' },
  { id: 'page_up', keys: ['PageUp'], text: 'A page up', group: 'Rows', scope: 'rows' },
  { id: 'page_down', keys: ['PageDown'], text: 'A page down', group: 'Rows', scope: 'rows' },
  { id: 'expand', keys: ['ArrowRight'], text: 'Show paths', group: 'Rows', scope: 'rows' },
  { id: 'collapse', keys: ['ArrowLeft'], text: 'Hide paths', group: 'Rows', scope: 'rows' },
  { id: 'select', keys: [' '], text: 'Select', group: 'Rows', scope: 'rows' },
  { id: 'select_all', keys: ['Mod+A'], text: 'Select all', group: 'Rows', scope: 'rows' },
  { id: 'open', keys: ['Enter'], text: 'Open in the drawer', group: 'Rows', scope: 'rows' },
  { id: 'open_full', keys: ['Shift+Enter'], text: 'Open as a page', group: 'Rows', scope: 'rows' },
  { id: 'menu', keys: ['Shift+F10', 'ContextMenu'], text: 'Menu of the row', group: 'Rows', scope: 'rows' },
  { id: 'refresh', keys: ['R'], text: 'Sort anew', group: 'Rows', scope: 'rows' },

  { id: 'attach', keys: ['A'], text: 'Attach…', group: 'Acts on rows', scope: 'rows' },
  {
    id: 'detach',
    keys: ['D', 'Delete'],
    text: 'Detach, disconnect or forget…',
    group: 'Acts on rows',
    scope: 'rows',
  },
  { id: 'expose', keys: ['E'], text: 'Expose or export…', group: 'Acts on rows', scope: 'rows' },
  { id: 'paths', keys: ['P'], text: 'Paths', group: 'Acts on rows', scope: 'rows' },
  { id: 'copy', keys: ['C'], text: 'Copy identity', group: 'Acts on rows', scope: 'rows' },
  { id: 'io_columns', keys: ['I'], text: 'Show or hide I/O columns', group: 'Acts on rows', scope: 'rows' },

  { id: 'range', keys: ['T'], text: 'Time range', group: 'Charts', scope: 'rows' },
  { id: 'range_shorter', keys: ['<'], text: 'Shorter time range', group: 'Charts', scope: 'rows' },
  { id: 'range_longer', keys: ['>'], text: 'Longer time range', group: 'Charts', scope: 'rows' },
  { id: 'live', keys: ['L'], text: 'Live or pause', group: 'Charts', scope: 'rows' },
] as const satisfies readonly Key[];

export type KeyId = (typeof KEYS)[number]['id'];

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Which key of the table was pressed, if any. */
export function keyOf(event: Pressed, scope: KeyScope, mac = isMac): KeyId | null {
  if (event.altKey) return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  if ((mac ? event.ctrlKey : event.metaKey) && event.key !== 'F6') return null;
  const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  for (const { id, keys, scope: within } of KEYS) {
    if (
      within === scope &&
      (keys as readonly string[]).some((key) => matches(key, name, mod, event.shiftKey))
    )
      return id;
  }
  return null;
}

function matches(key: string, name: string, mod: boolean, shift: boolean): boolean {
  const wantsMod = key.startsWith('Mod+');
  const wantsShift = key.startsWith('Shift+');
  const bare = key.replace(/^(Mod|Shift)\+/, '');
  // Which signs need Shift depends on the keyboard: for them it does not count.
  const shiftFits = bare.length === 1 && !/[A-Z ]/.test(bare) ? true : shift === wantsShift;
  return bare === name && mod === wantsMod && shiftFits;
}

export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.userAgent);

const SHOWN: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  ContextMenu: 'Menu',
};

/** A key as it stands on the keyboard: `Ctrl+K`. */
export function shownKey(key: string): string {
  if (key === '+') return key;
  return key
    .split('+')
    .map((part) => (part === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : (SHOWN[part] ?? part)))
    .join('+');
}

/** The first key of an act, for tooltips and menus. */
export function keyHint(id: KeyId): string {
  return shownKey(KEYS.find((key) => key.id === id)?.keys[0] ?? '');
}
