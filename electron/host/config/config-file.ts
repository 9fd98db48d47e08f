import { readFileSync, statSync } from 'node:fs';
import { replaceFile } from '../atomic-file.ts';
import { fileError } from '../file-error.ts';
import { ConfigError, parseConfig } from './parse-config.ts';
import type { Config } from './schema.ts';

/** Many times what the largest config takes. */
const MAX_BYTES = 16 << 20;

/** A config as text for people to read and change. */
export function configText(config: Config): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** @throws ConfigError where it is no config, the file system's error where it cannot be read */
export function readConfig(path: string): Config {
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new ConfigError(`it has ${size} bytes, more than any config`);
  return parseConfig(readFileSync(path, 'utf8'));
}

/**
 * Put a config in a file's place.
 * @param sync wait until it is on stable storage
 * @throws HostError 'local' naming the file; it is as it was
 */
export function writeConfig(path: string, config: Config, sync: boolean): void {
  try {
    replaceFile(path, configText(config), sync);
  } catch (error) {
    throw fileError(path, 'written', error);
  }
}
