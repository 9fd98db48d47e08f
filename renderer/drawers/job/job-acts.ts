import type { Job } from '../../../shared/model/job.ts';
import { call } from '../../connection/index.ts';
import { toastFailed } from '../../stores/toast.ts';

/** Has it ended, in whatever way? */
export function isOver({ ended_at }: Pick<Job, 'ended_at'>): boolean {
  return ended_at !== null;
}

type Measured = Pick<Job, 'state' | 'done_bytes' | 'size_bytes' | 'eta_seconds' | 'created_at'>;

/**
 * How much of it is done, 0 … 1; null where that is not known. What has no size, such as a benchmark, is told
 * by its time.
 * @param now ms since 1970
 */
export function partOf(job: Measured, now = Date.now()): number | null {
  if (job.state === 'done') return 1;
  if (job.size_bytes > 0) return Math.min(1, job.done_bytes / job.size_bytes);
  if (job.eta_seconds === null) return null;
  const elapsed = Math.max(0, now - job.created_at) / 1000;
  const whole = elapsed + job.eta_seconds;
  return whole > 0 ? elapsed / whole : null;
}

export async function cancelJob({ id, title }: Job): Promise<void> {
  await call('jobs.cancel', { id }).catch((error) => toastFailed(`${title} was not cancelled`, error));
}

/** Drop it from the list; what it did stays done. */
export async function dismissJob({ id, title }: Job): Promise<void> {
  await call('jobs.dismiss', { id }).catch((error) => toastFailed(`${title} was not dismissed`, error));
}
