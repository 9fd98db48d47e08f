import { type Command, InvalidArgumentError, Option } from 'commander';
import { limitsWith } from '../../shared/limits.ts';
import type { SetLimits } from '../../shared/model/limits.ts';
import { DEFAULT_PORT } from '../dmsg/constants.ts';
import type { DialectChoice } from '../dmsg/dialect.ts';
import type { LinkSetup } from '../host/link-setup.ts';
import { makeLog } from '../host/log.ts';
import { stateDirectory } from '../host/state-file.ts';
import { Trust } from '../host/trust/trust.ts';
import { type Address, parseAddress } from '../stream/address.ts';
import { type Fingerprint, parseFingerprint } from '../stream/fingerprint.ts';
import { parseSize } from '../target/media/size.ts';
import type { NoPathPolicy } from '../xdisk/unit-options.ts';
import { limit, limitsHelp } from './limit.ts';

/** Readers for the values of options. What is wrong becomes commander's one-line error, exit code 2. */

export function reading<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

export const peer = reading((text) => parseAddress(text, DEFAULT_PORT));

/** A reader for an argument or option that may be given several times. */
export function several<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before) => [...(before ?? []), read(text)];
}

/** Where to serve NBD: `unix:PATH` or `tcp:ADDR:PORT`. */
export const nbdAddress = reading((text): Address => {
  if (!/^(unix|tcp):/.test(text)) throw new Error(`"${text}" is neither unix:PATH nor tcp:ADDR:PORT`);
  return parseAddress(text, 10809);
});

/** Where to serve HTTP: `ADDR[:PORT]`, a free port where it has none. */
export const httpAddress = reading((text) => {
  const address = parseAddress(text, 0);
  if (address.kind !== 'tcp')
    throw new Error(`"${text}" is not ADDR:PORT: browsers cannot reach a UNIX socket`);
  return address;
});

export const port = reading((text): number => {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) throw new Error(`"${text}" is no port (0 to 65535)`);
  return Number(text);
});

export const blockSize = reading((text): number => {
  const bytes = parseSize(text);
  if (bytes !== 512 && bytes !== 4096) throw new Error(`a block has 512 or 4096 bytes, not ${text}`);
  return bytes;
});

/** `hold`, `fail`, or a number of seconds to hold. */
export const noPath = reading((text): NoPathPolicy => {
  if (text === 'hold' || text === 'fail') return { kind: text };
  return { kind: 'seconds', seconds: secondsOf(text) };
});

export const seconds = reading(secondsOf);

export const fingerprint = reading(parseFingerprint);

/** Keys and what they may do: `FINGERPRINT` or `FINGERPRINT:ro`, one after another. */
export function allowed(
  text: string,
  before: ReadonlyMap<Fingerprint, 'rw' | 'ro'> | undefined,
): ReadonlyMap<Fingerprint, 'rw' | 'ro'> {
  const [, key = text, access] = /^(.*?)(?::(ro|rw))?$/.exec(text) ?? [];
  return new Map([...(before ?? []), [fingerprint(key), access === 'ro' ? 'ro' : 'rw']]);
}

function secondsOf(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) <= 0 || Number(text) > 1e6) {
    throw new Error(`"${text}" is no number of seconds (example: 2.5)`);
  }
  return Number(text);
}

/** The options every command with links has. */
export interface LinkFlags {
  readonly json?: true;
  readonly dialect: DialectChoice;
  readonly libdmsgKeys?: string;
  readonly insecurePlain?: true;
  readonly tls?: true;
  readonly trust?: readonly Fingerprint[];
  readonly limit?: SetLimits;
}

export function withLinkFlags(command: Command): Command {
  return command
    .addHelpText('after', limitsHelp)
    .option('--json', 'print one JSON object per line')
    .addOption(
      new Option('--dialect <dialect>', 'generation of DMSG to speak; auto asks the peer')
        .choices(['auto', 'current', '2014'])
        .default('auto'),
    )
    .option(
      '--libdmsg-keys <directory>',
      'encrypt the WEAK old way, with the RSA keys of a libdmsg (for old peers)',
    )
    .option('--insecure-plain', 'links to and from other hosts are plain and unauthenticated, not TLS')
    .option('--tls', 'TLS within this machine as well')
    .option(
      '--trust <fingerprint>',
      'the key of a peer not known yet, as "spandrel keygen" prints it there; it is remembered',
      several(fingerprint),
    )
    .option('--limit <name=value>', 'what a peer may cost, see below; several may be given', limit);
}

/** @param quiet log only what is wrong: for commands that end by themselves */
export function setupOf(flags: LinkFlags, quiet = false): LinkSetup {
  const log = makeLog(flags.json === true, quiet ? 'warn' : 'info');
  return {
    dialect: flags.dialect,
    keyDirectory: flags.libdmsgKeys,
    insecurePlain: flags.insecurePlain === true,
    tls: flags.tls === true,
    trust: new Trust(stateDirectory(), log, { vouched: flags.trust ?? [] }),
    limits: limitsWith(flags.limit),
    log,
  };
}
