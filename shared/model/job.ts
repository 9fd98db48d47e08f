import { z } from 'zod';
import { CallError } from '../errors.ts';
import { Bytes, Id, Time } from './common.ts';

export const JobState = z.enum(['queued', 'running', 'stalled', 'cancelling', 'done', 'failed', 'cancelled']);
export type JobState = z.infer<typeof JobState>;

/** One test of a benchmark. */
export const BenchmarkResult = z.object({
  /** `read 4 KiB, depth 32`. */
  test: z.string(),
  requests_per_second: z.number(),
  bytes_per_second: z.number(),
  p50_us: z.number(),
  p99_us: z.number(),
  p999_us: z.number(),
});
export type BenchmarkResult = z.infer<typeof BenchmarkResult>;

/** Long work. It belongs to the host, so it outlives the page that asked for it. */
export const Job = z.object({
  id: Id,
  kind: z.enum(['copy', 'benchmark']),
  title: z.string(),
  state: JobState,
  phase: z.string(),
  done_bytes: Bytes,
  size_bytes: Bytes,
  rate_bytes: z.number(),
  /** null before 5 s of samples, and while it is stalled. */
  eta_seconds: z.number().nullable(),
  error: CallError.nullable(),
  /** What came of it, in a sentence. */
  summary: z.string().nullable(),
  benchmark: z.array(BenchmarkResult),
  created_at: Time,
  ended_at: Time.nullable(),
  /** The command that does the same. */
  command: z.string(),
});
export type Job = z.infer<typeof Job>;
