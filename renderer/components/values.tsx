import { useEffect, useState } from 'react';
import {
  type Clock,
  formatByteRate,
  formatBytes,
  formatCount,
  formatDuration,
  formatIso,
  formatLatency,
  formatSizeForms,
  formatTime,
  NO_VALUE,
} from '../../shared/format.ts';
import { updateSettings, useClock, useUnits } from '../stores/settings.ts';
import { toastFailed } from '../stores/toast.ts';
import styles from './components.module.css';

type Maybe = number | null | undefined;
const has = (value: Maybe): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** A size; hover for all its forms, click to change the units everywhere. */
export function Size({ bytes, blockBytes = null }: { bytes: Maybe; blockBytes?: number | null }) {
  const system = useUnits();
  if (!has(bytes)) return <NoValue />;
  const other = system === 'iec' ? 'si' : 'iec';
  const powers = other === 'si' ? 'powers of 1000' : 'powers of 1024';
  return (
    <button
      type="button"
      className={`num ${styles.plain}`}
      tabIndex={-1}
      data-hint={`${formatSizeForms(bytes, blockBytes, system)}. Click: ${powers}`}
      onClick={(event) => {
        event.stopPropagation();
        updateSettings({ units: other }).catch((error) => toastFailed('The units were not changed', error));
      }}
    >
      {formatBytes(bytes, system)}
    </button>
  );
}

/** A size in all its forms, for where there is room. */
export function SizeForms({ bytes, blockBytes = null }: { bytes: number; blockBytes?: number | null }) {
  return <span className="tabular">{formatSizeForms(bytes, blockBytes, useUnits())}</span>;
}

/** Bytes per second. */
export function Rate({ bytesPerSecond }: { bytesPerSecond: Maybe }) {
  const system = useUnits();
  return has(bytesPerSecond) ? (
    <span className="num live">{formatByteRate(bytesPerSecond, system)}</span>
  ) : (
    <NoValue />
  );
}
export function Latency({ us }: { us: Maybe }) {
  return has(us) ? <span className="num live">{formatLatency(us)}</span> : <NoValue />;
}
export function Count({ value }: { value: Maybe }) {
  return has(value) ? <span className="num">{formatCount(value)}</span> : <NoValue />;
}
export function Duration({ ms }: { ms: Maybe }) {
  return has(ms) ? <span className="num">{formatDuration(ms)}</span> : <NoValue />;
}

/** A point in time; hover for ISO 8601 with its zone. */
export function Time({ at, clock }: { at: Maybe; clock?: Clock }) {
  const set = useClock();
  if (!has(at)) return <NoValue />;
  return (
    <time className="num" dateTime={formatIso(at, 'utc')} data-hint={formatIso(at, clock ?? set)}>
      {formatTime(at, clock ?? set)}
    </time>
  );
}

/** How long ago; grows by itself. Hover for the time. */
export function Age({ at, suffix = '' }: { at: Maybe; suffix?: string }) {
  const clock = useClock();
  const now = useNow(has(at) ? Date.now() - at : 0);
  if (!has(at)) return <NoValue />;
  return (
    <span className="num" data-hint={formatIso(at, clock)}>
      {formatDuration(Math.max(0, Math.floor((now - at) / 1000) * 1000))}
      {suffix}
    </span>
  );
}

/** The time, each second; each minute once `ageMs` is over an hour. */
export function useNow(ageMs = 0): number {
  const [now, setNow] = useState(Date.now);
  const every = ageMs > 3_600_000 ? 60_000 : 1000;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now());
    }, every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function NoValue() {
  return (
    <span className="dim">
      <span aria-hidden="true">{NO_VALUE}</span>
      <span className="visually-hidden">no value</span>
    </span>
  );
}

/** A value with its age: greyed where it is old, and never without saying so. */
export function StaleValue({
  stale,
  at,
  children,
}: {
  stale: boolean;
  at: number;
  children: React.ReactNode;
}) {
  if (!stale) return children;
  return (
    <span className="stale">
      {children} <Age at={at} suffix=" ago" />
    </span>
  );
}
