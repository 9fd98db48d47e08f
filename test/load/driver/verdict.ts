import { type LoadReport, NOBODY } from './load.ts';
import type { Held, HeldByAll } from './load-world.ts';

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
/** One who comes beside the good client may be there just then. */
const NEWCOMERS = 1;
/** Memory in use may differ by so much from one moment to another. */
const LIVE_ROOM_MIB = 8;
/** Free memory that is kept for the data path (`stream/memory.ts`). */
const KEPT_MIB = 64;
/** What one client may have under way (`nbd/limits.ts`), which the allocator need not give back. */
const CLIENT_MIB = 64;
/** Without limits a client that asks and never takes has it hold thousands. */
const PEAK_LIMIT_MIB = 400;

/** Each goal with its figure. */
export function rowsOf(report: LoadReport): Row[] {
  return [
    ...idleRows(report),
    ...flatRows(report),
    peakRow(report),
    ...latencyRows(report),
    ...answerRows(report),
  ];
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
  return (['gateway', 'exporter'] as const).flatMap((name) => {
    const rounds = `${name}, first and last round`;
    const alone = `${name}, without clients, before and after`;
    return [
      descriptorRow(`${rounds}: descriptors`, first[name], last[name], NEWCOMERS),
      memoryRow(`${rounds}: memory in use`, first[name].liveMib, last[name].liveMib, LIVE_ROOM_MIB),
      memoryRow(`${rounds}: RSS`, first[name].rssMib, last[name].rssMib, rssRoom(first[name])),
      descriptorRow(`${alone}: descriptors`, withoutIdle[name], after[name], 0),
      memoryRow(
        `${alone}: memory in use`,
        withoutIdle[name].liveMib,
        after[name].liveMib,
        LIVE_ROOM_MIB + KEPT_MIB,
      ),
      memoryRow(
        `${alone}: RSS`,
        withoutIdle[name].rssMib,
        after[name].rssMib,
        rssRoom(withoutIdle[name]) + KEPT_MIB + CLIENT_MIB,
      ),
    ];
  });
}

function peakRow({ peakRssMib }: LoadReport): Row {
  const figure = `${peakRssMib.toFixed(0)} MiB`;
  return row('gateway, most RSS ever', figure, `≤ ${PEAK_LIMIT_MIB} MiB`, peakRssMib <= PEAK_LIMIT_MIB);
}

function rssRoom({ rssMib }: Held): number {
  return rssMib * RSS_ROOM_SHARE + RSS_ROOM_MIB;
}

function descriptorRow(
  what: string,
  { descriptors: before }: Held,
  { descriptors: now }: Held,
  room: number,
): Row {
  const goal = room === 0 ? 'no more' : `≤ ${before + room}`;
  return row(what, `${before} → ${now}`, goal, now <= before + room);
}

function memoryRow(what: string, before: number, now: number, room: number): Row {
  const limit = before + room;
  return row(what, `${before.toFixed(0)} → ${now.toFixed(0)} MiB`, `≤ ${limit.toFixed(0)} MiB`, now <= limit);
}

function latencyRows({ latencies }: LoadReport): Row[] {
  const quietUs = percentile(latencies.get(NOBODY)?.own ?? [], 0.99);
  return [...latencies].map(([name, { own, newcomers, turnedAway }]) => {
    const us = percentile(own, 0.99);
    const figure = `p99 ${ms(us)} (p50 ${ms(percentile(own, 0.5))}, new connection p50 ${ms(percentile(newcomers, 0.5))}, turned away ${turnedAway})`;
    if (name === NOBODY) return row(`good client, ${name}`, figure, 'served', own.length > 0);
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
