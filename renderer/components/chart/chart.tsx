import { ActionIcon, Group, Tooltip } from '@mantine/core';
import { useMergedRef, useResizeObserver } from '@mantine/hooks';
import { ChartLine, Download, Table2 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { formatDuration } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';
import { showEvent } from '../../stores/event-links.ts';
import { useJournalStore } from '../../stores/journal.ts';
import { useClock, useSettings, useUnits } from '../../stores/settings.ts';
import { boundsOf, isLive } from '../../stores/time-range.ts';
import { useRange } from '../../stores/ui.ts';
import { useDark } from '../../theme/provider.tsx';
import { ErrorPanel } from '../error-panel.tsx';
import styles from './chart.module.css';
import { ChartTable } from './chart-table.tsx';
import { download } from './download.ts';
import { Legend, type LegendHandle } from './legend.tsx';
import { eventAt, plotOptions } from './plot.ts';
import { rangeKey } from './range-picker.tsx';
import type { ChartUnit, SeriesSpec } from './series.ts';
import { largest, SAMPLE_MS, toCsv } from './timeline.ts';
import { useTimeline } from './use-timeline.ts';
import { nextTop, type Top } from './y-scale.ts';

interface Props {
  readonly title: string;
  readonly unit: ChartUnit;
  /** The same array while it says the same. */
  readonly series: readonly SeriesSpec[];
  readonly height?: number;
  /** What lies between the first two lines is filled, as between p50 and p99. */
  readonly between?: boolean;
  /** More buttons at its head. */
  readonly extra?: ReactNode;
  /** Which events are marked; left out: warnings and errors, and what happened to disks and paths. */
  events?(event: Event): boolean;
}

const telling = ({ severity, kind }: Event) => severity !== 'info' || kind === 'unit' || kind === 'path';

/**
 * A chart over the shared time range: gaps stay gaps, the crosshair is everyone's, dragging zooms, a double
 * click goes back. Its values are there as a table and as CSV too.
 */
export function Chart({
  title,
  unit,
  series,
  height = 180,
  between = false,
  extra,
  events = telling,
}: Props) {
  const range = useRange();
  const units = useUnits();
  const clock = useClock();
  const dark = useDark();
  const { theme } = useSettings();
  const [asTable, setAsTable] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const [sizeRef, size] = useResizeObserver<HTMLDivElement>();
  const boxRef = useMergedRef(box, sizeRef);
  const plot = useRef<uPlot | null>(null);
  const top = useRef<Top | null>(null);
  const legend = useRef<LegendHandle>(null);
  // Times in a chart are the host's: its clock goes with its samples.
  const lastAt = useRef(0);
  const { timeline, error, stepMs } = useTimeline(series, range, () => draw());
  const banded = stepMs > SAMPLE_MS;
  const marked = () => useJournalStore.getState().events.filter(events);

  const draw = () => {
    const u = plot.current;
    const data = timeline.current;
    if (u === null) return;
    lastAt.current = isLive(range) ? (data.at.at(-1) ?? Date.now()) : Date.now();
    const [from, to] = boundsOf(range, lastAt.current);
    top.current = nextTop(
      top.current,
      largest(data, from, to),
      Date.now(),
      unit === 'bytes' && units === 'iec',
    );
    const lines = [...data.avg, ...(banded ? (data.max ?? []) : [])];
    if (u.series.length !== lines.length + 1) return;
    u.batch(() => {
      u.setData([data.at.map((time) => time / 1000), ...lines], false);
      u.setScale('x', { min: from / 1000, max: to / 1000 });
    });
    legend.current?.show(u, data, eventAt(u, marked()));
  };

  const width = Math.floor(size.width);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot has its colours and formats for life, so each of these makes a new one
  useEffect(() => {
    const parent = box.current;
    if (parent === null || width === 0 || asTable) return;
    top.current = null;
    const made = new uPlot(
      plotOptions({
        series,
        unit,
        units,
        clock,
        banded,
        between,
        width,
        height,
        top: () => top.current?.value ?? 1,
        events: marked,
        onCursor: (u) => legend.current?.show(u, timeline.current, eventAt(u, marked())),
        onEvent: showEvent,
      }),
      [[], ...series.flatMap(() => (banded ? [[], []] : [[]]))] as uPlot.AlignedData,
      parent,
    );
    plot.current = made;
    draw();
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [JSON.stringify(series), unit, units, clock, banded, width, height, dark, theme, asTable]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another range is drawn at once, with the data there is
  useEffect(draw, [range]);

  const keyDown = (event: KeyboardEvent) => {
    const u = plot.current;
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0 && u !== null) {
      const at = u.cursor.idx ?? (step > 0 ? -1 : timeline.current.at.length);
      const time = timeline.current.at[at + step];
      if (time !== undefined) u.setCursor({ left: u.valToPos(time / 1000, 'x'), top: 10 });
    } else if (event.key === 'Enter' && u !== null) {
      const at = eventAt(u, marked());
      if (at !== undefined) showEvent(at);
    } else if (!rangeKey(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const sampling =
    stepMs > SAMPLE_MS
      ? `mean of ${formatDuration(stepMs)}, band up to the largest`
      : `sampled each ${formatDuration(stepMs)}`;

  return (
    <section className={styles.chart} aria-label={title}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <h2 className={styles.title}>
          {title} <span className={styles.sampling}>{sampling}</span>
        </h2>
        <Group gap={2} wrap="nowrap">
          <Tooltip label={asTable ? 'Show as a chart' : 'Show as a table'}>
            <ActionIcon
              aria-label={`${title}: ${asTable ? 'show as a chart' : 'show as a table'}`}
              onClick={() => setAsTable(!asTable)}
            >
              {asTable ? <ChartLine size={15} /> : <Table2 size={15} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Save as CSV">
            <ActionIcon
              aria-label={`${title}: save as CSV`}
              onClick={() =>
                download(
                  `${title.toLowerCase().replaceAll(/\W+/g, '-')}.csv`,
                  toCsv(series, timeline.current),
                )
              }
            >
              <Download size={15} />
            </ActionIcon>
          </Tooltip>
          {extra}
        </Group>
      </Group>
      <Legend ref={legend} series={series} unit={unit} />
      {error !== null && error.code !== 'disconnected' && (
        <ErrorPanel
          title={`The history of ${title.toLowerCase()} cannot be read`}
          error={error}
          events={false}
        />
      )}
      {asTable ? (
        <ChartTable series={series} unit={unit} timeline={timeline.current} />
      ) : (
        <div
          ref={boxRef}
          className={styles.plot}
          style={{ height }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: its crosshair is moved and the range changed by keys
          tabIndex={0}
          role="img"
          data-keys="rows"
          aria-label={`Chart of ${title.toLowerCase()}: ${series.map(({ label }) => label).join(', ')}. Its values are there as a table.`}
          onKeyDown={keyDown}
        />
      )}
    </section>
  );
}
