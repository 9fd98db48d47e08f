import type { Link } from '../../dmsg/link.ts';
import { hostOf } from '../../stream/door.ts';
import type { Export } from '../../target/export.ts';
import type { Exporter } from '../../target/exporter.ts';
import type { Admit } from '../link-setup.ts';
import type { Refusals } from '../refusals.ts';

/** Exports take the keys that stand on the list of one of them. */
export function admitByExports(exporter: Exporter): Admit {
  return (identity) =>
    [...exporter.exports].some((item) => item.allow.has(identity))
      ? undefined
      : `its key ${identity} may not use any export; to let it: --allow ${identity}, for reading only ` +
        `--allow ${identity}:ro`;
}

/**
 * Tell that a key that may only read an export wrote it.
 * @param id of the export, for whoever shows it
 */
export function tellRefusedWrite(
  refusals: Refusals,
  { label }: Export,
  { remote, identity }: Link,
  id: string,
): void {
  refusals.tell(
    `${hostOf(remote)} ${identity}`,
    'read-only',
    `refused a write of ${remote} to ${label}: its key ${identity} may only read it; to let it write: ` +
      `--allow ${identity}`,
    { at: { kind: 'export', id, name: label } },
  );
}

/** A router takes the keys on its list. */
export function admitByList(keys: ReadonlySet<string>): Admit {
  return (identity) =>
    keys.has(identity)
      ? undefined
      : `its key ${identity} may not connect to this router; to let it: --allow ${identity}`;
}
