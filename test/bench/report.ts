import type { Row } from './compare.ts';
import type { Machine } from './machine.ts';
import { medianSample, type Sample } from './measure.ts';
import { goalOf } from './workload.ts';

/** A row boiled down: medians, and the ratio of ours to the peer's throughput. */
export interface Result {
  readonly name: string;
  readonly blockBytes: number;
  readonly ours: Sample;
  readonly peer: Sample;
  /** Ratio of the medians. */
  readonly ratio: number;
  /** The least and the greatest ratio of a single round. */
  readonly ratioSpread: readonly [number, number];
  readonly goal: number | undefined;
  readonly rounds: { readonly ours: readonly Sample[]; readonly peer: readonly Sample[] };
}

export function resultOf(row: Row): Result {
  const [ours, peer] = [medianSample(row.ours), medianSample(row.peer)];
  const ratios = row.ours.map(
    (sample, i) => sample.bytesPerSecond / (row.peer[i]?.bytesPerSecond ?? Number.NaN),
  );
  return {
    name: `${row.comparison}/${row.workload.name}`,
    blockBytes: row.workload.blockBytes,
    ours,
    peer,
    ratio: ours.bytesPerSecond / peer.bytesPerSecond,
    ratioSpread: [Math.min(...ratios), Math.max(...ratios)],
    goal: goalOf(row.comparison, row.workload),
    rounds: { ours: row.ours, peer: row.peer },
  };
}

const HEADINGS = [
  'workload',
  'Spandrel',
  'nbdkit',
  'ratio (min–max)',
  'p50 µs',
  'p99 µs',
  'CPU s/GiB',
  'goal',
] as const;

/** Machine, command and results in Markdown, with the columns aligned for a terminal as well. */
export function markdown(machine: Machine, command: string, results: readonly Result[]): string {
  const rows = [HEADINGS, ...results.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head, ...body] = rows.map(line);
  const facts = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.kernel}`,
    `Node ${machine.node}, nbdkit ${machine.nbdkit}, fio ${machine.fio}`,
    machine.date,
  ].join('; ');
  return [
    `${facts}. \`${command}\``,
    '',
    'Medians over the rounds. Pairs are Spandrel / nbdkit; CPU is that of all processes involved.',
    '',
    head,
    rule,
    ...body,
  ].join('\n');
}

function cells({ name, blockBytes, ours, peer, ratio, ratioSpread, goal }: Result): readonly string[] {
  const [least, greatest] = ratioSpread;
  return [
    name,
    rate(ours, blockBytes),
    rate(peer, blockBytes),
    `${ratio.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`,
    pair(ours.p50Us, peer.p50Us, 0),
    pair(ours.p99Us, peer.p99Us, 0),
    pair(ours.cpuSecondsPerGib, peer.cpuSecondsPerGib, 2),
    goal === undefined ? '' : `${goal.toFixed(1)} ${ratio >= goal ? 'met' : 'missed'}`,
  ];
}

/** Small requests are counted, large ones weighed. */
function rate({ bytesPerSecond }: Sample, blockBytes: number): string {
  if (blockBytes <= 4096) return `${(bytesPerSecond / blockBytes / 1e3).toFixed(1)} kIOPS`;
  return `${(bytesPerSecond / 2 ** 20).toFixed(0)} MiB/s`;
}

function pair(ours: number, peer: number, digits: number): string {
  return `${ours.toFixed(digits)} / ${peer.toFixed(digits)}`;
}
