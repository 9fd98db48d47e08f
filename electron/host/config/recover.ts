import { copyFileSync, linkSync } from 'node:fs';
import { fileError, isMissing } from '../file-error.ts';
import { readConfig } from './config-file.ts';
import { ConfigError, emptyConfig } from './parse-config.ts';
import type { Config } from './schema.ts';
import type { Versions } from './versions.ts';

/** What was found of the config at the start. */
export interface Found {
  readonly config: Config;
  /** What people should know about it; null where all is well. */
  readonly notice: string | null;
}

/**
 * The config of a file; of the newest good version where the file is no config, the bad file being kept
 * aside; else an empty one.
 * @throws HostError where the system does not let us read the file or keep it aside
 */
export function findConfig(path: string, versions: Versions): Found {
  try {
    return { config: readConfig(path), notice: null };
  } catch (error) {
    if (isMissing(error)) return { config: emptyConfig(), notice: null };
    if (!(error instanceof ConfigError)) throw fileError(path, 'read', error);
    const aside = keepAside(path);
    const { config, source } = newestGood(versions);
    return { config, notice: `${path} is damaged (${error.message}). It was kept as ${aside}. ${source}` };
  }
}

function newestGood(versions: Versions): { config: Config; source: string } {
  for (const { id, config } of versions.readable()) {
    const at = new Date(Number(id)).toISOString();
    return { config, source: `What was set until ${at} is used; later changes are to be made again.` };
  }
  return { config: emptyConfig(), source: 'There is no earlier version, so all is to be set up anew.' };
}

/** Give the bad file a second name, which needs no room on a full disk; where there are no links, copy it. */
function keepAside(path: string): string {
  const aside = `${path}.bad-${new Date().toISOString().replaceAll(':', '')}`;
  try {
    linkSync(path, aside);
  } catch {
    try {
      copyFileSync(path, aside);
    } catch (error) {
      throw fileError(path, 'kept aside, though it is damaged', error);
    }
  }
  return aside;
}
