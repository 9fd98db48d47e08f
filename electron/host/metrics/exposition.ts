import { PathInfo } from '../../../shared/events.ts';
import { ExportState } from '../../../shared/model/export.ts';
import { Health } from '../../../shared/model/unit.ts';
import { Group, type Labels, type Row } from './group.ts';
import type { LoopDelay } from './loop-delay.ts';
import type {
  ExportMetrics,
  IoMetrics,
  MetricsSource,
  PathMetrics,
  PeerMetrics,
  UnitMetrics,
} from './source.ts';

/**
 * All metrics as text, in pieces. Their names are those of `--json` and the page, in base units. Counters
 * are taken before the first piece, so that they are of one moment; a histogram when its turn comes.
 */
export async function* exposition(source: MetricsSource, loop: LoopDelay): AsyncGenerator<string> {
  const units: Row<UnitMetrics, 'unit'>[] = [];
  const paths: Row<PathMetrics, 'unit' | 'peer' | 'label'>[] = [];
  for (const of of source.units()) {
    units.push({ labels: { unit: of.name }, of });
    for (const path of of.paths) {
      paths.push({ labels: { unit: of.name, peer: path.peer, label: path.label }, of: path });
    }
  }
  const exports = [...source.exports()].map((of) => ({ labels: { serial: of.serial, label: of.label }, of }));
  const peers = [...source.peers()].map((of) => ({ labels: { peer: of.address, name: of.name }, of }));
  yield* buildGroup(source).text();
  yield* loopGroup(loop).text();
  yield* unitGroup(units).text();
  yield* pathGroup(toldApart(paths, 'label')).text();
  yield* exportGroup(toldApart(exports, 'label')).text();
  yield* peerGroup(toldApart(peers, 'name')).text();
}

function buildGroup({ build: { version, commit } }: MetricsSource) {
  const labels = { version, commit: commit ?? '' };
  const group = new Group('spandrel', ['version', 'commit'], [{ labels, of: null }]);
  group.gauge('build_info', 'Always 1; the labels tell what runs.', () => 1);
  return group;
}

function loopGroup(loop: LoopDelay) {
  const rows = loop.take().map(({ quantile, seconds }) => ({ labels: { quantile }, of: seconds }));
  const group = new Group('spandrel', ['quantile'], rows);
  group.gauge(
    'event_loop_delay_seconds',
    'How late the event loop was, since the scrape before; quantile 1 is the longest.',
    (late) => late,
  );
  return group;
}

function unitGroup(rows: readonly Row<UnitMetrics, 'unit'>[]) {
  const group = new Group('spandrel_unit', ['unit'], rows);
  group.info('Which disk a unit is.', ['serial', 'label'], ({ serial, label }) => ({ serial, label }));
  group.state('health', 'Roll-up of the paths of a unit.', Health.options, ({ health }) => health);
  group.gauge('waiting', 'Requests without tag or path, now.', ({ waiting }) => waiting);
  addIo(group);
  return group;
}

function pathGroup(rows: readonly Row<PathMetrics, 'unit' | 'peer' | 'label'>[]) {
  const group = new Group('spandrel_path', ['unit', 'peer', 'label'], rows);
  group.state('state', 'Use made of a path.', PathInfo.shape.state.options, ({ state }) => state);
  group.gauge('rtt_seconds', "Round-trip time of a path's link.", ({ rttMs }) => seconds(rttMs));
  addIo(group);
  return group;
}

function exportGroup(rows: readonly Row<ExportMetrics, 'serial' | 'label'>[]) {
  const group = new Group('spandrel_export', ['serial', 'label'], rows);
  group.state('state', 'State of an export.', ExportState.options, ({ state }) => state);
  group.gauge('clients', 'Devices peers have open.', ({ clients }) => clients);
  addIo(group);
  return group;
}

function peerGroup(rows: readonly Row<PeerMetrics, 'peer' | 'name'>[]) {
  const group = new Group('spandrel_peer', ['peer', 'name'], rows);
  group.gauge('up', 'Whether there is a link.', ({ up }) => (up ? 1 : 0));
  group.gauge('spans', 'Disks offered.', ({ spans }) => spans);
  group.gauge('rtt_seconds', 'Round-trip time of the link.', ({ rttMs }) => seconds(rttMs));
  group.counter('reconnects_total', 'Links made again after a loss.', ({ reconnects }) => reconnects);
  return group;
}

/** The metrics everything with I/O has. */
function addIo<T extends IoMetrics, L extends string>(group: Group<T, L>): void {
  group.counter('reads_total', 'Reads that ended.', ({ counters }) => counters.reads);
  group.counter('writes_total', 'Writes that ended.', ({ counters }) => counters.writes);
  group.counter('flushes_total', 'Flushes that ended.', ({ counters }) => counters.flushes);
  group.counter('discards_total', 'Discards that ended.', ({ counters }) => counters.discards);
  group.counter('read_bytes_total', 'Bytes read.', ({ counters }) => counters.readBytes);
  group.counter('written_bytes_total', 'Bytes written.', ({ counters }) => counters.writtenBytes);
  group.counter('discarded_bytes_total', 'Bytes discarded.', ({ counters }) => counters.discardedBytes);
  group.counter('errors_total', 'Requests that failed.', ({ counters }) => counters.errors);
  group.counter('retries_total', 'Requests run again, their path lost.', ({ counters }) => counters.retries);
  group.counter('flush_seconds_total', 'Time of all flushes.', ({ counters }) => counters.flushMs / 1000);
  group.counter(
    'discard_seconds_total',
    'Time of all discards.',
    ({ counters }) => counters.discardMs / 1000,
  );
  group.counter(
    'busy_seconds_total',
    'Time with a request under way; its rate is %util.',
    ({ counters }) => counters.busyMs / 1000,
  );
  group.counter(
    'queue_seconds_total',
    'Requests under way, summed over time; its rate is aqu-sz.',
    ({ counters }) => counters.queueMs / 1000,
  );
  group.gauge('in_flight', 'Requests under way, now.', ({ counters }) => counters.inFlight);
  group.latency('read_seconds', 'Time of a read, queueing included.', ({ readLatency }) => readLatency);
  group.latency('write_seconds', 'Time of a write, queueing included.', ({ writeLatency }) => writeLatency);
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

/** Number those of equal labels: one sample given twice makes Prometheus refuse the whole scrape. */
function toldApart<T, L extends string>(rows: readonly Row<T, L>[], label: NoInfer<L>): Row<T, L>[] {
  const seen = new Map<string, number>();
  return rows.map(({ labels, of }) => {
    const key = JSON.stringify(labels);
    const times = (seen.get(key) ?? 0) + 1;
    seen.set(key, times);
    const numbered: Labels<L> = { ...labels, [label]: `${labels[label]} #${times}` };
    return { labels: times === 1 ? labels : numbered, of };
  });
}
