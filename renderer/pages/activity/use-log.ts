import { useEffect, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import type { LogLine } from '../../../shared/model/host.ts';
import { call, toCallError, useConnection } from '../../connection/index.ts';
import { sameLines } from './log-lines.ts';

const POLL_MS = 1500;
const LINES = 1000;

/** The end of the host's log; asked for again and again while it is looked at. null: not yet known. */
export function useLog(live: boolean) {
  const [lines, setLines] = useState<readonly LogLine[] | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const connected = useConnection().kind === 'connected';

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks anew
  useEffect(() => {
    if (!connected || !live) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const answer = await call('log.tail', { lines: LINES }, { signal: abort.signal });
        setLines((before) => (before !== null && sameLines(before, answer.lines) ? before : answer.lines));
        setError(null);
        timer = setTimeout(() => void ask(), POLL_MS);
      } catch (thrown) {
        if (!abort.signal.aborted) setError(toCallError(thrown));
      }
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [connected, live, attempt]);

  return { lines, error, retry: () => setAttempt((count) => count + 1) };
}
