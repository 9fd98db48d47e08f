import { BlockOp } from '../../../electron/block/device.ts';
import { IoStats } from '../../../electron/block/io-stats.ts';
import type {
  ExportMetrics,
  IoMetrics,
  MetricsSource,
  PathMetrics,
  PeerMetrics,
  UnitMetrics,
} from '../../../electron/host/metrics/source.ts';

/** The I/O of an object as the engine hands it over. */
export function ioOf(stats: IoStats): IoMetrics {
  const { readLatency, writeLatency } = stats;
  return { counters: stats.counters(), readLatency, writeLatency };
}

/** Statistics of something that did `reads` reads of 4 KiB and one write and one flush, all at once. */
export function busyStats(reads: number): IoStats {
  const stats = new IoStats();
  for (let i = 0; i < reads; i++) stats.ended(BlockOp.read, 4096, stats.started(), i === 0);
  stats.ended(BlockOp.write, 512, stats.started(), false);
  stats.ended(BlockOp.flush, 0, stats.started(), false);
  return stats;
}

export function pathOf(fields: Partial<PathMetrics> = {}): PathMetrics {
  const io = ioOf(new IoStats());
  return { peer: '192.0.2.1:987', label: 'nas/disk', state: 'standby', rttMs: null, ...io, ...fields };
}

export function unitOf(fields: Partial<UnitMetrics> = {}): UnitMetrics {
  const about = { name: 'xa0', serial: 'S0', label: 'nas/disk', health: 'optimal', waiting: 0 } as const;
  return { ...about, paths: [], ...ioOf(new IoStats()), ...fields };
}

export class TestSource implements MetricsSource {
  build = { version: '1.2.3', commit: 'abcdef0' };
  unitRows: UnitMetrics[] = [];
  exportRows: ExportMetrics[] = [];
  peerRows: PeerMetrics[] = [];

  units(): Iterable<UnitMetrics> {
    return this.unitRows;
  }
  exports(): Iterable<ExportMetrics> {
    return this.exportRows;
  }
  peers(): Iterable<PeerMetrics> {
    return this.peerRows;
  }
}
