import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright';
import { addressOf } from '../e2e/support/disk.ts';
import { hostOf, keyOf } from '../e2e/support/trusted.ts';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { smallSite, unit } from './support/scenes.ts';
import { ScriptedHost } from './support/scripted-host.ts';
import { cell, dialog, drawer, goTo, openRow, row } from './support/steps.ts';

const OTHER = `SHA256:${'B'.repeat(43)}`;

async function security(page: Page): Promise<Locator> {
  await goTo(page, 'Settings');
  await page.getByRole('button', { name: 'Security', exact: true }).click();
  return page.getByRole('main');
}

/** The app, offering exports to other hosts; on loopback its listener stands for one. */
function offering(t: TestContext, browser: Browser): Promise<App> {
  return App.start(t, browser, { settings: { export_listen: ['0.0.0.0:0'] } });
}

/** Where the app's exports are, once there is one. */
async function listener(page: Page): Promise<string> {
  const places = page.getByRole('region', { name: 'Where exports are offered' });
  await expect(places).toContainText(/Listening.*:\d+/s);
  const port = /0\.0\.0\.0:([1-9]\d*)/.exec(await places.innerText())?.[1];
  return `127.0.0.1:${port}`;
}

async function openExport(page: Page): Promise<Locator> {
  await goTo(page, 'Exports');
  await page.getByRole('main').getByRole('button', { name: 'Export…' }).first().click();
  return dialog(page, 'Export');
}

describe('keys', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('this host’s own key is the one the command line prints; the lists are empty and say so', async (t) => {
    const { box, page } = await App.start(t, browser());
    const main = await security(page);
    await expect(main).toContainText(await keyOf(box));
    await expect(main).toContainText('Give this to the owner of the other machine');
    await expect(main.getByRole('button', { name: 'Copy the key of this host' })).toBeVisible();
    await expect(main).toContainText('None yet: a peer on another host is known once its key is confirmed');
    await expect(main.getByText('None.', { exact: true })).toBeVisible();
  });

  test('a peer’s key that the command line pinned is shown, revoked here and un-revoked', async (t) => {
    const { box, page } = await App.start(t, browser());
    const nas = await hostOf(t);
    const flags = ['--tls', '--listen', '127.0.0.1:0', '--allow', await keyOf(box)];
    const address = addressOf(await nas.box.start('export', 'memory:1M', ...flags));
    const main = await security(page);
    await box.events('spans', address, '--tls', '--trust', nas.fingerprint);
    const known = main.getByRole('list', { name: 'Known keys of peers' });
    await expect(known).toContainText(address);
    await expect(known).toContainText(nas.fingerprint);

    await known.getByRole('button', { name: `Revoke the key of ${address}` }).click();
    const ask = dialog(page, 'Revoke a key');
    await expect(ask).toContainText('Links of that key end at once');
    // Enter does not do what cuts others off.
    await page.keyboard.press('Enter');
    await ask.waitFor({ state: 'detached' });
    const [list] = await box.events('trust', 'list');
    assert.ok(list?.event === 'ready' && list.command === 'trust' && list.revoked.length === 0);
    await known.getByRole('button', { name: `Revoke the key of ${address}` }).click();
    await ask.getByRole('button', { name: 'Revoke', exact: true }).click();
    const revoked = main.getByRole('list', { name: 'Revoked keys' });
    await expect(revoked).toContainText(nas.fingerprint);
    const refused = await box.cli('spans', address, '--tls');
    assert.match(refused.messages.join(), /was revoked here/);

    await revoked.getByRole('button', { name: `Un-revoke ${nas.fingerprint}` }).click();
    const back = dialog(page, 'Un-revoke a key');
    await expect(back).toContainText('gets in again');
    await back.getByRole('button', { name: 'Show command' }).click();
    await expect(back).toContainText(`spandrel trust forget ${nas.fingerprint}`);
    await back.getByRole('button', { name: 'Un-revoke', exact: true }).click();
    await expect(revoked).toHaveCount(0);
    await expect(main.getByText('None.', { exact: true })).toBeVisible();
  });

  test('a key to revoke may be typed; what is none says so with an example', async (t) => {
    const { page } = await App.start(t, browser());
    const main = await security(page);
    await main.getByRole('button', { name: 'Revoke a key…' }).click();
    const ask = dialog(page, 'Revoke a key');
    const field = ask.getByLabel('Key');
    await field.fill('SHA256:short');
    await expect(field).toHaveAccessibleDescription(
      /5 characters after SHA256:, not 43; for example SHA256:/,
    );
    await expect(ask.getByRole('button', { name: 'Revoke', exact: true })).toBeDisabled();
    await field.fill(OTHER);
    await ask.getByRole('button', { name: 'Revoke', exact: true }).click();
    await expect(main.getByRole('list', { name: 'Revoked keys' })).toContainText(OTHER);
  });

  test('keys that cannot be read are an error with the file and a Retry', async (t) => {
    const { box, page } = await App.start(t, browser());
    const file = box.path('state/known-peers.json');
    writeFileSync(file, '{');
    const main = await security(page);
    const alert = main.getByRole('alert');
    await expect(alert).toContainText(/known-peers\.json is damaged/);
    writeFileSync(file, JSON.stringify({ version: 1, peers: [], revoked: [] }));
    await alert.getByRole('button', { name: 'Retry' }).click();
    await expect(main).toContainText('Key of this host');
    await expect(alert).toHaveCount(0);
  });

  test('while the keys are awaited the section says so', async (t) => {
    const host = await ScriptedHost.start(smallSite(), { 'trust.list': () => new Promise(() => {}) });
    t.after(() => host.close());
    const page = await browser().newPage();
    t.after(() => page.close());
    await page.goto(host.url());
    const main = await security(page);
    await expect(main.getByText('Asking for the keys')).toBeAttached();
    await expect(main.getByText('Key of this host')).toHaveCount(0);
  });
});

describe('who may use an export', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('keys are given with the export, and changed while it is used', async (t) => {
    const { page } = await offering(t, browser());
    const client = await hostOf(t);
    const form = await openExport(page);
    await form.getByText('Memory', { exact: true }).click();
    await form.getByRole('textbox', { name: 'Size' }).fill('16MiB');
    await expect(form).toContainText('This machine alone');
    const key = form.getByRole('textbox', { name: 'Key', exact: true });
    await key.fill('not a key');
    await expect(key).toHaveAccessibleDescription(/This is no key; for example SHA256:\S{43}/);
    await expect(form.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
    await key.fill(OTHER);
    await expect(form).toContainText('Add the key that is typed, or clear it');
    await key.press('Enter');
    await key.fill(`  ${client.fingerprint} `);
    await form.getByRole('button', { name: 'Add key' }).click();
    await key.fill(OTHER);
    await expect(key).toHaveAccessibleDescription(/in the list already/);
    await key.fill('');
    await expect(form).toContainText('These keys and nobody else');
    await form.getByLabel(`Name of ${client.fingerprint}`).fill('desk');
    await form.getByRole('combobox', { name: 'Access of desk' }).click();
    await page.getByRole('option', { name: 'Read-only' }).click();
    await form.getByLabel('Label').fill('office/keys');
    await form.getByRole('button', { name: 'Show command' }).click();
    await expect(form).toContainText(`--allow ${OTHER} --allow ${client.fingerprint}:ro`);
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    const item = row(page, /^office\/keys, Online/);
    await expect(await cell(page, item, 'Allowed')).toHaveText('2 keys');

    const flags = ['--tls', '--trust', await ownKey(page)];
    await goTo(page, 'Exports');
    const address = await listener(page);
    const attached = await client.box.start('attach', address, ...flags);
    assert.equal(attached.ready.read_only, true);

    const details = await openRow(page, item, 'Label');
    await details.getByRole('tab', { name: 'Options' }).click();
    await details.getByRole('combobox', { name: 'Access of desk' }).click();
    await page.getByRole('option', { name: 'Read-write' }).click();
    await details.getByRole('button', { name: 'Remove the key without a name' }).click();
    await expect(details).toContainText(`--allow ${client.fingerprint}`);
    await details.getByRole('button', { name: 'Save' }).click();
    await expect(await cell(page, item, 'Allowed')).toHaveText('1 key');
    await attached.stop();
    const again = await client.box.start('attach', address, '--tls');
    assert.equal(again.ready.read_only, false);
    assert.equal(again.ready.units[0]?.guarantee, 'fenced');

    const mark = again.mark;
    await details.getByRole('button', { name: 'Remove desk' }).click();
    await details.getByRole('button', { name: 'Revert' }).click();
    await details.getByRole('button', { name: 'Remove desk' }).click();
    await details.getByRole('button', { name: 'Save' }).click();
    await expect(await cell(page, item, 'Allowed')).toHaveText('This machine only');
    await again.waitForEvent('unit', ({ paths }) => paths.length === 0, mark);
  });

  test('a known peer is picked; a list where no link has a key is warned of', async (t) => {
    const { box, page } = await App.start(t, browser());
    const state = {
      version: 1,
      revoked: [],
      peers: [{ address: 'nas:987', fingerprint: OTHER, first_seen: 1 }],
    };
    writeFileSync(box.path('state/known-peers.json'), JSON.stringify(state));
    const form = await openExport(page);
    await form.getByRole('combobox', { name: 'Or a known peer' }).click();
    await page.getByRole('option', { name: 'nas:987' }).click();
    await expect(form.getByRole('list', { name: 'Keys that may use it' })).toContainText(OTHER);
    await expect(form.getByRole('combobox', { name: 'Or a known peer' })).toBeDisabled();
    await expect(form).toContainText('offered within this machine alone, where links have no keys');
  });

  test('a revoked key’s link ends at once, and that it comes again is an event with what to do', async (t) => {
    const { page } = await offering(t, browser());
    const client = await hostOf(t);
    const form = await openExport(page);
    await form.getByText('Memory', { exact: true }).click();
    await form.getByRole('textbox', { name: 'Size' }).fill('1MiB');
    await form.getByRole('textbox', { name: 'Key', exact: true }).fill(client.fingerprint);
    await form.getByRole('button', { name: 'Add key' }).click();
    await form.getByRole('button', { name: 'Export', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    const address = await listener(page);
    const unit = await client.box.start('attach', address, '--tls', '--trust', await ownKey(page));
    const mark = unit.mark;
    const main = await security(page);
    await main.getByRole('button', { name: 'Revoke a key…' }).click();
    const ask = dialog(page, 'Revoke a key');
    await ask.getByLabel('Key').fill(client.fingerprint);
    await ask.getByRole('button', { name: 'Revoke', exact: true }).click();
    await unit.waitForEvent('link', ({ state }) => state === 'down', mark);
    await goTo(page, 'Activity');
    await page.getByRole('tab', { name: 'Events' }).click();
    const event = page.getByRole('main').getByRole('row', { name: /its key was revoked here/ });
    await expect(event).toHaveCount(1);
    await expect(event).toContainText('Warning');
  });
});

describe('a peer whose key is another', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('shows both keys, and takes the new one once it is confirmed', async (t) => {
    const nas = { address: '', fingerprint: '' };
    const app = await App.start(t, browser(), {
      prepare: async (box) => {
        const host = await hostOf(t);
        const flags = ['--tls', '--listen', '127.0.0.1:0', '--allow', await keyOf(box)];
        nas.address = addressOf(await host.box.start('export', 'memory:1M', ...flags));
        nas.fingerprint = host.fingerprint;
        return {
          peers: [
            {
              id: 'nas',
              name: 'nas',
              address: nas.address,
              auto_connect: true,
              insecure_plain: false,
              fingerprint: OTHER,
            },
          ],
        };
      },
    });
    const { page } = app;
    await goTo(page, 'Peers');
    const peer = row(page, /^nas,/);
    const details = await openRow(page, peer, 'Name');
    await expect(details.getByRole('alert')).toContainText('KEY HAS CHANGED');
    await expect(details.getByRole('alert')).toContainText(OTHER);
    await expect(details.getByRole('alert')).toContainText(nas.fingerprint);
    await details.getByRole('button', { name: 'Edit…' }).click();
    const form = dialog(page, 'Edit nas');
    await form.getByRole('button', { name: 'Ask the peer for its key' }).click();
    await expect(form).toContainText('It shows another key');
    await form.getByLabel('This is the key of that machine').check();
    await form.getByRole('button', { name: 'Save' }).click();
    await expect(row(page, /^nas, Connected/)).toBeVisible();
    await expect(drawer(page)).toContainText(nas.fingerprint);
    const known = JSON.parse(readFileSync(app.box.path('state/known-peers.json'), 'utf8'));
    assert.deepEqual(
      known.peers.map((one: { fingerprint: string }) => one.fingerprint),
      [nas.fingerprint],
    );
  });
});

describe('the guarantee toward ghost writes', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  test('the drawer says which holds for the path in use, and for each path', async (t) => {
    const scene = smallSite();
    const host = await ScriptedHost.start({
      ...scene,
      units: [unit(0), unit(1, { guarantee: 'waits' }), unit(2, { guarantee: null, read_only: true })],
    });
    t.after(() => host.close());
    const page = await browser().newPage();
    t.after(() => page.close());
    await page.goto(host.url());
    await goTo(page, 'Attached disks');
    const words = [/Fenced: before newer data is taken/, /Waits 5 s before using another path: the exporter/];
    for (const [number, text] of words.entries()) {
      await expect(await openRow(page, row(page, new RegExp(`^xa${number} `)), 'Name')).toContainText(text);
    }
    const none = await openRow(page, row(page, /^xa2 /), 'Name');
    await expect(none).toContainText('xa2');
    await expect(none).not.toContainText(/Fenced|Waits 5 s/);
  });
});

/** The key of the app's host, as Settings shows it. */
async function ownKey(page: Page): Promise<string> {
  const main = await security(page);
  await main.getByRole('button', { name: 'Copy the key of this host' }).waitFor();
  return /SHA256:\S{43}/.exec(await main.innerText())?.[0] ?? '';
}
