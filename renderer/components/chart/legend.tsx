import { type Ref, useImperativeHandle, useRef } from 'react';
import type uPlot from 'uplot';
import { formatTime, NO_VALUE } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';
import { useClock, useUnits } from '../../stores/settings.ts';
import styles from './chart.module.css';
import { type ChartUnit, formatValue, type SeriesSpec, strokeOf } from './series.ts';
import type { Timeline } from './timeline.ts';

export interface LegendHandle {
  /** Values at the crosshair, or else the last. */
  show(plot: uPlot, timeline: Timeline, event: Event | undefined): void;
}

/** What the lines are and what they are worth; it writes its numbers itself, as the crosshair moves. */
export function Legend({
  ref,
  series,
  unit,
}: {
  ref: Ref<LegendHandle>;
  series: readonly SeriesSpec[];
  unit: ChartUnit;
}) {
  const list = useRef<HTMLDivElement>(null);
  const units = useUnits();
  const clock = useClock();
  useImperativeHandle(
    ref,
    () => ({
      show(plot, timeline, event) {
        const cells = list.current?.querySelectorAll<HTMLElement>('[data-value]');
        const at = plot.cursor.idx ?? timeline.at.length - 1;
        cells?.forEach((cell, index) => {
          const value = timeline.avg[index]?.[at];
          const max = timeline.max?.[index]?.[at];
          const text = (one: number | null | undefined) =>
            one === null || one === undefined ? NO_VALUE : formatValue(one, unit, units);
          cell.textContent = max === undefined ? text(value) : `${text(value)} (max ${text(max)})`;
        });
        const note = list.current?.querySelector<HTMLElement>('[data-note]');
        const time = timeline.at[at];
        if (note != null) {
          const when = plot.cursor.idx == null || time === undefined ? '' : formatTime(time, clock);
          note.textContent =
            event === undefined ? when : `${formatTime(event.at, clock)} ${event.object}: ${event.text}`;
        }
      },
    }),
    [unit, units, clock],
  );
  return (
    <div ref={list} className={styles.legend}>
      {series.map(({ key, column, label, role }) => {
        const { variable, dash } = strokeOf(role);
        return (
          <span key={`${key} ${column}`} className={styles.legendItem}>
            <svg width="22" height="8" aria-hidden="true">
              <line
                x1="0"
                y1="4"
                x2="22"
                y2="4"
                stroke={`var(${variable})`}
                strokeWidth="2"
                strokeDasharray={dash.join(' ')}
              />
            </svg>
            {label} <b data-value className="num live" />
          </span>
        );
      })}
      <span data-note className={styles.note} />
    </div>
  );
}
