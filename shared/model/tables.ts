import { z } from 'zod';
import { Id } from './common.ts';
import { Disk } from './disk.ts';
import { Export, ExportListener } from './export.ts';
import { Job } from './job.ts';
import { Peer } from './peer.ts';
import { Unit } from './unit.ts';

/** A table's changes: rows new or changed, and the keys of those gone. */
function delta<T extends z.ZodType>(row: T) {
  return z.object({ rows: z.array(row), gone: z.array(Id) });
}

/**
 * The state of the host. The first batch of a session is everything (`snapshot`), later ones what changed.
 * Keys: peers, disks, exports and jobs by `id`, units by `name`, listeners by `address`.
 */
export const TablesBatch = z.object({
  snapshot: z.boolean(),
  at: z.number(),
  peers: delta(Peer).optional(),
  disks: delta(Disk).optional(),
  units: delta(Unit).optional(),
  exports: delta(Export).optional(),
  listeners: delta(ExportListener).optional(),
  jobs: delta(Job).optional(),
});
export type TablesBatch = z.infer<typeof TablesBatch>;

export const TABLE_NAMES = ['peers', 'disks', 'units', 'exports', 'listeners', 'jobs'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** The rows of each table. */
export interface TableRows {
  peers: Peer;
  disks: Disk;
  units: Unit;
  exports: Export;
  listeners: ExportListener;
  jobs: Job;
}

/** An empty map for each table. Being empty, they are maps of whatever the caller keeps in them. */
export function emptyMaps<M extends { readonly [T in TableName]: ReadonlyMap<string, unknown> }>(): M {
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, new Map()])) as unknown as M;
}

/** The key of a row in its table. */
export const rowKey: { readonly [T in TableName]: (row: TableRows[T]) => string } = {
  peers: (row) => row.id,
  disks: (row) => row.id,
  units: (row) => row.name,
  exports: (row) => row.id,
  listeners: (row) => row.address,
  jobs: (row) => row.id,
};
