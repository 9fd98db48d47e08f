import type { Input } from './contract.ts';
import type { Peer } from './model/peer.ts';
import { type NoPath, UNIT_OPTION_DEFAULTS, type UnitOptions } from './model/unit.ts';

/**
 * The command that does what a dialog does, for a POSIX shell. What only the app knows has no word: names
 * of units, paths preferred and disabled, starting with the app.
 */

/** A peer as a command names it: rows of the peers table are such. */
export type PeerWords = Pick<Peer, 'address' | 'insecure_plain'> &
  Partial<Pick<Peer, 'fingerprint' | 'security'>>;

/** @param nbd where units are served, `unix:PATH` or `tcp:ADDR:PORT`; null: not at all */
export function attachCommand(
  peers: readonly PeerWords[],
  serial: string,
  options: UnitOptions,
  nbd: string | null,
): string {
  const { request_timeout_ms, no_path, path_policy } = options;
  return commandLine(
    'attach',
    peers.map(({ address }) => address),
    ['--serial', serial],
    options.read_only && ['--read-only'],
    no_path.kind !== UNIT_OPTION_DEFAULTS.no_path.kind && ['--no-path', noPathWord(no_path)],
    path_policy !== UNIT_OPTION_DEFAULTS.path_policy && ['--path-policy', path_policy],
    request_timeout_ms !== UNIT_OPTION_DEFAULTS.request_timeout_ms && [
      '--timeout',
      decimal(request_timeout_ms / 1000),
    ],
    options.exposed && nbd !== null && ['--nbd', nbd],
    ...protection(peers),
  );
}

/** @param where as in the settings: addresses exports are offered on, and routers they are offered to */
export function exportCommand(
  input: Input<'exports.create'>,
  where: {
    readonly listen: readonly string[];
    readonly connect: readonly string[];
    readonly insecure_plain: boolean;
  },
): string {
  return commandLine(
    'export',
    [input.source],
    ...where.listen.map((address) => ['--listen', address]),
    ...where.connect.map((address) => ['--connect', address]),
    input.serial !== null && ['--serial', input.serial],
    input.label !== null && ['--label', input.label],
    input.block_bytes !== null && ['--block-size', String(input.block_bytes)],
    input.read_only && ['--read-only'],
    ...(input.allow ?? []).map(({ fingerprint, access }) => [
      '--allow',
      access === 'ro' ? `${fingerprint}:ro` : fingerprint,
    ]),
    input.writers === 'many' && ['--writers', 'many'],
    where.insecure_plain && INSECURE,
  );
}

/** @param input with units as URIs of the disks behind them: see `diskUri` */
export function copyCommand(input: Input<'jobs.copy'>, insecurePlain: boolean): string {
  return commandLine(
    'copy',
    [input.from, input.to],
    input.verify && ['--verify'],
    input.overwrite && ['--overwrite'],
    input.rate_limit_bytes !== null && ['--rate', String(input.rate_limit_bytes)],
    insecurePlain && INSECURE,
  );
}

export function benchmarkCommand(
  peer: PeerWords,
  serial: string,
  { seconds, write, label }: Pick<Input<'jobs.benchmark'>, 'seconds' | 'write' | 'label'>,
): string {
  return commandLine(
    'benchmark',
    [peer.address],
    ['--serial', serial],
    ['--seconds', decimal(seconds)],
    write && ['--write', '--label', label ?? ''],
    ...protection([peer]),
  );
}

export function spansCommand(peer: PeerWords): string {
  return commandLine('spans', [peer.address], ...protection([peer]));
}

/** A disk at a peer as `copy` names it: `dmsg://HOST:PORT/SERIAL`, `dmsg+unix:///SERIAL?socket=PATH`. */
export function diskUri(address: string, serial: string): string {
  const name = encodeURIComponent(serial);
  if (!address.startsWith('unix:')) return `dmsg://${address}/${name}`;
  return `dmsg+unix:///${name}?socket=${encodeURIComponent(address.slice('unix:'.length)).replaceAll('%2F', '/')}`;
}

const INSECURE = ['--insecure-plain'];

/**
 * How links to peers are protected. Commands have one way for all their links: where some are plain on purpose,
 * so are all.
 */
function protection(peers: readonly PeerWords[]): (readonly string[] | false)[] {
  const isPlain = (peer: PeerWords): boolean => peer.insecure_plain && peer.security !== 'tls';
  if (peers.some(isPlain)) return [INSECURE];
  const keys = new Set(peers.flatMap(({ fingerprint }) => fingerprint ?? []));
  if (keys.size === 0) return [];
  // With a key also a link within this machine has TLS, which a command is to be told.
  return [['--tls'], ...[...keys].map((key) => ['--trust', key])];
}

function commandLine(
  command: string,
  names: readonly string[],
  ...options: readonly (readonly string[] | false)[]
): string {
  const flags = options.flatMap((words) => (words === false ? [] : words));
  // A name that looks like an option stands behind the end of the options.
  const words = names.some((name) => name.startsWith('-'))
    ? [...flags, '--', ...names]
    : [...names, ...flags];
  return ['spandrel', command, ...words].map(quoted).join(' ');
}

/** A word as a shell reads it: as it is where no character of it means anything to one. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function noPathWord(policy: NoPath): string {
  return policy.kind === 'seconds' ? decimal(policy.seconds) : policy.kind;
}

/** A number of seconds in digits alone, to the millisecond. */
function decimal(seconds: number): string {
  return String(Number(Math.max(0.001, seconds).toFixed(3)));
}
