import { InvalidArgumentError } from 'commander';
import { LIMIT_NAMES, LIMITS, type LimitName, limitFault, limitText } from '../../shared/limits.ts';
import type { SetLimits } from '../../shared/model/limits.ts';
import { parseSize } from '../target/media/size.ts';

/** A reader for `--limit NAME=VALUE`, one after another: the last of a name counts. */
export function limit(text: string, before: SetLimits | undefined): SetLimits {
  const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
  if (!isLimit(name)) {
    throw new InvalidArgumentError(`there is no limit "${name}"; the limits are ${LIMIT_NAMES.join(', ')}`);
  }
  const number = numberOf(name, value);
  const fault =
    number === undefined ? `"${value}" is no value of ${name} (example: ${example(name)})` : undefined;
  const wrong = fault ?? limitFault(name, number as number);
  if (wrong !== undefined) throw new InvalidArgumentError(wrong);
  return { ...before, [name]: number };
}

function isLimit(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name);
}

function numberOf(name: LimitName, text: string): number | undefined {
  if (LIMITS[name].unit !== 'bytes') return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  try {
    return parseSize(text);
  } catch {
    return undefined;
  }
}

function example(name: LimitName): string {
  return `${name}=${LIMITS[name].unit === 'bytes' ? '64M' : LIMITS[name].usual}`;
}

/** What `--help` says of them. */
export function limitsHelp(): string {
  const width = Math.max(...LIMIT_NAMES.map((name) => name.length));
  const lines = LIMIT_NAMES.map(
    (name) => `  ${name.padEnd(width)}  ${LIMITS[name].what} (${limitText(name)})`,
  );
  return ['', 'Limits, for --limit, with what holds otherwise:', ...lines].join('\n');
}
