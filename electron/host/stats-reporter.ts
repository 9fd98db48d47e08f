import type { CliEvent, UnitStats } from '../../shared/events.ts';
import type { IoStats } from '../block/io-stats.ts';
import type { Registry } from '../xdisk/registry.ts';
import type { Unit } from '../xdisk/unit.ts';
import { pathInfo } from './client-host.ts';
import { FiguresMeter } from './figures.ts';

export type StatsEvent = Extract<CliEvent, { event: 'stats' }>;

/** Reports the I/O statistics of all units and their paths at a fixed interval. */
export class StatsReporter {
  readonly #registry: Registry;
  readonly #report: (event: StatsEvent) => void;
  readonly #meters = new WeakMap<IoStats, FiguresMeter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(registry: Registry, report: (event: StatsEvent) => void) {
    this.#registry = registry;
    this.#report = report;
  }

  /** @param intervalMs 1 or more */
  start(intervalMs: number): void {
    this.#take();
    this.#timer = setInterval(() => {
      const { units } = this.#registry;
      this.#report({
        event: 'stats',
        interval_ms: intervalMs,
        active_requests: this.#registry.activeRequests,
        last_offset: units.at(-1)?.lastOffset ?? 0,
        units: this.#take(),
      });
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #take(): UnitStats[] {
    return this.#registry.units.map((unit) => this.#unitStats(unit));
  }

  #unitStats(unit: Unit): UnitStats {
    return {
      unit: unit.name,
      serial: unit.identity.serial,
      state: unit.state,
      figures: this.#meterOf(unit.stats).take(),
      paths: [...unit.paths].map((path) => ({
        ...pathInfo(path),
        figures: this.#meterOf(path.stats).take(),
      })),
    };
  }

  #meterOf(stats: IoStats): FiguresMeter {
    let meter = this.#meters.get(stats);
    if (meter === undefined) {
      meter = new FiguresMeter(stats);
      this.#meters.set(stats, meter);
    }
    return meter;
  }
}
