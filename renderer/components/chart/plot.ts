import type uPlot from 'uplot';
import type { Clock, UnitSystem } from '../../../shared/format.ts';
import { formatTime } from '../../../shared/format.ts';
import type { Event } from '../../../shared/model/event.ts';
import { zoom, zoomReset } from '../../stores/ui.ts';
import { type ChartUnit, formatValue, type SeriesSpec, strokeOf } from './series.ts';

/** All charts share one crosshair. */
const SYNC_KEY = 'time';
const LEAST_DRAG_PX = 6;

export interface PlotSetup {
  readonly series: readonly SeriesSpec[];
  readonly unit: ChartUnit;
  readonly units: UnitSystem;
  readonly clock: Clock;
  readonly banded: boolean;
  /** What lies between the first two lines is filled. */
  readonly between: boolean;
  readonly width: number;
  readonly height: number;
  top(): number;
  events(): readonly Event[];
  onCursor(plot: uPlot): void;
  /** The mark of an event was clicked. */
  onEvent(event: Event): void;
}

/** A colour of tokens.css as the canvas needs it. */
export function cssColor(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

/** Options of uPlot for a chart. With `banded`, each line has its largest values above it as a band. */
export function plotOptions(setup: PlotSetup): uPlot.Options {
  const { series, unit, units, clock, banded } = setup;
  const axis = {
    stroke: cssColor('--text-dim'),
    grid: { stroke: cssColor('--grid-line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const lines = series.map(({ label, role }): uPlot.Series => {
    const { variable, dash } = strokeOf(role);
    return {
      label,
      stroke: cssColor(variable),
      dash: [...dash],
      width: 1.5,
      points: { show: false },
      spanGaps: false,
    };
  });
  const maxima = series.map(
    ({ label }): uPlot.Series => ({
      label: `${label} max`,
      stroke: 'transparent',
      width: 0,
      points: { show: false },
      spanGaps: false,
    }),
  );
  return {
    width: setup.width,
    height: setup.height,
    pxAlign: 1,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    series: [{}, ...lines, ...(banded ? maxima : [])],
    bands: bandsOf(setup),
    scales: {
      x: { time: true, auto: false },
      // A little room below zero, so that zero is a line one can see.
      y: { auto: true, range: () => [-setup.top() * 0.012, setup.top()] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        values: (_, splits, _axis, _space, step) => splits.map((at) => timeLabel(at * 1000, step, clock)),
      },
      {
        ...axis,
        size: 78,
        ...(unit === 'bytes' && units === 'iec' ? { incrs: BINARY_STEPS } : {}),
        values: (_, splits) => splits.map((value) => (value < 0 ? '' : formatValue(value, unit, units))),
      },
    ],
    cursor: {
      sync: { key: SYNC_KEY, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          zoomReset();
          return null;
        },
      },
    },
    hooks: {
      setSelect: [selected],
      setCursor: [setup.onCursor],
      ready: [(plot) => listenForEvents(plot, setup)],
      draw: [(plot) => drawEvents(plot, setup.events())],
    },
  };
}

function bandsOf({ series, banded, between }: PlotSetup): uPlot.Band[] {
  const fill = (role: SeriesSpec['role']) => `${cssColor(strokeOf(role).variable)}30`;
  const [lower, upper] = series;
  // Two bands over each other would say nothing.
  if (between && lower !== undefined && upper !== undefined)
    return [{ series: [2, 1], fill: fill(lower.role) }];
  if (!banded) return [];
  return series.map(({ role }, index) => ({
    series: [series.length + index + 1, index + 1],
    fill: fill(role),
  }));
}

/** A click, not the end of a drag. */
function listenForEvents(plot: uPlot, setup: PlotSetup): void {
  let pressedAt = 0;
  plot.over.addEventListener('mousedown', ({ clientX }) => {
    draggedIn = plot;
    pressedAt = clientX;
  });
  plot.over.addEventListener('click', ({ clientX }) => {
    const event = Math.abs(clientX - pressedAt) < LEAST_DRAG_PX ? eventAt(plot, setup.events()) : undefined;
    if (event !== undefined) setup.onEvent(event);
  });
  plot.over.addEventListener('mousemove', () => {
    plot.over.style.cursor = eventAt(plot, setup.events()) === undefined ? '' : 'pointer';
  });
}

const BINARY_STEPS = Array.from({ length: 54 }, (_, power) => 2 ** power);

/** Charts of one crosshair select together; the one that was dragged in tells what. */
let draggedIn: uPlot | null = null;

function selected(plot: uPlot): void {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG_PX) return;
  if (plot === draggedIn) zoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function timeLabel(at: number, stepSeconds: number, clock: Clock): string {
  const full = formatTime(at, clock, at - 10 * 86_400_000);
  const [date = '', time = ''] = full.split(' ');
  if (stepSeconds >= 86_400 || (time === '00:00:00' && stepSeconds >= 60)) return date.slice(5);
  return stepSeconds < 60 ? time : time.slice(0, 5);
}

const EVENT_COLORS = { info: '--info', warning: '--warn', error: '--err' } as const;

/** Each event is a line with a flag at the top. */
function drawEvents(plot: uPlot, events: readonly Event[]): void {
  const { ctx, bbox } = plot;
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  ctx.save();
  ctx.setLineDash([2, 3]);
  ctx.lineWidth = 1;
  for (const event of events) {
    const at = event.at / 1000;
    if (at < (min ?? 0) || at > (max ?? 0)) continue;
    const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
    ctx.strokeStyle = ctx.fillStyle = cssColor(EVENT_COLORS[event.severity]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const size = 5 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + size);
    ctx.fill();
  }
  ctx.restore();
}

/** The event next to the crosshair, if one is near. */
export function eventAt(plot: uPlot, events: readonly Event[]): Event | undefined {
  const { left } = plot.cursor;
  if (left === undefined || left === null || left < 0) return undefined;
  return events.find((event) => Math.abs(plot.valToPos(event.at / 1000, 'x') - left) < 6);
}
