import type { z } from 'zod';
import { Settings } from '../../../shared/model/settings.ts';
import { jsonFault } from './json-fault.ts';
import { Config } from './schema.ts';

/** A page cannot send a layout deeper than 64: see message-fault.ts. */
const MAX_DEPTH = 100;

/** A text or value that is no config; the message names the line or place and what is wrong there. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** A config without anything in it. */
export function emptyConfig(): Config {
  return {
    version: 1,
    peers: [],
    exports: [],
    units: [],
    detached: [],
    settings: Settings.parse({}),
    layout: {},
  };
}

/** @throws ConfigError */
export function parseConfig(text: string): Config {
  // Editors of Windows put a mark of the byte order in front.
  const plain = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    throw new ConfigError(jsonFault(plain));
  }
  return checkConfig(migrate(value));
}

/** @throws ConfigError */
export function checkConfig(value: unknown): Config {
  // The layout may hold anything, also more lists in lists than the stack has room for.
  if (isDeeper(value, MAX_DEPTH)) throw new ConfigError('layout: is nested too deeply');
  const result = Config.safeParse(value);
  if (result.success) return result.data;
  const [first, ...others] = result.error.issues;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new ConfigError(`${placeOf(first?.path ?? [])}${first?.message ?? 'is no config'}${more}`);
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** What older versions wrote, as this one has it. There is no older version yet. */
function migrate(value: unknown): unknown {
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new ConfigError(`version: ${version} is of a newer Spandrel; this one reads version 1`);
  }
  return value;
}

/** `peers[2].address: ` */
function placeOf(path: z.core.$ZodIssue['path']): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return place === '' ? '' : `${place.replace(/^\./, '')}: `;
}
