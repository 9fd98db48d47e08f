/** Longest wait for something that must happen, ms. Only a failing test reaches it. */
const LIMIT_MS = 10_000;

/** Let the event loop turn until a condition holds. Times are never guessed: nothing sleeps. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await turn();
  }
}

/** One turn of the event loop, sockets included. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
