import { create } from 'zustand';
import type { DialogRequest } from '../dialogs/requests.ts';
import { type ObjectRef, type PageName, type Route, routeOf, routeText } from './route.ts';
import { DEFAULT_RANGE, isLive, type Range, spanOf } from './time-range.ts';

interface UiState {
  readonly route: Route;
  /** The open dialog; one at a time. */
  readonly dialog: DialogRequest | null;
  readonly paletteOpen: boolean;
  /** Ranges zoomed into, for Back. */
  readonly rangesBefore: readonly Range[];
}

export const useUi = create<UiState>(() => ({
  route: routeOf(location.hash),
  dialog: null,
  paletteOpen: false,
  rangesBefore: [],
}));

/** Follows the address bar: back, forward, a link. */
export function startRouting(): void {
  window.addEventListener('popstate', () => useUi.setState({ route: routeOf(location.hash), dialog: null }));
  useUi.setState({ route: routeOf(location.hash) });
  history.replaceState(null, '', routeText(useUi.getState().route));
}

/** Go somewhere: `push` makes it a step that Back undoes. */
function go(change: Partial<Route>, how: 'push' | 'replace'): void {
  const route = { ...useUi.getState().route, ...change };
  const text = routeText(route);
  if (text !== location.hash) history[how === 'push' ? 'pushState' : 'replaceState'](null, '', text);
  useUi.setState({ route });
}

const closed = { object: null, full: false, tab: null } as const;

export function openPage(page: PageName, section: string | null = null): void {
  go({ page, section, ...closed }, 'push');
}
/** Tab of a page that has tabs. */
export function openSection(section: string): void {
  go({ section }, 'replace');
}
/** Show an object in the drawer; `full`: as the whole page. A change of object keeps the tab. */
export function openObject(object: ObjectRef, options: { tab?: string; full?: boolean } = {}): void {
  const { route } = useUi.getState();
  const tab = options.tab ?? (route.object?.kind === object.kind ? route.tab : null);
  go({ object, tab, full: options.full ?? route.full }, route.object === null ? 'push' : 'replace');
}
export function openTab(tab: string): void {
  go({ tab }, 'replace');
}
export function setFull(full: boolean): void {
  go({ full }, 'push');
}
export function closeObject(): void {
  if (useUi.getState().route.object !== null) go(closed, 'push');
}

export function openDialog(dialog: DialogRequest): void {
  useUi.setState({ dialog, paletteOpen: false });
}
export function closeDialog(): void {
  useUi.setState({ dialog: null });
}
export function openPalette(): void {
  useUi.setState({ paletteOpen: true });
}
export function closePalette(): void {
  useUi.setState({ paletteOpen: false });
}

/** The shared time range of all charts. */
export function setRange(range: Range): void {
  useUi.setState({ rangesBefore: [] });
  go({ range }, 'replace');
}
/** Zoom all charts; Back returns. */
export function zoom(from: number, to: number): void {
  const { route, rangesBefore } = useUi.getState();
  useUi.setState({ rangesBefore: [...rangesBefore.slice(-19), route.range] });
  go({ range: spanOf(from, to) }, 'replace');
}
export function zoomBack(): void {
  const { rangesBefore } = useUi.getState();
  const range = rangesBefore.at(-1) ?? DEFAULT_RANGE;
  useUi.setState({ rangesBefore: rangesBefore.slice(0, -1) });
  go({ range }, 'replace');
}
/** Out of all zooms at once. */
export function zoomReset(): void {
  const range = useUi.getState().rangesBefore[0] ?? DEFAULT_RANGE;
  setRange(range);
}
/** Hold the charts where they are, or follow time again. */
export function toggleLive(): void {
  const { range } = useUi.getState().route;
  if (isLive(range) && range.kind === 'last') go({ range: { ...range, pausedAt: Date.now() } }, 'replace');
  else setRange(range.kind === 'last' ? { ...range, pausedAt: null } : DEFAULT_RANGE);
}

export function useRoute(): Route {
  return useUi((state) => state.route);
}
export function useRange(): Range {
  return useUi((state) => state.route.range);
}

export type { ObjectRef, PageName, Route } from './route.ts';
