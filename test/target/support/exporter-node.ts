import type { DialectChoice } from '../../../electron/dmsg/dialect.ts';
import type { Link } from '../../../electron/dmsg/link.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { Address } from '../../../electron/stream/address.ts';
import { Export } from '../../../electron/target/export.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import { LOAD_DEFAULTS, type LoadLimits } from '../../../electron/target/load.ts';
import type { Medium } from '../../../electron/target/media/medium.ts';
import type { Net } from './net.ts';

/** An exporter that listens. */
export interface ExporterNode {
  readonly exporter: Exporter;
  readonly address: Address;
  /** Links that are up, as the exporter sees them. */
  readonly links: Link[];
}

interface ExporterTraits {
  readonly dialect?: DialectChoice;
  readonly limits?: LoadLimits;
}

export async function startExporter(
  net: Net,
  exports: readonly Export[],
  { dialect = 'auto', limits = LOAD_DEFAULTS }: ExporterTraits = {},
): Promise<ExporterNode> {
  const exporter = new Exporter({}, limits);
  for (const item of exports) {
    await item.online();
    exporter.add(item);
  }
  const address = await net.listen(exporter, exporterConn(), dialect);
  return {
    exporter,
    address,
    get links() {
      return exporter.links;
    },
  };
}

/** The write verifier of media that share their content: what one has taken no other loses. */
export const SHARED_CACHE = 'c0'.repeat(16);

/** An export of one medium, which is the same however often it is opened. */
export function exportOf(
  medium: Medium,
  serial = 'S1',
  label = 'host/disk',
  verifier = SHARED_CACHE,
): Export {
  return new Export({ serial, label, open: async () => medium, verifier });
}

/** One that several clients write at the same time. */
export function sharedExportOf(medium: Medium): Export {
  const item = exportOf(medium);
  item.setWriters('many');
  return item;
}
