import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageFault } from '../../electron/host/api/message-fault.ts';
import { documentationUrl } from '../../electron/shell/external-links.ts';
import { isAppUrl } from '../../electron/shell/origin.ts';
import { MAX_RELOADS, PageRecovery } from '../../electron/shell/page-recovery.ts';

/** What stands between a page and the rest: URLs and messages are judged as the parser sees them. */

test('our pages are known by scheme and host, not by how a URL begins', () => {
  for (const url of ['app://spandrel/', 'app://spandrel', 'app://spandrel/main.js?x#y', 'APP://spandrel/']) {
    assert.equal(isAppUrl(url), true, url);
  }
  for (const url of [
    'app://spandrel.evil/',
    'app://spandrel:80/',
    'app://spandrel@evil/',
    'app://me@spandrel/',
    'app:spandrel/',
    'https://spandrel/',
    'https://app//spandrel/',
    'data:text/html,app://spandrel/',
    'app',
    '',
  ]) {
    assert.equal(isAppUrl(url), false, url);
  }
});

test('a browser is opened for https links to our documentation alone', () => {
  assert.equal(documentationUrl('https://www.dragonflybsd.org/docs/'), 'https://www.dragonflybsd.org/docs/');
  assert.equal(documentationUrl('HTTPS://WWW.DRAGONFLYBSD.ORG'), 'https://www.dragonflybsd.org/');
  for (const url of [
    'http://www.dragonflybsd.org/',
    'https://www.dragonflybsd.org.evil.test/',
    'https://evil.test/?https://www.dragonflybsd.org/',
    'https://www.dragonflybsd.org@evil.test/',
    'https://user:pass@www.dragonflybsd.org/',
    'https://www.dragonflybsd.org:8443/',
    'https://dragonflybsd.org.evil/',
    'file:///etc/passwd',
    'smb://www.dragonflybsd.org/share',
    'javascript:location="https://www.dragonflybsd.org/"',
    'www.dragonflybsd.org',
  ]) {
    assert.equal(documentationUrl(url), null, url);
  }
});

test('messages of plain data are measured as their JSON would be', () => {
  for (const message of [
    { id: 1, command: 'session.hello', input: {} },
    { text: 'é€😀'.repeat(1000), list: [1, 2.5, null, true, undefined, 'x'] },
    Array.from({ length: 1000 }, (_, id) => ({ id, name: `xa${id}` })),
  ]) {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    assert.equal(messageFault(message, bytes * 2), null);
    assert.match(messageFault(message, bytes / 2) ?? '', /larger/);
  }
});

test('messages that are endless, vast or no plain data are refused without walking them', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.again = cyclic;
  assert.match(messageFault(cyclic, 1e9) ?? '', /nested deeper/);
  const shared: unknown[] = [];
  let layered: unknown = shared;
  for (let layer = 0; layer < 60; layer++) layered = [layered, layered];
  assert.match(messageFault(layered, 1e6) ?? '', /larger/);
  assert.match(messageFault(new Array(4e9), 1e6) ?? '', /larger/);
  for (const odd of [
    new Map(),
    new Date(),
    new Uint8Array(1),
    1n,
    Symbol('x'),
    () => {},
    new (class A {})(),
    /x/,
  ]) {
    assert.match(messageFault({ odd }, 1e6) ?? '', /not plain data/);
  }
});

test('a page that fails again and again is loaded anew a few times a minute, and not for ever', () => {
  let now = 0;
  const recovery = new PageRecovery(() => now);
  for (let time = 0; time < MAX_RELOADS; time++) assert.equal(recovery.failed(), true);
  assert.equal(recovery.failed(), false);
  now = 60_001;
  assert.equal(recovery.failed(), true);
});
