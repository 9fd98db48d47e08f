import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deviceCommands } from '../../../renderer/drawers/unit/device-command.ts';
import { changesOf, draftOf } from '../../../renderer/drawers/unit/options-draft.ts';
import { failingSince, noPathWords } from '../../../renderer/drawers/unit/words.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';

describe('the options of a unit as they are typed', () => {
  const options = UNIT_OPTION_DEFAULTS;

  it('change nothing while nothing was typed', () => {
    assert.deepEqual(changesOf(draftOf(options), options), { change: {}, errors: {} });
    const held = { ...options, alias: 'db', no_path: { kind: 'seconds', seconds: 48.5 } } as const;
    assert.deepEqual(changesOf(draftOf(held), held), { change: {}, errors: {} });
  });

  it('change only what was typed', () => {
    const draft = { ...draftOf(options), alias: '  db ', timeoutSeconds: '2.5' };
    assert.deepEqual(changesOf(draft, options).change, { alias: 'db', request_timeout_ms: 2500 });
  });

  it('an emptied alias is none', () => {
    const named = { ...options, alias: 'db' };
    assert.deepEqual(changesOf({ ...draftOf(named), alias: ' ' }, named).change, { alias: null });
  });

  it('name the field that is wrong, and change nothing then', () => {
    const draft = {
      ...draftOf(options),
      noPath: 'seconds',
      holdSeconds: 'soon',
      timeoutSeconds: '0',
    } as const;
    const { change, errors } = changesOf(draft, options);
    assert.deepEqual(change, {});
    assert.deepEqual(Object.keys(errors).sort(), ['no_path', 'request_timeout_ms']);
  });

  it('an hour is the longest time-out', () => {
    const at = (timeoutSeconds: string) => changesOf({ ...draftOf(options), timeoutSeconds }, options);
    assert.deepEqual(at('3600').change, { request_timeout_ms: 3_600_000 });
    assert.ok(at('3601').errors.request_timeout_ms);
  });
});

describe('the command that makes a unit a device', () => {
  const unit = { name: 'xa3', block_bytes: 4096 };

  it('names the socket, quoted where a shell would read it otherwise', () => {
    const nbd = 'nbd+unix:///xa3?socket=/run/my%20disks/nbd.sock';
    assert.deepEqual(deviceCommands({ ...unit, nbd }), {
      connect: "sudo nbd-client -unix '/run/my disks/nbd.sock' /dev/nbd3 -name xa3 -block-size 4096",
      disconnect: 'sudo nbd-client -d /dev/nbd3',
    });
  });

  it('names host and port, also of IPv6 and where the port is the usual one', () => {
    const connect = (nbd: string) => deviceCommands({ ...unit, nbd })?.connect;
    assert.match(
      connect('nbd://127.0.0.1:4711/xa3') ?? '',
      /^sudo nbd-client 127\.0\.0\.1 4711 \/dev\/nbd3 /,
    );
    assert.match(connect('nbd://[::1]:4711/xa3') ?? '', /^sudo nbd-client ::1 4711 \/dev\/nbd3 /);
    assert.match(connect('nbd://localhost/xa3') ?? '', /^sudo nbd-client localhost 10809 /);
  });

  it('is none while the unit is hidden', () => {
    assert.equal(deviceCommands({ ...unit, nbd: null }), null);
  });
});

describe('words of a unit', () => {
  it('tell what becomes of requests without a path', () => {
    assert.equal(noPathWords({ kind: 'seconds', seconds: 130 }), 'Hold for 2 m 10 s, then fail');
    assert.equal(noPathWords({ kind: 'hold' }), 'Hold forever');
  });

  it('requests fail only after they were held', () => {
    const options = { ...UNIT_OPTION_DEFAULTS, no_path: { kind: 'seconds', seconds: 12 } } as const;
    assert.equal(failingSince({ pathless_since: 1000, options }), 13_000);
    assert.equal(
      failingSince({ pathless_since: 1000, options: { ...options, no_path: { kind: 'fail' } } }),
      1000,
    );
    assert.equal(failingSince({ pathless_since: null, options }), null);
  });
});
