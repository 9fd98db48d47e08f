import { Text } from '@mantine/core';
import { formatIso } from '../../../shared/format.ts';
import { useClock, useUnits } from '../../stores/settings.ts';
import { NoValue } from '../values.tsx';
import styles from './chart.module.css';
import { type ChartUnit, formatValue, type SeriesSpec } from './series.ts';
import type { Timeline } from './timeline.ts';

/** More would be slow and nobody reads it: the CSV has all. */
const MOST_ROWS = 300;

/** The values of a chart, newest first. */
export function ChartTable({
  series,
  unit,
  timeline,
}: {
  series: readonly SeriesSpec[];
  unit: ChartUnit;
  timeline: Timeline;
}) {
  const units = useUnits();
  const clock = useClock();
  const from = Math.max(0, timeline.at.length - MOST_ROWS);
  const rows = timeline.at.slice(from).map((at, index) => ({ at, index: from + index }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className={styles.tableBox} tabIndex={0} aria-label="Values">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ key, column, label }) => (
              <th key={`${key} ${column}`} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.reverse().map(({ at, index }) => (
            <tr key={at}>
              <th scope="row">{formatIso(at, clock)}</th>
              {series.map(({ key, column }, line) => {
                const value = timeline.avg[line]?.[index];
                return (
                  <td key={`${key} ${column}`}>
                    {value === null || value === undefined ? <NoValue /> : formatValue(value, unit, units)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {from > 0 && (
        <Text size="xs">
          The newest {MOST_ROWS}; the CSV has all {timeline.at.length}.
        </Text>
      )}
    </section>
  );
}
