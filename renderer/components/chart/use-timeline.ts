import { useEffect, useRef, useState } from 'react';
import type { CallError } from '../../../shared/errors.ts';
import { FIGURE_NAMES } from '../../../shared/model/figures.ts';
import { call, toCallError, useConnection, useWatch, type Wish } from '../../connection/index.ts';
import { type FigureKey, figures } from '../../stores/figures.ts';
import { getRow, getRows } from '../../stores/tables.ts';
import { boundsOf, isLive, type Range } from '../../stores/time-range.ts';
import { historyColumn, type SeriesSpec } from './series.ts';
import { append, emptyTimeline, fromHistory, GAP_STEPS, SAMPLE_MS, type Timeline } from './timeline.ts';

/** An hour of samples; of anything longer as many steps as a chart has pixels. */
const MOST_SAMPLES = 3600;
const MOST_STEPS = 1000;
/** Coarse history is asked for again as it grows, not more often than this. */
const REREAD_MS = 5000;

/** What must be watched for live values of these series. */
export function wishOf(keys: readonly FigureKey[]): Wish {
  const of = (kind: string) =>
    keys.filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  const paths = new Set(of('path'));
  const unitsOfPaths = getRows('units').filter((unit) => unit.paths.some(({ id }) => paths.has(id)));
  return {
    units: of('unit'),
    exports: of('export'),
    peers: of('peer'),
    paths_of: unitsOfPaths.map(({ name }) => name),
  };
}

/**
 * The data of a chart: history of the range, then what comes live. It lies outside of React; `onChange` is
 * called when there is more to draw.
 */
export function useTimeline(series: readonly SeriesSpec[], range: Range, onChange: () => void) {
  const timeline = useRef<Timeline>(emptyTimeline(series.length));
  const [error, setError] = useState<CallError | null>(null);
  const [stepMs, setStepMs] = useState(SAMPLE_MS);
  const connection = useConnection();
  const session = connection.kind === 'connected' ? connection.since : 0;
  const visible = useVisible();
  const changed = useRef(onChange);
  changed.current = onChange;
  const what = JSON.stringify(series.map(({ key, column }) => [key, column]));
  useWatch(wishOf(series.map(({ key }) => key)));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `what` stands for the series, `session` and `visible` for time missed
  useEffect(() => {
    if (!visible) return;
    const abort = new AbortController();
    let reread: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const [from, to] = boundsOf(range, Date.now());
      const columns = FIGURE_NAMES.flatMap((name) => {
        const spec = series.find(({ column }) => column === name);
        const column = spec === undefined ? null : historyColumn(spec);
        return column === null ? [] : [column];
      });
      const keys = [...new Set(series.filter((spec) => historyColumn(spec) !== null).map(({ key }) => key))];
      try {
        if (keys.length > 0) {
          const samples = Math.max(10, Math.ceil((to - from) / SAMPLE_MS));
          // Both ends of the range may fall into a sample.
          const points = samples <= MOST_SAMPLES ? samples + 2 : MOST_STEPS;
          const answer = await call(
            'history.read',
            { keys, columns, points, from: Math.round(from), to: Math.round(to) },
            { signal: abort.signal },
          );
          timeline.current = fromHistory(series, answer.series);
        } else if (timeline.current.avg.length !== series.length)
          timeline.current = emptyTimeline(series.length);
        setError(null);
      } catch (thrown) {
        if (abort.signal.aborted) return;
        setError(toCallError(thrown));
      }
      const step = timeline.current.stepMs;
      setStepMs(step);
      changed.current();
      if (isLive(range) && step > SAMPLE_MS)
        reread = setTimeout(() => void load(), Math.max(REREAD_MS, step));
    };
    void load();
    const off = figures.onBatch((batch) => {
      if (!isLive(range) || timeline.current.stepMs > SAMPLE_MS) return;
      // No figure is below zero: that is how an unknown round trip is told.
      const values = series.map(({ key, column }) => {
        const value = figures.value(key, column);
        return value === undefined || value < 0 ? null : value;
      });
      // What was asked for a moment ago is not there yet: that is no gap.
      const last = timeline.current.at.at(-1) ?? batch.at;
      if (values.every((value) => value === null) && batch.at - last < GAP_STEPS * SAMPLE_MS) return;
      append(timeline.current, batch.at, values, boundsOf(range, batch.at)[0]);
      changed.current();
    });
    return () => {
      abort.abort();
      clearTimeout(reread);
      off();
    };
  }, [what, rangeKey(range), session, visible]);

  return { timeline, error, stepMs };
}

/** A live range of one length is the same range all the time. */
function rangeKey(range: Range): string {
  return JSON.stringify(range);
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const listen = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', listen);
    return () => document.removeEventListener('visibilitychange', listen);
  }, []);
  return visible;
}

/** The name of an object of a figure key, for legends. */
export function keyLabel(key: FigureKey): string {
  const at = key.indexOf(':');
  const [kind, id] = [key.slice(0, at), key.slice(at + 1)];
  if (kind === 'unit') return id;
  if (kind === 'export') return getRow('exports', id)?.label ?? 'export';
  if (kind === 'peer') return getRow('peers', id)?.name ?? 'peer';
  if (kind === 'path') {
    for (const unit of getRows('units')) {
      const path = unit.paths.find((one) => one.id === id);
      if (path !== undefined) return `${unit.name} over ${path.peer}`;
    }
    return 'path';
  }
  return 'all disks';
}
