import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type BuiltApp, buildApp } from './support/built-app.ts';
import { Ends, StandInApp } from './support/stand-in-app.ts';

/** The real main and preload scripts on the stand-in for Electron: what a page gets, and what it cannot reach. */

describe('the app in its window', () => {
  let built: BuiltApp;
  let app: StandInApp;
  const ends = new Ends();
  after(ends.run);
  before(async () => {
    built = await buildApp(ends);
    app = await StandInApp.start(ends, built);
  });

  test('the page gets the host’s hello over IPC', async () => {
    const hello = (await app.ask('evaluate', 'heard.find((message) => message.id === 1)')) as {
      ok: boolean;
      value: { version: string };
    };
    assert.equal(hello.ok, true);
    assert.match(hello.value.version, /^\d+\.\d+\.\d+/);
  });
});
