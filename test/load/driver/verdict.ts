import type { LoadReport } from './load.ts';
import type { HeldByAll, ProcessName } from './load-world.ts';

export interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly ok: boolean;
  /** It depends on how busy the machine is with other things. */
  readonly isTime: boolean;
}

const IDLE_LIMIT_KIB = 32;
/** p99 with a hostile client, as a multiple of that without. */
const HOSTILE_LIMIT = 2;
/** As in the soak test: what the allocator keeps depends on what came at the same time. */
const RSS_ROOM_MIB = 32;
const RSS_ROOM_SHARE = 0.25;
/** Free memory that is kept for the data path (`stream/memory.ts`). */
const KEPT_MIB = 64;

/** Each goal with its figure. */
export function rowsOf(report: LoadReport): Row[] {
  return [...idleRows(report), ...flatRows(report), ...latencyRows(report), ...answerRows(report)];
}

function idleRows({ plan, withoutIdle, withIdle }: LoadReport): Row[] {
  const { gateway: before } = withoutIdle;
  const { gateway: now } = withIdle;
  const kib = ((now.rssMib - before.rssMib) * 1024) / plan.idle;
  const descriptors = (now.descriptors - before.descriptors) / plan.idle;
  return [
    row(
      'memory of an idle connection',
      `${kib.toFixed(1)} KiB`,
      `≤ ${IDLE_LIMIT_KIB} KiB`,
      kib <= IDLE_LIMIT_KIB,
    ),
    row('descriptors of an idle connection', `${descriptors}`, '1', descriptors === 1),
  ];
}

/** Between the first round, which makes what is kept, and the last; and when all are gone. */
function flatRows({ withoutIdle, afterRounds, after }: LoadReport): Row[] {
  const first = afterRounds[0] as HeldByAll;
  const last = afterRounds.at(-1) as HeldByAll;
  return (['gateway', 'exporter'] as const).flatMap((name) => [
    descriptorRow(`${name}: descriptors, first and last round`, name, first, last),
    rssRow(`${name}: RSS, first and last round`, name, first, last, 0),
    descriptorRow(`${name}: descriptors, without clients, before and after`, name, withoutIdle, after),
    rssRow(`${name}: RSS, without clients, before and after`, name, withoutIdle, after, KEPT_MIB),
  ]);
}

function descriptorRow(what: string, name: ProcessName, from: HeldByAll, to: HeldByAll): Row {
  const [before, now] = [from[name].descriptors, to[name].descriptors];
  return row(what, `${before} → ${now}`, 'no more', now <= before);
}

function rssRow(what: string, name: ProcessName, from: HeldByAll, to: HeldByAll, keptMib: number): Row {
  const [before, now] = [from[name].rssMib, to[name].rssMib];
  const limit = before * (1 + RSS_ROOM_SHARE) + RSS_ROOM_MIB + keptMib;
  return row(what, `${before.toFixed(0)} → ${now.toFixed(0)} MiB`, `≤ ${limit.toFixed(0)} MiB`, now <= limit);
}

function latencyRows({ latencies }: LoadReport): Row[] {
  const quietUs = percentile(latencies.get('none')?.own ?? [], 0.99);
  return [...latencies].map(([name, { own, newcomers }]) => {
    const us = percentile(own, 0.99);
    const figure = `p99 ${ms(us)} (p50 ${ms(percentile(own, 0.5))}, new connection ${ms(percentile(newcomers, 0.99))})`;
    if (name === 'none') return row('good client, nobody hostile', figure, 'served', own.length > 0);
    const ratio = us / quietUs;
    const what = `good client, ${name}`;
    return {
      ...row(
        what,
        `${figure}: ${ratio.toFixed(2)} times`,
        `≤ ${HOSTILE_LIMIT} times`,
        ratio <= HOSTILE_LIMIT,
      ),
      isTime: true,
    };
  });
}

function answerRows({ plan, latencies, idleServed, requests, problems }: LoadReport): Row[] {
  const served = [...latencies.values()].every(
    ({ own, newcomers }) => own.length > 0 && newcomers.length > 0,
  );
  return [
    row('good client and newcomers served in each part', served ? 'yes' : 'no', 'yes', served),
    row(
      'wrong answers, ended connections',
      `${problems.length} in ${requests} requests`,
      '0',
      problems.length === 0,
    ),
    row('idle connections served at the end', `${idleServed}`, `${plan.idle}`, idleServed === plan.idle),
  ];
}

function row(what: string, figure: string, goal: string, ok: boolean): Row {
  return { what, figure, goal, ok, isTime: false };
}

/** Of values in any order; 0 where there are none. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const all = [
    ['', 'figure', 'goal', ''],
    ...rows.map(({ what, figure, goal, ok }) => [what, figure, goal, ok ? 'met' : 'MISSED']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
