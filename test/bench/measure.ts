/** What a load generator saw while it ran one workload. */
export interface LoadResult {
  readonly ios: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Latency percentiles in microseconds. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** The generator's own CPU time. */
  readonly cpuSeconds: number;
}

/** One measurement of one side. */
export interface Sample {
  readonly bytesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU time of generator and servers together. */
  readonly cpuSecondsPerGib: number;
}

export function sampleOf(load: LoadResult, serverCpuSeconds: number): Sample {
  return {
    bytesPerSecond: load.bytes / load.seconds,
    p50Us: load.p50Us,
    p99Us: load.p99Us,
    cpuSecondsPerGib: (load.cpuSeconds + serverCpuSeconds) / (load.bytes / 2 ** 30),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** The sample each of whose figures is the median of that figure. */
export function medianSample(samples: readonly Sample[]): Sample {
  const of = (figure: keyof Sample): number => median(samples.map((sample) => sample[figure]));
  return {
    bytesPerSecond: of('bytesPerSecond'),
    p50Us: of('p50Us'),
    p99Us: of('p99Us'),
    cpuSecondsPerGib: of('cpuSecondsPerGib'),
  };
}
