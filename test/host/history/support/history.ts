import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { z } from 'zod';
import { HistoryStore } from '../../../../electron/host/history/history-store.ts';
import type { Input } from '../../../../shared/contract.ts';
import {
  FIGURE_NAMES,
  type FigureName,
  type FigureRow,
  HISTORY_COLUMNS,
  HistorySeries,
} from '../../../../shared/model/figures.ts';
import { temporaryFolder } from '../../../media/folder.ts';
import { collectedLog } from '../../support/log.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A whole day. */
export const START = Date.UTC(2026, 10, 20);

/** A row with some figures, all others 0. */
export function row(figures: Partial<Record<FigureName, number>>): FigureRow {
  return FIGURE_NAMES.map((name) => figures[name] ?? 0);
}

/** A series with all columns. */
const Columns = z.record(z.enum(HISTORY_COLUMNS), z.array(z.number().nullable()));
const Curve = HistorySeries.extend({ avg: Columns, max: Columns });
export type Curve = z.infer<typeof Curve>;

/** A history whose time stands still unless it is told. */
export class TestHistory {
  readonly directory: string;
  readonly lines: string[];
  readonly store: HistoryStore;
  now = START;

  constructor(t: TestContext, directory = temporaryFolder(t)) {
    const { log, lines } = collectedLog();
    this.directory = directory;
    this.lines = lines;
    this.store = HistoryStore.open(directory, log, { now: () => this.now });
    t.after(() => this.store.close());
  }

  /** Let time pass and record a sample at its end. */
  record(figures: Partial<Record<FigureName, number>>, passMs = SECOND, key = 'unit:xa0'): void {
    this.now += passMs;
    this.store.record(key, this.now, row(figures));
  }

  /** Record samples, with the figures of each number from 1, and have them written as often as in life. */
  async run(samples: number, figuresOf: (i: number) => Partial<Record<FigureName, number>>, passMs = SECOND) {
    for (let i = 1; i <= samples; i++) {
      this.record(figuresOf(i), passMs);
      if (i % 10 === 0) await this.store.flush();
    }
  }

  async read(from: number, to: number, points = 4000, key = 'unit:xa0'): Promise<Curve> {
    const query: Input<'history.read'> = { keys: [key], from, to, points, columns: [...HISTORY_COLUMNS] };
    const [series] = await this.store.read(query);
    return Curve.parse(series);
  }

  fileOf(key = 'unit:xa0'): string {
    return join(this.directory, `${createHash('sha256').update(key).digest('hex')}.ring`);
  }
}
