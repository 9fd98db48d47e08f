import { useCallback, useEffect, useState } from 'react';
import type { CommandName, Input, Output } from '../../shared/contract.ts';
import type { CallError } from '../../shared/errors.ts';
import { call, toCallError, useConnection } from './index.ts';

export interface Answer<T> {
  /** What came last; it stays while the next is awaited, `current` tells whether it is of this input. */
  readonly value: T | null;
  readonly current: boolean;
  readonly error: CallError | null;
  /** Since when an answer is awaited, ms since 1970; null: none is. */
  readonly askedAt: number | null;
  /** Ask again. */
  retry(): void;
  /** Wait no longer: the error is then `cancelled`. */
  cancel(): void;
}

interface State<T> {
  readonly value: T | null;
  readonly of: string | null;
  readonly error: CallError | null;
  readonly askedAt: number | null;
}

/**
 * What the host answers, for as long as it is shown: asked when it appears, when the input changes, and in each
 * new session.
 */
export function useAnswer<C extends CommandName>(command: C, input: Input<C>): Answer<Output<C>> {
  const text = JSON.stringify(input);
  const [state, setState] = useState<State<Output<C>>>(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const [abort, setAbort] = useState<AbortController | null>(null);
  const connection = useConnection();
  const session = connection.kind === 'connected' ? connection.since : null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the input
  useEffect(() => {
    if (session === null) return setState((before) => ({ ...before, askedAt: null }));
    const mine = new AbortController();
    let left = false;
    setAbort(mine);
    setState((before) => ({ ...before, error: null, askedAt: Date.now() }));
    call(command, input, { signal: mine.signal }).then(
      (value) => {
        if (!left) setState({ value, of: text, error: null, askedAt: null });
      },
      (thrown) => {
        if (!left) setState((before) => ({ ...before, error: toCallError(thrown), askedAt: null }));
      },
    );
    return () => {
      left = true;
      mine.abort();
    };
  }, [command, text, attempt, session]);

  return {
    value: state.value,
    current: state.of === text,
    error: state.error,
    askedAt: state.askedAt,
    retry: useCallback(() => setAttempt((count) => count + 1), []),
    cancel: useCallback(() => abort?.abort(), [abort]),
  };
}

const NOTHING = { value: null, of: null, error: null, askedAt: null } as const;
