import type { Payload } from '../shared/contract.ts';
import { call, connection, watches } from './connection/index.ts';
import { covers } from './connection/watch.ts';
import { figures } from './stores/figures.ts';
import { startFreshness } from './stores/freshness.ts';
import { loadJournal, takeEvents } from './stores/journal.ts';
import { saveLayout, takeLayout } from './stores/layout.ts';
import { type ObjectRef, PAGES, type PageName } from './stores/route.ts';
import { useSettingsStore } from './stores/settings.ts';
import { applyTables, getRows } from './stores/tables.ts';
import { openDialog, openObject, openPage, openPalette, startRouting } from './stores/ui.ts';

/** Joins the connection and the stores: what the host tells goes where it is shown from. */
export function start(): void {
  connection.on('tables', applyTables);
  connection.on('figures', (batch) => figures.apply(batch));
  connection.on('journal', ({ events }) => takeEvents(events));
  connection.on('settings', ({ settings }) => useSettingsStore.setState({ settings }));
  connection.on('layout', ({ layout }) => takeLayout(layout));
  connection.on('show', show);

  watches.onSent((watch) => {
    const units = unitsOfPaths();
    figures.setCovered((key) => covers(watch, key, (id) => units.get(id)));
  });
  watches.setVisible(!document.hidden);
  document.addEventListener('visibilitychange', () => watches.setVisible(!document.hidden));
  window.addEventListener('pagehide', saveLayout);
  connection.subscribe(() => {
    if (connection.state.kind === 'connected') void greet();
    else figures.holdAll();
  });

  startFreshness();
  // Takes a token from the address bar; only then is what stands there read as a place in the page.
  connection.start();
  startRouting();
}

/** The first calls of a session. If the connection is lost meanwhile, the next one makes them again. */
async function greet(): Promise<void> {
  watches.resend();
  try {
    const hello = await call('session.hello', {});
    useSettingsStore.setState({ hello, settings: hello.settings });
    takeLayout(hello.layout);
    await loadJournal();
  } catch (error) {
    console.warn('the session did not begin', error);
  }
}

function unitsOfPaths(): Map<string, string> {
  return new Map(getRows('units').flatMap(({ name, paths }) => paths.map(({ id }) => [id, name])));
}

const KIND_OF_PAGE: Partial<Record<PageName, ObjectRef['kind']>> = {
  disks: 'disk',
  units: 'unit',
  peers: 'peer',
  exports: 'export',
  activity: 'job',
};

/** The shell asks: from a menu, a notification, a tray. */
function show({ page, object_id, dialog }: Payload<'show'>): void {
  const name = PAGES.find((one) => one === page);
  if (name !== undefined) {
    openPage(name);
    const kind = KIND_OF_PAGE[name];
    if (kind !== undefined && object_id !== null) openObject({ kind, id: object_id });
  }
  if (dialog === 'palette') openPalette();
  else if (dialog !== null) openDialog({ kind: dialog });
}
