import type { BlockDevice } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import { checkRange } from '../block/range.ts';
import { Command, CommandFlag, MAX_PAYLOAD_BYTES } from './constants.ts';
import type { ServerRequest } from './server-request.ts';

/** FUA is valid, and mostly without meaning, with every command (proto.md, Command flags). */
const ALLOWED_FLAGS: Record<number, number> = {
  [Command.read]: CommandFlag.fua | CommandFlag.dontFragment,
  [Command.write]: CommandFlag.fua,
  [Command.flush]: CommandFlag.fua,
  [Command.trim]: CommandFlag.fua,
  [Command.writeZeroes]: CommandFlag.fua | CommandFlag.noHole | CommandFlag.fastZero,
  [Command.blockStatus]: CommandFlag.fua | CommandFlag.requestOne,
};

/**
 * Check a command before anything is done for it.
 * @param allocation whether block status was negotiated
 * @returns the error to answer with, or null
 */
export function checkCommand(
  request: ServerRequest,
  device: BlockDevice,
  allocation: boolean,
): BlockError | null {
  const { command, flags, offset, length } = request;
  const allowed = ALLOWED_FLAGS[command];
  if (allowed === undefined) return new BlockError('range', `unknown command ${command}`);
  if ((flags & ~allowed) !== 0) return new BlockError('range', `flags ${flags} with command ${command}`);
  if (command === Command.flush) return null;
  if (command === Command.read && length > MAX_PAYLOAD_BYTES) {
    return new BlockError('range', `read of ${length} bytes: at most ${MAX_PAYLOAD_BYTES} at a time`);
  }
  if (command === Command.blockStatus && (!allocation || length === 0)) {
    return new BlockError('range', 'block status that was not negotiated, or of nothing');
  }
  if ((flags & CommandFlag.fastZero) !== 0 && (flags & CommandFlag.noHole) !== 0) {
    return new BlockError('unsupported', 'zeroing without a hole is not fast');
  }
  const changes = command === Command.write || command === Command.trim || command === Command.writeZeroes;
  if (changes && device.readOnly) return new BlockError('readonly', 'the export is read-only');
  const error = checkRange(device, offset, length);
  const isBeyondEnd = offset + length > device.sizeBytes;
  // proto.md, Error values: ENOSPC for writes beyond the end, EINVAL for all else.
  return error !== null && changes && isBeyondEnd && command !== Command.trim
    ? new BlockError('nospace', error.message)
    : error;
}
