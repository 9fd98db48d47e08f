import { rollUp } from '../../../shared/health.ts';
import type { IoStats } from '../../block/io-stats.ts';
import type { IoMetrics, MetricsSource, PathMetrics } from '../metrics/source.ts';
import { diskKey } from './disks.ts';
import type { AppParts } from './parts.ts';

/** The state of the host as the metrics want it: the same counters the pages' figures are made of. */
export function metricsSource(parts: AppParts): MetricsSource {
  const { options, units, book, peers, exports, tables } = parts;
  const pathsOf = function* (disk: string): Generator<PathMetrics> {
    for (const { path } of book.livePaths(disk)) {
      yield {
        ...io(path.stats),
        peer: path.link.remote,
        label: path.label,
        state: path.state,
        rttMs: path.link.rttMs ?? null,
      };
    }
  };
  return {
    build: { version: options.version, commit: options.commit },
    *units() {
      for (const unit of units.all) {
        const key = diskKey(unit.identity);
        const paths = book.rows(key, unit.activePath);
        const wanted = units.optionsOf(unit.name);
        if (wanted === undefined) continue;
        yield {
          ...io(unit.stats),
          name: unit.name,
          serial: unit.identity.serial,
          label: unit.identity.label,
          health: rollUp({ state: unit.state, options: wanted, paths }),
          waiting: unit.waiting,
          paths: pathsOf(key),
        };
      }
    },
    *exports() {
      for (const { item } of exports.live()) {
        yield {
          ...io(item.stats),
          serial: item.serial,
          label: item.label,
          state: item.state,
          clients: item.sessions.size,
        };
      }
    },
    *peers() {
      for (const peer of tables.rows('peers').values()) {
        yield {
          address: peer.address,
          name: peer.name,
          up: peer.state === 'up',
          spans: peer.spans,
          reconnects: peer.reconnects,
          rttMs: peers.linkOf(peer.id)?.rttMs ?? null,
        };
      }
    },
  };
}

function io(stats: IoStats): IoMetrics {
  return { counters: stats.counters(), readLatency: stats.readLatency, writeLatency: stats.writeLatency };
}
