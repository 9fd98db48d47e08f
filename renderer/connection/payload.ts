import { z } from 'zod';
import { EVENTS, type EventName, type Payload } from '../../shared/contract.ts';
import { Id } from '../../shared/model/common.ts';
import { FIGURE_NAMES, type FiguresBatch } from '../../shared/model/figures.ts';
import { TABLE_NAMES, type TableName, TablesBatch } from '../../shared/model/tables.ts';

/** Rows checked before others get their turn. */
const SLICE = 60;

/**
 * A batch of tables, checked row by row: a thousand rows at once would hold up everything else for longer
 * than a person notices.
 * @throws what does not fit
 */
export async function parseTables(payload: unknown, pause: () => Promise<void>): Promise<TablesBatch> {
  const whole = Whole.parse(payload);
  const batch: Record<string, unknown> = { snapshot: whole.snapshot, at: whole.at };
  let checked = 0;
  for (const name of TABLE_NAMES) {
    const delta = whole[name];
    if (delta === undefined) continue;
    const row = TablesBatch.shape[name].unwrap().shape.rows.element;
    const rows: unknown[] = [];
    for (const raw of delta.rows) {
      rows.push(row.parse(raw));
      if (++checked % SLICE === 0) await pause();
    }
    batch[name] = { rows, gone: delta.gone };
  }
  return batch as TablesBatch;
}
const Delta = z.object({ rows: z.array(z.unknown()), gone: z.array(Id) }).optional();
const Whole = z.object({
  snapshot: z.boolean(),
  at: z.number(),
  peers: Delta,
  disks: Delta,
  units: Delta,
  exports: Delta,
  listeners: Delta,
  jobs: Delta,
} satisfies Record<TableName | 'snapshot' | 'at', z.ZodType>);

/** An event's payload, checked. @throws what does not fit */
export function parsePayload<E extends EventName>(event: E, payload: unknown): Payload<E> {
  if (event === 'figures') return checkFigures(payload) as Payload<E>;
  return EVENTS[event].parse(payload) as Payload<E>;
}

/**
 * Figures come each second for hundreds of rows. The schema would copy every one of them and test every
 * number, which costs more than to show them; the host has checked them already. So only the shape is
 * looked at: that each row has as many figures as there are names, and the first is a number.
 */
function checkFigures(payload: unknown): FiguresBatch {
  const batch = payload as FiguresBatch;
  if (typeof batch?.at !== 'number' || typeof batch.interval_ms !== 'number' || !isObject(batch.rows))
    wrong();
  for (const key in batch.rows) {
    const row: unknown = batch.rows[key];
    if (!Array.isArray(row) || row.length !== FIGURE_NAMES.length || typeof row[0] !== 'number') wrong();
  }
  if (!isObject(batch.latency)) wrong();
  for (const key in batch.latency) {
    const counts = batch.latency[key];
    if (!Array.isArray(counts?.read) || !Array.isArray(counts.write)) wrong();
  }
  return batch;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function wrong(): never {
  throw new Error('figures are not of the contract');
}
