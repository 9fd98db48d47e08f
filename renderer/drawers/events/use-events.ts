import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { EventFilter } from '../../../shared/contract.ts';
import type { CallError } from '../../../shared/errors.ts';
import type { Event } from '../../../shared/model/event.ts';
import { call, toCallError } from '../../connection/index.ts';
import { useAnswer } from '../../connection/use-answer.ts';
import { useJournal } from '../../stores/journal.ts';
import { withLive } from './event-filter.ts';

const NONE: readonly Event[] = [];

/** Events that pass a filter: the newest, those that happen now, and older ones when they are asked for. */
export function useEvents(filter: EventFilter, pageLength: number) {
  const what = JSON.stringify(filter);
  const first = useAnswer('events.query', { filter, before: null, limit: pageLength });
  const [older, setOlder] = useState<{ of: unknown; events: readonly Event[]; more: boolean } | null>(null);
  const [olderError, setOlderError] = useState<CallError | null>(null);
  const [loadingOlder, setLoadingOlder] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const live = useJournal();

  // Older ones belong to the answer they continue.
  const mine = older?.of === first.value ? older : null;
  const asked = useMemo(
    () => [...(first.value?.events ?? NONE), ...(mine?.events ?? NONE)],
    [first.value, mine],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the filter
  const events = useMemo(() => withLive(asked, live, filter), [asked, live, what]);
  const more = mine?.more ?? first.value?.more ?? false;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter or component asks for its own
  useEffect(() => {
    setOlderError(null);
    return () => abort.current?.abort();
  }, [what]);

  const loadOlder = useCallback(async () => {
    const last = asked.at(-1);
    if (last === undefined || abort.current?.signal.aborted === false) return;
    const controller = new AbortController();
    abort.current = controller;
    setLoadingOlder(true);
    setOlderError(null);
    try {
      const answer = await call(
        'events.query',
        { filter, before: last.id, limit: pageLength },
        { signal: controller.signal },
      );
      setOlder({ of: first.value, events: [...(mine?.events ?? NONE), ...answer.events], more: answer.more });
    } catch (thrown) {
      if (!controller.signal.aborted) setOlderError(toCallError(thrown));
    }
    if (abort.current === controller) abort.current = null;
    setLoadingOlder(false);
  }, [asked, filter, first.value, mine, pageLength]);

  return {
    events,
    /** There are older ones than those here. */
    more,
    ready: first.value !== null,
    error: first.error ?? olderError,
    retry: first.error === null ? loadOlder : first.retry,
    loadOlder,
    loadingOlder,
  };
}
