import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, FLAP_MS, type Notice, Notifier, SETTLE_MS } from '../../electron/shell/notifier.ts';
import type { Settings } from '../../shared/model/settings.ts';

/** A clock that a test moves. */
class HandClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }
  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }
  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
  get waiting(): number {
    return this.#alarms.size;
  }
}

type Health = 'optimal' | 'degraded' | 'failed';
const SEVERITY = { optimal: 'info', degraded: 'warning', failed: 'error' } as const;

function setUp(setting: Settings['notifications'] = 'all') {
  const told: Notice[] = [];
  const clock = new HandClock();
  const wanted = { setting };
  const notifier = new Notifier(
    (notice) => told.push(notice),
    () => wanted.setting,
    clock,
  );
  /** A unit changes its health. */
  const change = (from: Health, to: Health, name = 'disk7', notify = true) =>
    notifier.hear([
      {
        kind: 'unit',
        object: name,
        object_id: name,
        severity: SEVERITY[to],
        text: `it is ${to}`,
        from,
        to,
        notify,
        count: 1,
      },
    ]);
  return { told, clock, notifier, change, wanted, bodies: () => told.map(({ body }) => body) };
}

test('a change is told when it has lasted, with what to show for it', () => {
  const { told, clock, change } = setUp();
  change('optimal', 'degraded');
  clock.pass(SETTLE_MS - 1);
  assert.deepEqual(told, []);
  clock.pass(1);
  const show = { page: 'units', object_id: 'disk7', dialog: null };
  assert.deepEqual(told, [{ title: 'disk7', body: 'it is degraded', show }]);
});

test('events that are not worth it are not told', () => {
  const { told, clock, change } = setUp();
  change('optimal', 'degraded', 'disk7', false);
  clock.pass(FLAP_MS);
  assert.deepEqual(told, []);
  assert.equal(clock.waiting, 0);
});

test('a blip is not told, and only the last of quick changes is', () => {
  const { clock, change, bodies } = setUp();
  change('optimal', 'degraded');
  clock.pass(1000);
  change('degraded', 'optimal');
  clock.pass(FLAP_MS);
  assert.deepEqual(bodies(), []);
  change('optimal', 'degraded');
  clock.pass(1000);
  change('degraded', 'failed');
  clock.pass(FLAP_MS);
  assert.deepEqual(bodies(), ['it is failed']);
});

test('ten changes back and forth are one notification, though all is as it was', () => {
  const { clock, change, bodies } = setUp();
  for (let time = 0; time < 10; time++) {
    change('optimal', 'degraded');
    clock.pass(1000);
    change('degraded', 'optimal');
    clock.pass(1000);
  }
  clock.pass(FLAP_MS);
  assert.deepEqual(bodies(), ['it is optimal (flapping: 20 changes in 24 s)']);
});

test('what never comes to rest is told after a minute, and once a minute from then on', () => {
  const { clock, change, bodies } = setUp();
  for (let time = 0; time < 100; time++) {
    change('optimal', 'degraded');
    clock.pass(1000);
    change('degraded', 'optimal');
    clock.pass(1000);
  }
  assert.equal(bodies().length, 3);
  assert.match(bodies()[0] ?? '', /flapping: \d+ changes in 60 s/);
});

test('slow changes are told once a minute at most, but worse news at once', () => {
  const { clock, change, bodies } = setUp();
  change('optimal', 'degraded');
  clock.pass(SETTLE_MS);
  assert.equal(bodies().length, 1);
  change('degraded', 'optimal');
  clock.pass(SETTLE_MS);
  assert.equal(bodies().length, 1, 'the recovery waits');
  change('optimal', 'failed');
  clock.pass(SETTLE_MS);
  assert.deepEqual(bodies(), ['it is degraded', 'it is failed']);
  change('failed', 'optimal');
  clock.pass(FLAP_MS - 1);
  assert.equal(bodies().length, 2);
  clock.pass(1);
  assert.deepEqual(bodies().at(-1), 'it is optimal');
});

test('objects do not wait for each other', () => {
  const { told, clock, change } = setUp();
  for (const name of ['disk1', 'disk2', 'disk3']) change('optimal', 'degraded', name);
  clock.pass(SETTLE_MS);
  assert.deepEqual(told.map(({ title }) => title).sort(), ['disk1', 'disk2', 'disk3']);
});

test('"problems" leaves out recoveries, "off" everything', () => {
  for (const [setting, expected] of [
    ['all', ['it is degraded', 'it is optimal']],
    ['problems', ['it is degraded']],
    ['off', []],
  ] as const) {
    const { clock, change, bodies } = setUp(setting);
    change('optimal', 'degraded');
    clock.pass(FLAP_MS);
    change('degraded', 'optimal');
    clock.pass(2 * FLAP_MS);
    assert.deepEqual(bodies(), expected, setting);
  }
});

test('the setting counts when there is something to tell', () => {
  const { clock, change, wanted, bodies } = setUp('all');
  change('optimal', 'degraded');
  wanted.setting = 'off';
  clock.pass(SETTLE_MS);
  assert.deepEqual(bodies(), []);
});

test('a problem that comes again after its recovery was not told is told', () => {
  const { clock, change, bodies } = setUp('problems');
  for (let time = 0; time < 2; time++) {
    change('optimal', 'degraded');
    clock.pass(FLAP_MS);
    change('degraded', 'optimal');
    clock.pass(FLAP_MS);
  }
  assert.deepEqual(bodies(), ['it is degraded', 'it is degraded']);
});

test('no more than so many objects are remembered, and none after the end', () => {
  const { clock, change, notifier, told } = setUp();
  for (let unit = 0; unit < 3000; unit++) {
    change('optimal', 'degraded', `disk${unit}`);
    clock.pass(SETTLE_MS);
  }
  assert.equal(told.length, 3000);
  change('degraded', 'optimal', 'disk2999');
  assert.equal(clock.waiting, 1);
  notifier.close();
  assert.equal(clock.waiting, 0);
});
