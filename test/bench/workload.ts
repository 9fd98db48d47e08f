/** One pattern of I/O. */
export interface Workload {
  readonly name: string;
  readonly op: 'read' | 'write';
  readonly pattern: 'random' | 'sequential';
  readonly blockBytes: number;
  /** Requests outstanding at any time. */
  readonly depth: number;
}

/**
 * What is compared: our own client on our server, a common client through our gateway, or the first of these
 * with TLS on the way.
 */
export type Comparison = 'engine' | 'gateway' | 'tls';

const KIB = 1024;
const MIB = 1024 * KIB;

export const WORKLOADS: readonly Workload[] = [
  workload('4k', 'random', 4 * KIB, 64),
  workload('4k', 'random', 4 * KIB, 1),
  workload('64k', 'sequential', 64 * KIB, 32),
  workload('1m', 'sequential', MIB, 16),
].flat();

function workload(size: string, pattern: Workload['pattern'], blockBytes: number, depth: number): Workload[] {
  return (['read', 'write'] as const).map((op) => ({
    name: `${size}-${pattern === 'random' ? 'rand' : 'seq'}-${op}-qd${depth}`,
    op,
    pattern,
    blockBytes,
    depth,
  }));
}

/** The ratio to the peer the project aims at, undefined where it aims at none. */
export function goalOf(comparison: Comparison, { blockBytes, depth }: Workload): number | undefined {
  if (comparison === 'tls') return blockBytes > 4 * KIB ? 3.0 : undefined;
  if (blockBytes === 4 * KIB && depth === 64) return 2.0;
  if (comparison === 'engine') return undefined;
  return depth === 1 ? 0.8 : 0.9;
}
