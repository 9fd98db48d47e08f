import { kindOf, type TroubleKind } from '../host/host-error.ts';

/** Exit codes, as documented in the README. */
export const ExitCode: Readonly<Record<TroubleKind, number>> = {
  internal: 1,
  usage: 2,
  peer: 3,
  local: 4,
  io: 5,
  verify: 6,
  busy: 7,
  cancelled: 130,
};

/** End the process with an error: one line on stderr, for a bug the stack as well. */
export function fail(error: unknown): never {
  const kind = kindOf(error);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`spandrel: ${message}\n`);
  if (kind === 'internal' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exit(ExitCode[kind]);
}

const LINGER_MS = 1_500;

/**
 * Wait for SIGINT or SIGTERM, then close in order. A second signal ends the process at once.
 * @param ready tells whoever started us, who may send the signal in the same moment
 */
export async function untilSignal(ready: () => void, close: () => Promise<void>): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  ready();
  await signalled;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(ExitCode.cancelled));
  await close();
  // Everything is closed; a peer that does not say goodbye keeps a connection, but not the process.
  setTimeout(() => process.exit(0), LINGER_MS).unref();
}
