import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageBudget } from '../../electron/host/page/message-budget.ts';
import { BrowserSessions } from '../../electron/web/browser-sessions.ts';
import { WEB_LIMITS } from '../../electron/web/limits.ts';
import { OneTimeTokens } from '../../electron/web/one-time-tokens.ts';

/** Parts of the web host that depend on time, with a clock of the test. */

const HOUR_MS = 3_600_000;

test('a token dies after ten minutes', () => {
  let now = 0;
  const tokens = new OneTimeTokens(WEB_LIMITS, () => now);
  const [early, late] = [tokens.mint(), tokens.mint()];
  now = 10 * 60_000 - 1;
  assert.equal(tokens.redeem(early), true);
  now = 10 * 60_000;
  assert.equal(tokens.redeem(late), false);
  now = 0;
  assert.equal(tokens.redeem(late), false, 'it was used up');
});

test('a session ends twelve hours after its last use', () => {
  let now = 0;
  const sessions = new BrowserSessions(WEB_LIMITS, () => now);
  const secret = sessions.start();
  now += 12 * HOUR_MS - 1;
  assert.ok(sessions.find([secret]));
  now += 12 * HOUR_MS - 1;
  assert.ok(sessions.find(['x', secret]));
  now += 12 * HOUR_MS;
  assert.equal(sessions.find([secret]), undefined);
});

test('a session with a page open is in use, and twelve hours more', () => {
  let now = 0;
  const sessions = new BrowserSessions(WEB_LIMITS, () => now);
  const secret = sessions.start();
  const page = { drop: () => {} };
  const session = sessions.find([secret]);
  session?.opened(page);
  now += 48 * HOUR_MS;
  assert.equal(sessions.find([]), undefined);
  session?.closed(page);
  now += 12 * HOUR_MS - 1;
  assert.equal(sessions.find([secret]), session);
});

test('messages: a burst, then a rate', () => {
  let now = 0;
  const budget = new MessageBudget(4, 2, () => now);
  const taken = (): number => {
    let count = 0;
    while (budget.take()) count++;
    return count;
  };
  assert.equal(taken(), 4);
  assert.equal(taken(), 0);
  now += 500;
  assert.equal(taken(), 1);
  now += 1000;
  assert.equal(taken(), 2);
  now += 3_600_000;
  assert.equal(taken(), 4, 'an idle page saves up no more than a burst');
});
