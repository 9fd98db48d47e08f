import { ExitCode } from './exit.ts';

/** A signal aborted by SIGINT or SIGTERM, for work that ends by itself. A second one ends the process at once. */
export function cancelSignal(): AbortSignal {
  const cancel = new AbortController();
  const onSignal = (): void => {
    if (cancel.signal.aborted) process.exit(ExitCode.cancelled);
    cancel.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  return cancel.signal;
}
