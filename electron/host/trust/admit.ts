import type { Exporter } from '../../target/exporter.ts';
import type { Admit } from '../link-setup.ts';

/** Exports take the keys that stand on the list of one of them. */
export function admitByExports(exporter: Exporter): Admit {
  return (identity) =>
    [...exporter.exports].some((item) => item.allow.has(identity))
      ? undefined
      : `its key ${identity} may not use any export; to let it: --allow ${identity}, for reading only ` +
        `--allow ${identity}:ro`;
}

/** A router takes the keys on its list. */
export function admitByList(keys: ReadonlySet<string>): Admit {
  return (identity) =>
    keys.has(identity)
      ? undefined
      : `its key ${identity} may not connect to this router; to let it: --allow ${identity}`;
}
