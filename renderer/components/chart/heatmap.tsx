import { useResizeObserver } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { formatLatency } from '../../../shared/format.ts';
import { LATENCY_BUCKETS } from '../../../shared/model/figures.ts';
import { useWatch } from '../../connection/index.ts';
import { type FigureKey, figures } from '../../stores/figures.ts';
import { useDark } from '../../theme/provider.tsx';
import styles from './chart.module.css';
import { cssColor } from './plot.ts';
import { wishOf } from './use-timeline.ts';

interface Column {
  readonly at: number;
  readonly counts: readonly number[];
}

/** Seconds shown: the distribution is not kept on disk, so it begins when the chart is opened. */
const COLUMNS = 300;
/** Shown buckets: 8 µs … 2^20 µs. */
const [LOWEST, HIGHEST] = [3, 20] as const;
const AXIS_PX = 62;

/** How long requests take, over time: each column a second, each row a power of two, darker is more. */
export function Heatmap({
  of,
  op,
  title,
  height = 160,
}: {
  of: FigureKey;
  op: 'read' | 'write';
  title: string;
  height?: number;
}) {
  const [box, size] = useResizeObserver<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const columns = useRef<Column[]>([]);
  const dark = useDark();
  const width = Math.floor(size.width);
  useWatch({ ...wishOf([of]), latency: [of] });

  const draw = () => {
    const ctx = canvas.current?.getContext('2d');
    if (ctx == null || width === 0) return;
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    drawHeat(ctx, columns.current, width, height);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: another object begins anew
  useEffect(() => {
    columns.current = [];
    return figures.onBatch((batch) => {
      const counts = batch.latency[of]?.[op];
      if (counts === undefined) return;
      columns.current = [...columns.current.slice(1 - COLUMNS), { at: batch.at, counts }];
      draw();
    });
  }, [of, op, width]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours or another size, drawn anew
  useEffect(draw, [dark, width, height]);

  return (
    <section className={styles.chart} aria-label={title}>
      <h2 className={styles.title}>
        {title} <span className={styles.sampling}>requests per latency, the last 5 minutes</span>
      </h2>
      <div ref={box} style={{ height }}>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${title}: distribution of latencies over time`}
          width={width * devicePixelRatio}
          height={height * devicePixelRatio}
          style={{ width, height }}
        />
      </div>
    </section>
  );
}

function drawHeat(
  ctx: CanvasRenderingContext2D,
  columns: readonly Column[],
  width: number,
  height: number,
): void {
  const rows = HIGHEST - LOWEST + 1;
  const rowPx = height / rows;
  const columnPx = (width - AXIS_PX) / COLUMNS;
  const last = columns.at(-1)?.at ?? 0;
  const most = Math.max(1, ...columns.map(({ counts }) => Math.max(...counts)));
  ctx.fillStyle = cssColor('--text-dim');
  ctx.font = '11px system-ui, sans-serif';
  ctx.textAlign = 'right';
  for (let bucket = LOWEST; bucket <= HIGHEST; bucket += 3)
    ctx.fillText(formatLatency(2 ** bucket), AXIS_PX - 8, height - (bucket - LOWEST) * rowPx - rowPx / 2 + 4);
  ctx.fillStyle = cssColor('--info');
  for (const { at, counts } of columns) {
    const x = width - (Math.round((last - at) / 1000) + 1) * columnPx;
    if (x < AXIS_PX) continue;
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const count = counts[bucket] ?? 0;
      if (count === 0) continue;
      // By the logarithm, so that a single slow request can be seen next to thousands of fast ones.
      ctx.globalAlpha = 0.18 + 0.82 * (Math.log1p(count) / Math.log1p(most));
      const row = Math.min(Math.max(bucket, LOWEST), HIGHEST) - LOWEST;
      ctx.fillRect(x, height - (row + 1) * rowPx, Math.ceil(columnPx), rowPx - 1);
    }
  }
  ctx.globalAlpha = 1;
}
