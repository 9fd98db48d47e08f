import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/form/index.ts';
import { Glyph, type GlyphName } from '../../components/status/glyph.tsx';
import { call, toCallError } from '../../connection/index.ts';
import { getRow, useRows } from '../../stores/tables.ts';
import { openDialog } from '../../stores/ui.ts';
import { counted, listed } from '../parts/count.ts';
import { Notice } from '../parts/notice.tsx';
import parts from '../parts/parts.module.css';
import { Recheck } from './plan-view.tsx';
import { holdersOf, type Outcome, outcomeLine, startupLine } from './plans.ts';
import { type Detached, toastDetached, undo } from './undo.ts';
import { type PlanState, usePlans } from './use-plans.ts';

interface Result {
  readonly outcome: Outcome;
  readonly detached: readonly Detached[];
}

/** Detaches several units: those that are free go, those in use are told and stay on the list. */
export function DetachSeveral({ units: wanted }: { units: readonly string[] }) {
  const here = useRows('units').map(({ name }) => name);
  const [gone, setGone] = useState<Result | null>(null);
  const units = wanted.filter((name) => here.includes(name));
  const { planOf, checking, recheck } = usePlans(units);
  const free = units.filter((name) => planOf(name).plan?.busy === false);
  const plans = units.flatMap((name) => planOf(name).plan ?? []);
  return (
    <FormDialog
      title={`Detach ${counted(units.length, 'unit')}`}
      submitLabel={free.length === units.length ? 'Detach all' : `Detach ${free.length} of ${units.length}`}
      busyLabel="Detaching"
      focusSubmit
      size="lg"
      blocked={
        free.length > 0 ? null : units.length > 0 && plans.length === units.length ? 'All are in use' : ''
      }
      command={{
        cli: null,
        command: 'units.detach',
        input: free.map((unit) => ({ unit, force: false, label: null })),
      }}
      extra={<Recheck checking={checking} onRecheck={() => void recheck()} />}
      submit={(signal) => detachAll(free, units, signal)}
      stays={({ outcome: { busy, failed } }) => busy.length + failed.length > 0}
      done={(result) => {
        const { busy, failed } = result.outcome;
        // A toast stands under the dialog: while that stays open, it tells by itself.
        if (busy.length + failed.length > 0) setGone(result);
        else toastDetached(outcomeLine(result.outcome), result.detached);
      }}
    >
      {gone !== null && <Told result={gone} onUndone={() => setGone(null)} />}
      <ul className={`${parts.frame} ${parts.plain}`} aria-live="polite">
        {units.map((unit) => (
          <Row key={unit} unit={unit} state={planOf(unit)} />
        ))}
      </ul>
      {plans.length > 0 && <Text size="sm">{startupLine(plans)}</Text>}
    </FormDialog>
  );
}

/** What went, what did not, and the way back. */
function Told({ result: { outcome, detached }, onUndone }: { result: Result; onUndone(): void }) {
  return (
    <Notice tone="warn" title={outcomeLine(outcome)}>
      {outcome.failed.length > 0 && (
        <ul>
          {outcome.failed.map(({ unit, message }) => (
            <li key={unit}>
              {unit}: {message}
            </li>
          ))}
        </ul>
      )}
      {detached.length > 0 && (
        <Button
          variant="default"
          mt={6}
          onClick={() => {
            onUndone();
            void undo(detached);
          }}
        >
          Undo
        </Button>
      )}
    </Notice>
  );
}

function Row({ unit, state: { plan, error } }: { unit: string; state: PlanState }) {
  const row = getRow('units', unit);
  const glyph: GlyphName =
    error !== null ? 'question' : plan === null ? 'spinner' : plan.busy ? 'cross' : 'check';
  const tone = plan === null ? parts.dim : plan.busy ? parts.err : parts.ok;
  return (
    <li className={parts.line}>
      <span className={tone}>
        <Glyph name={glyph} />
      </span>
      <span>
        <strong>{unit}</strong> {row?.label}
        <span className={plan?.busy === true ? parts.err : parts.dim}>
          {': '}
          {error?.message ?? (plan === null ? 'looking who uses it' : stateWords(plan))}
        </span>
      </span>
      {plan?.busy === true ? (
        <Button
          variant="subtle"
          size="compact-xs"
          aria-label={`Details of ${unit}`}
          onClick={() => openDialog({ kind: 'detach', units: [unit] })}
        >
          Details…
        </Button>
      ) : (
        <span />
      )}
    </li>
  );
}

function stateWords(plan: Parameters<typeof holdersOf>[0] & { busy: boolean }): string {
  if (!plan.busy) return 'free';
  const names = holdersOf(plan).map(({ command, pid, what }) =>
    command === null ? what : pid === null ? what : `${command} (PID ${pid})`,
  );
  return `in use by ${listed(names)}`;
}

/** One after the other; one that cannot go does not keep the others. */
async function detachAll(
  free: readonly string[],
  units: readonly string[],
  signal: AbortSignal,
): Promise<Result> {
  const detached: Detached[] = [];
  const busy = units.filter((unit) => !free.includes(unit));
  const failed: { unit: string; message: string }[] = [];
  for (const unit of free) {
    if (signal.aborted) break;
    const paths = getRow('units', unit)?.paths ?? [];
    try {
      const back = await call('units.detach', { unit, force: false, label: null }, { signal });
      detached.push({ ...back, unit, paths });
    } catch (thrown) {
      const { code, message } = toCallError(thrown);
      if (code === 'busy') busy.push(unit);
      else if (code !== 'cancelled') failed.push({ unit, message });
    }
  }
  return { outcome: { detached: detached.map(({ unit }) => unit), busy, failed }, detached };
}
