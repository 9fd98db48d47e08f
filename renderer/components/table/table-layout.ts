import { z } from 'zod';
import { useLayout } from '../../stores/layout.ts';

const Schema = z.object({
  order: z.array(z.string().max(64)).max(100),
  visibility: z.record(z.string().max(64), z.boolean()),
  widths: z.record(z.string().max(64), z.number().min(30).max(2000)),
  sort: z.object({ id: z.string().max(64), desc: z.boolean() }).nullable(),
  filter: z.string().max(200),
  group: z.string().max(64).nullable(),
});

/** How someone arranged a table. */
export type TableLayout = z.infer<typeof Schema>;

const PLAIN: TableLayout = { order: [], visibility: {}, widths: {}, sort: null, filter: '', group: null };

/** The layout of a table, kept by the host under `table.ID`. */
export function useTableLayout(id: string): [TableLayout, (change: Partial<TableLayout>) => void] {
  const [layout, set] = useLayout(`table.${id}`, Schema, PLAIN);
  return [layout, (change) => set({ ...layout, ...change })];
}
