import { useEffect, useRef } from 'react';
import type { Range } from '../../stores/time-range.ts';
import { useDark } from '../../theme/provider.tsx';
import { cssColor } from './plot.ts';
import type { SeriesSpec } from './series.ts';
import { strokeOf } from './series.ts';
import { largest } from './timeline.ts';
import { useTimeline } from './use-timeline.ts';

const LAST = { kind: 'last', ms: 5 * 60_000, pausedAt: null } as const satisfies Range;

/** The last five minutes of one or two figures, without axes: a shape next to a number. */
export function Sparkline({
  series,
  label,
  width = 160,
  height = 36,
}: {
  series: readonly SeriesSpec[];
  label: string;
  width?: number;
  height?: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const { timeline } = useTimeline(series, LAST, () => draw());
  const draw = () => {
    const ctx = canvas.current?.getContext('2d');
    if (ctx == null) return;
    const scale = devicePixelRatio;
    const data = timeline.current;
    const to = data.at.at(-1) ?? Date.now();
    const from = to - LAST.ms;
    const most = largest(data, from, to) * 1.1 || 1;
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, width, height);
    for (const [line, { role }] of series.entries()) {
      const { variable, dash } = strokeOf(role);
      ctx.strokeStyle = cssColor(variable);
      ctx.setLineDash([...dash]);
      ctx.lineWidth = 1.4;
      ctx.beginPath();
      let pen = false;
      for (const [index, time] of data.at.entries()) {
        const value = data.avg[line]?.[index];
        if (value === null || value === undefined) {
          pen = false;
          continue;
        }
        const x = ((time - from) / LAST.ms) * width;
        const y = height - 1.5 - (value / most) * (height - 3);
        if (pen) ctx.lineTo(x, y);
        else ctx.moveTo(x, y);
        pen = true;
      }
      ctx.stroke();
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours, drawn anew
  useEffect(draw, [dark, width, height]);
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      width={width * devicePixelRatio}
      height={height * devicePixelRatio}
      style={{ width, height }}
    />
  );
}
