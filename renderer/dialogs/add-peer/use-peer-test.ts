import { useCallback, useEffect, useRef, useState } from 'react';
import type { Input } from '../../../shared/contract.ts';
import type { CallError } from '../../../shared/errors.ts';
import type { PeerStage, PeerTest } from '../../../shared/model/peer.ts';
import { call, toCallError } from '../../connection/index.ts';

/** A test of a peer: what is known of each stage so far, and its end. */
export interface TestRun {
  readonly startedAt: number;
  readonly running: boolean;
  readonly stages: ReadonlyMap<PeerStage['stage'], PeerStage>;
  readonly result: PeerTest | null;
  /** The test itself did not come to an end. */
  readonly error: CallError | null;
}

/** Runs `peers.test`, one at a time. Leaving the dialog ends it. */
export function usePeerTest() {
  const [run, setRun] = useState<TestRun | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const stop = useCallback(() => {
    abort.current?.abort();
    abort.current = null;
    setRun(null);
  }, []);

  const start = useCallback(async (input: Input<'peers.test'>) => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    const change = (next: (run: TestRun) => Partial<TestRun>) => {
      if (abort.current === mine) setRun((run) => (run === null ? null : { ...run, ...next(run) }));
    };
    setRun({ startedAt: Date.now(), running: true, stages: new Map(), result: null, error: null });
    try {
      const result = await call('peers.test', input, {
        signal: mine.signal,
        onProgress: (stage) => change(({ stages }) => ({ stages: new Map(stages).set(stage.stage, stage) })),
      });
      const stages = new Map(result.stages.map((stage) => [stage.stage, stage]));
      change(() => ({ running: false, result, stages }));
    } catch (thrown) {
      change(() => ({ running: false, error: toCallError(thrown) }));
    }
  }, []);

  return { run, start, stop };
}
