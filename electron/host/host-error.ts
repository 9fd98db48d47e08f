import { BlockError } from '../block/error.ts';
import { LinkCryptoError } from '../dmsg/crypto/error.ts';
import { LinkError } from '../dmsg/link-error.ts';
import { NbdConnectError } from '../nbd/client-negotiation.ts';
import { AddressError } from '../stream/address.ts';
import { ConnectError } from '../stream/connect.ts';
import { ListenError } from '../stream/listen.ts';
import { MediumError } from '../target/media/medium-error.ts';
import { SizeError } from '../target/media/size.ts';
import { UnitBusyError } from '../xdisk/registry.ts';

/** What kind of trouble ended a command, as a closed set; each kind has its exit code in the CLI. */
export type TroubleKind =
  | 'usage' // the words of the command are wrong
  | 'peer' // a peer cannot be reached, refuses, or does not offer the disk
  | 'local' // a file, address or right of this machine
  | 'io' // the disk answered with an error
  | 'verify' // a copy does not equal its source
  | 'busy' // in use by somebody
  | 'cancelled'
  | 'internal';

/** An error whose message is for people and complete. */
export class HostError extends Error {
  readonly kind: TroubleKind;
  constructor(kind: TroubleKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'HostError';
    this.kind = kind;
  }
}

/** The kind of any error the layers below throw. */
export function kindOf(error: unknown): TroubleKind {
  if (error instanceof HostError) return error.kind;
  if (error instanceof AddressError || error instanceof SizeError) return 'usage';
  if (error instanceof MediumError) return error.code === 'source' ? 'usage' : 'local';
  if (error instanceof ListenError) return 'local';
  if (error instanceof UnitBusyError) return 'busy';
  if (error instanceof BlockError) return error.code === 'path' || error.code === 'timeout' ? 'peer' : 'io';
  if (error instanceof ConnectError || error instanceof LinkError || error instanceof LinkCryptoError)
    return 'peer';
  if (error instanceof NbdConnectError) return 'peer';
  return 'internal';
}

/** An error's message with the name of its object in front, unless it begins with it. */
export function withName(name: string, error: Error): string {
  return error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
}
