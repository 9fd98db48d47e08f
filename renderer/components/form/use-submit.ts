import { useEffect, useRef, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import { toCallError } from '../../connection/index.ts';

/** An act that takes time, can be cancelled, and may fail. */
export function useSubmit<T>(act: (signal: AbortSignal) => Promise<T>, done: (value: T) => void) {
  const [busySince, setBusySince] = useState<number | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  const submit = async () => {
    if (controller.current !== null) return;
    const mine = new AbortController();
    controller.current = mine;
    setBusySince(Date.now());
    setError(null);
    try {
      const value = await act(mine.signal);
      controller.current = null;
      setBusySince(null);
      done(value);
    } catch (thrown) {
      controller.current = null;
      setBusySince(null);
      const failed = toCallError(thrown);
      if (failed.code !== 'cancelled') setError(failed);
    }
  };
  return { busySince, error, setError, submit, cancel: () => controller.current?.abort() };
}
