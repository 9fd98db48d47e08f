import { useCallback, useEffect, useRef, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import type { DetachPlan } from '../../../shared/model/unit.ts';
import { call, toCallError } from '../../connection/index.ts';
import { useRows } from '../../stores/tables.ts';

/** What detaching a unit takes, as far as it is known. */
export interface PlanState {
  readonly plan: DetachPlan | null;
  readonly error: CallError | null;
}
const UNKNOWN: PlanState = { plan: null, error: null };

/** The plans of some units, asked again by `recheck` and whenever the users of one of them change. */
export function usePlans(units: readonly string[]) {
  const [plans, setPlans] = useState<ReadonlyMap<string, PlanState>>(new Map());
  const [checking, setChecking] = useState(true);
  const abort = useRef<AbortController | null>(null);
  const names = units.join(' ');
  const users = useRows('units')
    .filter(({ name }) => units.includes(name))
    .map((unit) => `${unit.name} ${unit.users.join()}`)
    .join(';');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the same names are the same units
  const recheck = useCallback(async () => {
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    const { signal } = mine;
    setChecking(true);
    await Promise.all(
      units.map(async (unit) => {
        const state = await planOf(unit, signal);
        if (!signal.aborted) setPlans((plans) => new Map(plans).set(unit, state));
      }),
    );
    if (!signal.aborted) setChecking(false);
  }, [names]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: who uses them is not part of the question, but changes its answer
  useEffect(() => {
    void recheck();
    return () => abort.current?.abort();
  }, [recheck, users]);

  return { planOf: (unit: string) => plans.get(unit) ?? UNKNOWN, checking, recheck };
}

async function planOf(unit: string, signal: AbortSignal): Promise<PlanState> {
  try {
    return { plan: await call('units.detach_plan', { unit }, { signal }), error: null };
  } catch (error) {
    return { plan: null, error: toCallError(error) };
  }
}
