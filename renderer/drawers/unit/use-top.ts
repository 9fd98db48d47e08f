import { useEffect, useState } from 'react';
import { nextTop, type Top } from '../../components/chart/y-scale.ts';
import { type FigureKey, figures } from '../../stores/figures.ts';

const LATENCIES = ['read_p99_us', 'write_p99_us'] as const;

/** The end of a scale all bars of these objects share, µs: it grows at once and shrinks late. */
export function useTop(keys: readonly FigureKey[]): number {
  const [top, setTop] = useState<Top | null>(null);
  const text = keys.join('\n');
  useEffect(() => {
    const all = text.split('\n');
    const measure = () => {
      const values = all.flatMap((key) => LATENCIES.map((name) => figures.value(key, name) ?? 0));
      setTop((before) => {
        const next = nextTop(before, Math.max(0, ...values), Date.now(), false);
        return next.value === before?.value && next.lowSince === before.lowSince ? before : next;
      });
    };
    measure();
    return figures.onBatch(measure);
  }, [text]);
  return top?.value ?? 1;
}
