import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { InputError, NotFoundError } from '../../../electron/host/api/call-error.ts';
import type { Handlers } from '../../../electron/host/api/handlers.ts';
import { PageSession } from '../../../electron/host/api/page-session.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { COMMANDS } from '../../../shared/contract.ts';
import { MAX_CALLS, type ToPage } from '../../../shared/wire.ts';

/** A session whose handlers are those named; anything else must not be called. */
function session(handlers: Partial<Handlers>) {
  const sent: ToPage[] = [];
  const dropped: string[] = [];
  let closed = 0;
  const all = new Proxy(handlers, {
    get: (of, name) => Reflect.get(of, name) ?? (() => assert.fail(`${String(name)} was called`)),
  }) as Handlers;
  const page = new PageSession(
    {
      name: 'test',
      backlogBytes: 0,
      send: (message) => sent.push(message),
      drop: (why) => dropped.push(why),
    },
    all,
    makeLog(true, 'warn'),
    { closed: () => closed++ },
  );
  return { page, sent, dropped, closings: () => closed };
}

const hang = () => new Promise<never>(() => {});

async function answered(sent: readonly ToPage[], count = 1): Promise<void> {
  for (let i = 0; i < 1000 && sent.length < count; i++) await turn();
  assert.equal(sent.length, count);
}

test('a call is answered with its id, its input and output checked', async () => {
  const { page, sent } = session({
    'peers.add': async ({ address }) => ({ id: `id of ${address}`, more: 1 }),
  });
  const input = { address: 'a', name: null, auto_connect: true, insecure_plain: false };
  page.receive({ id: 7, command: 'peers.add', input });
  await answered(sent);
  assert.deepEqual(sent, [{ id: 7, ok: true, value: { id: 'id of a' } }]);
});

test('an input that does not fit its schema is refused at its field, the handler not called', async () => {
  const { page, sent } = session({});
  page.receive({ id: 1, command: 'peers.add', input: { address: '', name: null, auto_connect: 1 } });
  await answered(sent);
  const [message] = sent;
  assert.ok(message !== undefined && 'ok' in message && !message.ok);
  assert.deepEqual([message.error.code, message.error.field], ['usage', 'address']);
});

test('what a handler throws becomes an error of the closed set', async () => {
  const errors: [Error, string, string | null][] = [
    [new InputError('name', 'is taken'), 'usage', 'name'],
    [new NotFoundError('the peer'), 'not_found', null],
    [new HostError('verify', 'differs'), 'verify', null],
    [new TypeError('a bug'), 'internal', null],
  ];
  for (const [error, code, field] of errors) {
    const { page, sent } = session({ 'peers.connect': () => Promise.reject(error) });
    page.receive({ id: 1, command: 'peers.connect', input: { id: 'x' } });
    await answered(sent);
    const [message] = sent;
    assert.ok(message !== undefined && 'ok' in message && !message.ok);
    assert.deepEqual([message.error.code, message.error.field], [code, field]);
  }
});

test('an output that is not of the contract never reaches the page', async () => {
  const { page, sent } = session({ 'peers.add': async () => ({ id: 5 }) as never });
  const input = { address: 'a', name: null, auto_connect: true, insecure_plain: false };
  page.receive({ id: 1, command: 'peers.add', input });
  await answered(sent);
  assert.ok(sent[0] !== undefined && 'ok' in sent[0] && !sent[0].ok);
});

test('a cancelled call is answered at once, its handler told, and nothing it says later is sent', async () => {
  let signal: AbortSignal | undefined;
  let finish = (_: object): void => {};
  const { page, sent } = session({
    'peers.connect': (_, context) => {
      signal = context.signal;
      return new Promise((resolve) => {
        finish = resolve as (value: object) => void;
      });
    },
  });
  page.receive({ id: 3, command: 'peers.connect', input: { id: 'x' } });
  page.receive({ cancel: 3 });
  await answered(sent);
  assert.ok(signal?.aborted);
  assert.ok(sent[0] !== undefined && 'ok' in sent[0] && !sent[0].ok && sent[0].error.code === 'cancelled');
  finish({});
  await turn();
  assert.equal(sent.length, 1);
  page.receive({ cancel: 3 });
  page.receive({ cancel: 99 });
  assert.equal(sent.length, 1, 'cancelling what is over does nothing');
});

test('a call without an answer ends with its time-out', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { page, sent } = session({ 'peers.connect': hang });
  page.receive({ id: 1, command: 'peers.connect', input: { id: 'x' } });
  await turn();
  t.mock.timers.tick(COMMANDS['peers.connect'].timeoutMs - 1);
  await turn();
  assert.equal(sent.length, 0);
  t.mock.timers.tick(1);
  await answered(sent);
  assert.ok(sent[0] !== undefined && 'ok' in sent[0] && !sent[0].ok && sent[0].error.code === 'timeout');
});

function tower(height: number): unknown {
  let value: unknown = 0;
  for (let i = 0; i < height; i++) value = [value];
  return value;
}

const rubbish: [string, unknown][] = [
  ['nothing', undefined],
  ['a text', 'hello'],
  ['an unknown command', { id: 1, command: 'host.erase', input: {} }],
  ['a name of Object', { id: 1, command: 'constructor', input: {} }],
  ['no id', { command: 'session.hello', input: {} }],
  ['an id that is none', { id: -1, command: 'session.hello', input: {} }],
  ['too much', { id: 1, command: 'layout.set', input: { key: 'a', value: 'x'.repeat(3 << 20) } }],
  ['a Map', new Map()],
  ['bytes', new Uint8Array(4)],
  ['a bigint', 1n],
  ['a long array', Array(600_000).fill(1)],
  ['a tower of arrays', { id: 1, command: 'layout.set', input: { key: 'a', value: tower(100_000) } }],
  ['more than belongs', { id: 1, command: 'session.hello', input: {}, admin: true }],
];

for (const [what, message] of rubbish) {
  test(`${what} for a message drops the page`, () => {
    const { page, dropped, sent } = session({});
    page.receive(message);
    assert.deepEqual([dropped.length, sent.length], [1, 0]);
  });
}

test('too many calls at a time, or an id used twice, drop the page', () => {
  const many = session({ 'peers.connect': hang });
  for (let id = 1; id <= MAX_CALLS; id++)
    many.page.receive({ id, command: 'peers.connect', input: { id: 'x' } });
  assert.deepEqual(many.dropped, []);
  many.page.receive({ id: 1000, command: 'peers.connect', input: { id: 'x' } });
  assert.match(many.dropped[0] ?? '', /calls at a time/);
  const twice = session({ 'peers.connect': hang });
  for (let i = 0; i < 2; i++) twice.page.receive({ id: 1, command: 'peers.connect', input: { id: 'x' } });
  assert.match(twice.dropped[0] ?? '', /under way already/);
  many.page.close();
  twice.page.close();
});

test('a page that goes has its calls cancelled and hears nothing more', async () => {
  let signal: AbortSignal | undefined;
  const { page, sent, closings } = session({
    'peers.connect': (_, context) => {
      signal = context.signal;
      return hang();
    },
  });
  page.receive({ id: 1, command: 'peers.connect', input: { id: 'x' } });
  page.close();
  page.close();
  assert.ok(signal?.aborted);
  assert.equal(closings(), 1);
  page.emit('journal', { events: [] });
  page.receive({ id: 2, command: 'session.hello', input: {} });
  await turn();
  assert.equal(sent.length, 0);
});
