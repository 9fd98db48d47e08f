import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { addressOf, exported } from '../e2e/support/disk.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { addPeer, dialog, drawer, goTo, openAddPeer, row } from './support/steps.ts';

describe('adding a peer', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  for (const [what, address, message] of [
    ['a host nobody knows', async () => 'no-such-host.invalid:987', /no-such-host\.invalid: unknown host/],
    ['a closed port', closedPort, /refused/],
    ['another protocol', webServer, /not DMSG|speaks/],
    ['a peer that says nothing', silentServer, /did not introduce|no answer|said nothing/],
  ] as const) {
    test(`${what} has its own message, at the address and at its stage`, async (t) => {
      const { page } = await App.start(t, browser());
      const form = await openAddPeer(page, await address(t));
      if (what.startsWith('a host')) await form.getByLabel('Allow a plain link').check();
      await form.getByRole('button', { name: 'Test', exact: true }).click();
      await expect(form.getByRole('button', { name: 'Test again' })).toBeVisible();
      const failed = form.getByRole('listitem').filter({ hasText: ', failed' });
      await expect(failed).toHaveCount(1);
      await expect(failed).toHaveText(message);
      await expect(form.getByLabel('Address', { exact: true })).toHaveAccessibleDescription(message);
    });
  }
});

async function closedPort(): Promise<string> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = textOf(server.address());
  server.close();
  await once(server, 'close');
  return address;
}

async function webServer(t: TestContext): Promise<string> {
  const server = createServer((_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return textOf(server.address());
}

async function silentServer(t: TestContext): Promise<string> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => sockets.push(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return textOf(server.address());
}

function textOf(address: string | AddressInfo | null): string {
  if (address === null || typeof address === 'string') throw new Error('listens on a port');
  return `127.0.0.1:${address.port}`;
}
