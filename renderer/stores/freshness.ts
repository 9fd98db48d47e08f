import { create } from 'zustand';
import { connection } from '../connection/index.ts';
import { figures } from './figures.ts';

/** Silence of so many intervals makes what is on screen old. */
const STALE_INTERVALS = 3;
const CHECK_MS = 500;

interface Freshness {
  /** What is on screen may no longer be so: show it greyed, with its age, never as current. */
  readonly stale: boolean;
  /** When the host was last heard of, ms since 1970; 0: never. */
  readonly heardAt: number;
  /** Ticks while stale, so that ages grow. */
  readonly now: number;
}

export const useFreshness = create<Freshness>(() => ({ stale: true, heardAt: 0, now: Date.now() }));

/** Is what is on screen old? */
export function useStale(): boolean {
  return useFreshness((state) => state.stale);
}

/** Watches the host's pulse for as long as the page lives. */
export function startFreshness(): void {
  let shownSince = Date.now();
  const check = () => {
    const now = Date.now();
    // A hidden page is sent nothing, which says nothing about the host.
    const heardAt = connection.lastHeard;
    const silent = now - Math.max(heardAt, shownSince) > STALE_INTERVALS * figures.intervalMs;
    const stale = heardAt === 0 || connection.state.kind !== 'connected' || (silent && !document.hidden);
    const before = useFreshness.getState();
    if (stale || before.stale) useFreshness.setState({ stale, heardAt, now });
    document.documentElement.toggleAttribute('data-stale', stale && heardAt !== 0);
  };
  document.addEventListener('visibilitychange', () => {
    shownSince = Date.now();
    check();
  });
  connection.subscribe(check);
  setInterval(check, CHECK_MS);
}
