import { useEffect } from 'react';
import type { TrustList } from '../../../shared/model/trust.ts';
import { type Answer, useAnswer } from '../../connection/use-answer.ts';
import { useUi } from '../../stores/ui.ts';

/** Another process of this state directory may change it too. */
const POLL_MS = 5000;

/** What this host knows of keys, while it is shown: asked again after each dialog, and from time to time. */
export function useTrust(): Answer<TrustList> {
  const answer = useAnswer('trust.list', {});
  const { retry } = answer;
  const dialog = useUi((state) => state.dialog !== null);
  useEffect(() => {
    if (!dialog) retry();
  }, [dialog, retry]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || retry(), POLL_MS);
    return () => clearInterval(timer);
  }, [retry]);
  return answer;
}
