import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrowdedError, Door, type DoorLimits, type Guest, hostOf } from '../../electron/stream/door.ts';

const WIDE: DoorLimits = {
  links_per_address: 1000,
  links_per_listener: 1000,
  links: 1000,
  unintroduced_links: 1000,
};

/** A door, and whom it hung up on. */
function door(limits: Partial<DoorLimits>) {
  const made = new Door({ ...WIDE, ...limits });
  const gone: string[] = [];
  const guests: Guest[] = [];
  const enter = (name: string): Guest => {
    const guest = made.enter(name, (error) => gone.push(`${name}: ${error.message}`));
    guests.push(guest);
    return guest;
  };
  const leave = (): void => {
    for (const guest of guests) guest.leave();
  };
  return { enter, gone, leave };
}

test('the host that has most strangers loses one, its oldest, and a single one keeps its place', () => {
  const { enter, gone, leave } = door({ unintroduced_links: 4 });
  enter('10.0.0.9:1');
  for (const port of [1, 2, 3, 4, 5]) enter(`10.0.0.1:${port}`);
  assert.deepEqual(
    gone.map((line) => line.split(': ')[0]),
    ['10.0.0.1:1', '10.0.0.1:2'],
  );
  assert.match(
    gone[0] as string,
    /4 connections here have not said who they are \(limit unintroduced_links=4\)/,
  );
  leave();
});

test('who is introduced keeps the place; then there is none for others', () => {
  const { enter, gone, leave } = door({ links_per_address: 2 });
  enter('10.0.0.1:1').introduced();
  const stranger = enter('10.0.0.1:2');
  // A stranger of the same address makes room.
  const third = enter('10.0.0.1:3');
  assert.equal(gone.length, 1);
  third.introduced();
  assert.throws(
    () => enter('10.0.0.1:4'),
    (error) => {
      assert.ok(error instanceof CrowdedError);
      assert.match(error.message, /^2 links from 10\.0\.0\.1 \(limit links_per_address=2\)$/);
      return true;
    },
  );
  enter('10.0.0.2:1');
  // What has left, leaves once.
  stranger.leave();
  stranger.leave();
  assert.throws(() => enter('10.0.0.1:5'), CrowdedError);
  third.leave();
  enter('10.0.0.1:6');
  leave();
});

test('links of one address and links in all are counted at all doors of the process', () => {
  const [a, b] = [door({ links_per_address: 2 }), door({ links_per_address: 2 })];
  a.enter('10.0.0.1:1').introduced();
  b.enter('[::ffff:10.0.0.1]:2').introduced();
  assert.throws(() => b.enter('10.0.0.1:3'), /links_per_address/);
  a.leave();
  b.enter('10.0.0.1:4');
  b.leave();
  const [c, d] = [door({ links: 3 }), door({ links: 3 })];
  for (const [at, name] of ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.3:1'].entries()) {
    (at === 0 ? c : d).enter(name).introduced();
  }
  assert.throws(() => c.enter('10.0.0.4:1'), /^CrowdedError: 3 links in all \(limit links=3\)$/);
  c.leave();
  c.enter('10.0.0.4:1');
  c.leave();
  d.leave();
});

test('what counts as one address', () => {
  for (const [name, host] of [
    ['10.0.0.1:987', '10.0.0.1'],
    ['[fe80::1]:5', '[fe80::1]'],
    ['[::ffff:10.0.0.1]:5', '10.0.0.1'],
    ['unix:/run/a.sock#41', 'unix:/run/a.sock'],
  ] as const) {
    assert.equal(hostOf(name), host);
  }
});
