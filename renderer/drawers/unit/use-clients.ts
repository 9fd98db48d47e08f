import { useEffect, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import type { UnitClient } from '../../../shared/model/unit.ts';
import { call, toCallError } from '../../connection/index.ts';

const POLL_MS = 2000;

export interface ClientsState {
  /** null: not told yet. */
  readonly clients: readonly UnitClient[] | null;
  /** Of the last answer, ms since 1970. */
  readonly at: number;
  /** Why the last question got no answer. */
  readonly error: CallError | null;
}

/** Who uses a unit over NBD, asked each two seconds while it is shown: the host does not tell by itself. */
export function useClients(unit: string): ClientsState {
  const [state, setState] = useState<ClientsState>({ clients: null, at: 0, error: null });
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      // The next question waits for this answer: a slow host is not asked twice.
      if (!document.hidden) {
        try {
          const { clients } = await call('units.clients', { unit }, { signal: abort.signal });
          if (!abort.signal.aborted) setState({ clients, at: Date.now(), error: null });
        } catch (thrown) {
          if (!abort.signal.aborted) setState((before) => ({ ...before, error: toCallError(thrown) }));
        }
      }
      if (!abort.signal.aborted) timer = setTimeout(() => void ask(), POLL_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [unit]);
  return state;
}

/** `dd (PID 4711, root)`; the remote where the process is not known. */
export function clientName({ process, remote }: Pick<UnitClient, 'process' | 'remote'>): string {
  return process === null ? remote : `${process.command} (PID ${process.pid}, ${process.user})`;
}
