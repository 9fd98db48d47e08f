import { useEffect } from 'react';
import type { Hello } from '../../shared/model/host.ts';
import { call, useConnection } from '../connection/index.ts';
import { useHello, useSettingsStore } from './settings.ts';

const POLL_MS = 3000;

/**
 * What the host says of itself, kept up to date while it is shown: its notices and the address of its metrics
 * change some time after the settings they come from.
 */
export function useCurrentHello(): Hello | null {
  const { kind } = useConnection();
  useEffect(() => {
    if (kind !== 'connected') return;
    const abort = new AbortController();
    const ask = () => {
      if (document.hidden) return;
      call('session.hello', {}, { signal: abort.signal }).then(
        (hello) => useSettingsStore.setState({ hello }),
        // The next one may be answered, and the banner tells of a lost connection.
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, POLL_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [kind]);
  return useHello();
}
