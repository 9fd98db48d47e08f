import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withoutChromium } from '../ui/support/chromium.ts';
import { type BuiltApp, buildApp } from './support/built-app.ts';
import { Ends, StandInApp, stateFolder } from './support/stand-in-app.ts';

/** All of it together: main and preload scripts, the app's own host, the built page; only Electron stands in. */

const built = fileURLToPath(new URL('../../dist/renderer/main.js', import.meta.url));
const skip = withoutChromium || (!existsSync(built) && 'the page is not built: npm run build');

describe('the desktop app', { skip }, () => {
  const ends = new Ends();
  let app: BuiltApp;
  before(async () => {
    app = await buildApp(ends, 'real');
  });
  after(ends.run);

  test('shows a demo’s disk in page and tray, and ends in order', async (t) => {
    const state = stateFolder(t);
    const window = await StandInApp.start(t, app, { state, host: 'real' });
    await window.until(`document.querySelector('h1, h2, nav') !== null`);
    // As the page itself does it, under a number it does not use.
    await window.ask('evaluate', `spandrel.send({ id: 900001, command: 'demo.start', input: {} })`);
    await window.next('tray', ({ tooltip }) => /1 attached disk: 1 Optimal/.test(tooltip));
    await window.ask('pressMenu', 'CmdOrCtrl+3');
    await window.until(`document.body.innerText.includes('xa0')`);
    assert.equal(await window.ask('evaluate', 'location.hash.startsWith("#/units")'), true);
    await window.ask('pressMenu', 'CmdOrCtrl+N');
    await window.until(`document.querySelector('[role="dialog"]') !== null`);
    await window.ask('quit').catch(() => {});
    assert.equal(await window.ended, 0);
    assert.doesNotMatch(window.log, /not everything could be closed/);
    const problems = window.reports.items.filter(({ event }) => event === 'problem' || event === 'network');
    assert.deepEqual(problems, []);

    const again = await StandInApp.start(t, app, { state, host: 'real' });
    await again.until(`document.querySelector('h1, h2, nav') !== null`);
  });
});
