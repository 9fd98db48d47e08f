import type { PathInfo } from '../../../shared/events.ts';
import type { ExportState } from '../../../shared/model/export.ts';
import type { Health } from '../../../shared/model/unit.ts';
import type { LatencyHistogram } from '../../block/histogram.ts';
import type { IoCounters } from '../../block/io-stats.ts';

/** What the metrics are read from, at each scrape. Times in ms, sizes in bytes, counters since the start. */
export interface MetricsSource {
  readonly build: { readonly version: string; readonly commit: string | null };
  units(): Iterable<UnitMetrics>;
  exports(): Iterable<ExportMetrics>;
  peers(): Iterable<PeerMetrics>;
}

/** The I/O of an object. The histograms are read during the scrape and not kept. */
export interface IoMetrics {
  readonly counters: IoCounters;
  readonly readLatency: LatencyHistogram;
  readonly writeLatency: LatencyHistogram;
}

export interface UnitMetrics extends IoMetrics {
  readonly name: string;
  readonly serial: string;
  readonly label: string;
  readonly health: Health;
  /** Requests without tag or path. */
  readonly waiting: number;
  readonly paths: Iterable<PathMetrics>;
}

export interface PathMetrics extends IoMetrics {
  /** Address of the peer it leads through. */
  readonly peer: string;
  readonly label: string;
  readonly state: PathInfo['state'];
  readonly rttMs: number | null;
}

export interface ExportMetrics extends IoMetrics {
  readonly serial: string;
  readonly label: string;
  readonly state: ExportState;
  /** Devices peers have open. */
  readonly clients: number;
}

export interface PeerMetrics {
  readonly address: string;
  readonly name: string;
  readonly up: boolean;
  readonly spans: number;
  readonly reconnects: number;
  readonly rttMs: number | null;
}
