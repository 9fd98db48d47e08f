import { HISTORY_COLUMNS, type HistoryColumn, type HistorySeries } from '../../../shared/model/figures.ts';
import { isSlotOf, type Ring } from './geometry.ts';
import type { Plan } from './plan.ts';
import { Summary } from './summary.ts';

/** Slots of successive steps as they were read. */
export interface Slots {
  readonly firstStep: number;
  readonly values: Float32Array<ArrayBuffer>;
}

type Points = (number | null)[];

/**
 * The steps of a plan as a page draws them, with the columns asked for. A step without any whole slot is a gap.
 */
export function curveOf(
  key: string,
  plan: Plan,
  slots: Slots,
  columns: readonly HistoryColumn[],
): HistorySeries {
  const { ring, slotsPerStep } = plan;
  const stepMs = ring.stepMs * slotsPerStep;
  const at: number[] = [];
  const avg: HistorySeries['avg'] = {};
  const max: HistorySeries['max'] = {};
  const wanted = columns.map((name) => {
    const points = { column: HISTORY_COLUMNS.indexOf(name), means: [] as Points, maxima: [] as Points };
    avg[name] = points.means;
    max[name] = points.maxima;
    return points;
  });
  const steps = new Uint32Array(slots.values.buffer);
  const lastRead = slots.firstStep + steps.length / ring.words - 1;
  const summary = new Summary();
  for (let step = plan.first; step <= plan.last; step++) {
    at.push(step * stepMs);
    summary.reset(step);
    const from = Math.max(slots.firstStep, (step - 1) * slotsPerStep + 1);
    const to = Math.min(lastRead, step * slotsPerStep);
    for (let slot = from; slot <= to; slot++) {
      const word = (slot - slots.firstStep) * ring.words;
      if (isSlotOf(steps, word, ring, slot)) add(summary, ring, slots.values, word + 1);
    }
    for (const { column, means, maxima } of wanted) {
      means.push(summary.isEmpty ? null : shown(summary.mean(column)));
      maxima.push(summary.isEmpty ? null : shown(summary.maximum(column)));
    }
  }
  return { key, step_ms: stepMs, at, avg, max };
}

function add(summary: Summary, ring: Ring, values: Float32Array, at: number): void {
  if (ring.isFine) summary.addSample(values, at);
  else summary.addSlot(values, at);
}

/**
 * A value as it was, without the digits 4 bytes do not hold, which would only make the message longer. What a
 * damaged slot may have instead of a number is a gap.
 */
function shown(value: number): number | null {
  if (Number.isInteger(value)) return value;
  if (!Number.isFinite(value)) return null;
  return Math.abs(value) >= 1000 ? Math.round(value) : Math.round(value * 1e4) / 1e4;
}
