import assert from 'node:assert/strict';
import type { Sandbox } from './sandbox.ts';
import type { Spandrel } from './spandrel.ts';

/** A free port of this host, as an address to listen on. */
export const ANY_PORT = '127.0.0.1:0';

/** The first address a command listens on. */
export function addressOf(command: Spandrel<'export'> | Spandrel<'route'>): string {
  const [address] = command.ready.addresses;
  assert.ok(address !== undefined);
  return address;
}

/** Export sources on a free port. */
export function exported(box: Sandbox, source: string, ...flags: string[]): Promise<Spandrel<'export'>> {
  return box.start('export', source, '--listen', ANY_PORT, ...flags);
}

let gateways = 0;

/** Attach what peers offer, and serve it over NBD. */
export async function attached(
  box: Sandbox,
  peers: readonly string[],
  ...flags: string[]
): Promise<{ client: Spandrel<'attach'>; uri: string }> {
  const socket = box.path(`nbd${++gateways}`);
  const client = await box.start('attach', ...peers, '--nbd', `unix:${socket}`, ...flags);
  const { nbd } = client.ready;
  assert.ok(nbd !== null);
  return { client, uri: nbd };
}
