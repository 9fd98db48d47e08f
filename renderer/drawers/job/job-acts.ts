import type { Job } from '../../../shared/model/job.ts';
import { call } from '../../connection/index.ts';
import { toastFailed } from '../../stores/toast.ts';

/** Has it ended, in whatever way? */
export function isOver({ ended_at }: Pick<Job, 'ended_at'>): boolean {
  return ended_at !== null;
}

/** How much of it is done, 0 … 1; null where that is not known. */
export function partOf(job: Pick<Job, 'state' | 'done_bytes' | 'size_bytes'>): number | null {
  if (job.state === 'done') return 1;
  return job.size_bytes > 0 ? Math.min(1, job.done_bytes / job.size_bytes) : null;
}

export async function cancelJob({ id, title }: Job): Promise<void> {
  await call('jobs.cancel', { id }).catch((error) => toastFailed(`${title} was not cancelled`, error));
}

/** Drop it from the list; what it did stays done. */
export async function dismissJob({ id, title }: Job): Promise<void> {
  await call('jobs.dismiss', { id }).catch((error) => toastFailed(`${title} was not dismissed`, error));
}
