import { useEffect } from 'react';
import { HintLayer } from '../components/hint.tsx';
import { useConnection, useWatch } from '../connection/index.ts';
import { OpenDialog } from '../dialogs/registry.tsx';
import { useGlobalKeys } from '../keys/use-keys.ts';
import { PAGE_ENTRIES } from '../pages/registry.tsx';
import { PAGES } from '../stores/route.ts';
import { closeObject, openDialog, openPage, openPalette, useRoute } from '../stores/ui.ts';
import { ConnectionBanner, Denied } from './connection-banner.tsx';
import { Drawer } from './drawer.tsx';
import { Palette } from './palette.tsx';
import { Rail } from './rail.tsx';
import { focusFilter, focusRegion } from './regions.ts';
import styles from './shell.module.css';
import { StatusBar } from './status-bar.tsx';
import { TopBar } from './top-bar.tsx';

/** The window's content: what stands around every page, and the page. */
export function App() {
  const { kind } = useConnection();
  return kind === 'denied' ? <Denied /> : <Shell />;
}

const pageKeys = Object.fromEntries(PAGES.map((page) => [`page_${page}`, () => openPage(page)]));
const nothing = {};

function Shell() {
  const { page, object, full } = useRoute();
  const { label, component: Page } = PAGE_ENTRIES[page];
  // The total is on screen always; it needs no wish of its own, but a session needs a first watch.
  useWatch(nothing);
  useGlobalKeys({
    ...pageKeys,
    palette: openPalette,
    settings: () => openPage('settings'),
    events: () => openPage('activity', 'events'),
    filter: focusFilter,
    region: () => focusRegion(1),
    region_back: () => focusRegion(-1),
    close: closeObject,
    help: () => openDialog({ kind: 'help' }),
  });
  useEffect(() => {
    document.title = `${label} – Spandrel`;
  }, [label]);
  return (
    <div className={styles.shell}>
      <button
        type="button"
        className={styles.skip}
        onClick={() => document.getElementById('content')?.focus()}
      >
        Skip to the content
      </button>
      <TopBar />
      <Rail />
      <main
        id="content"
        className={styles.content}
        data-region
        tabIndex={-1}
        aria-label={label}
        hidden={object !== null && full}
      >
        <Page />
      </main>
      <Drawer />
      <ConnectionBanner />
      <StatusBar />
      <Palette />
      <OpenDialog />
      <HintLayer />
    </div>
  );
}
