import { useCallback, useEffect, useState } from 'react';
import type { CommandName, Input, Output } from '../../../shared/contract.ts';
import type { CallError } from '../../../shared/errors.ts';
import { call, toCallError } from '../../connection/index.ts';

/** What came of a question to the host. The last answer stays while the next is awaited. */
export interface Asked<T> {
  readonly value: T | null;
  readonly error: CallError | null;
  /** An answer is awaited. */
  readonly pending: boolean;
  /** Ask again. */
  again(): void;
}

/**
 * Ask the host, and again when the input changes; leaving the dialog cancels it.
 * @param input null: there is nothing to ask, and what was answered no longer holds
 * @param delayMs wait so long for the input to stay the same, for what is typed
 */
export function useAsk<C extends CommandName>(
  command: C,
  input: Input<C> | null,
  delayMs = 0,
): Asked<Output<C>> {
  const [value, setValue] = useState<Output<C> | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const [pending, setPending] = useState(input !== null);
  const [round, setRound] = useState(0);
  const text = JSON.stringify(input);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an input of equal content is the same question
  useEffect(() => {
    setPending(input !== null);
    if (input === null) {
      setValue(null);
      setError(null);
      return;
    }
    const abort = new AbortController();
    const ask = async () => {
      try {
        const answer = await call(command, input, { signal: abort.signal });
        if (abort.signal.aborted) return;
        setValue(answer);
        setError(null);
        setPending(false);
      } catch (thrown) {
        if (abort.signal.aborted) return;
        setValue(null);
        setError(toCallError(thrown));
        setPending(false);
      }
    };
    const timer = setTimeout(() => void ask(), delayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [command, text, round, delayMs]);

  return { value, error, pending, again: useCallback(() => setRound((count) => count + 1), []) };
}
