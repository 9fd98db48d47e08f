import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallFailure } from '../../../renderer/connection/call-failure.ts';
import { Connection } from '../../../renderer/connection/connection.ts';
import type { Transport, TransportListener } from '../../../renderer/connection/transport.ts';
import type { TablesBatch } from '../../../shared/model/tables.ts';
import type { ToHost } from '../../../shared/wire.ts';
import { unit } from '../support/scenes.ts';

/** A transport in the test's hands. */
class Wire implements Transport {
  readonly sent: ToHost[] = [];
  readonly listener: TransportListener;
  closed = false;
  constructor(listener: TransportListener) {
    this.listener = listener;
  }
  send(message: ToHost): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

function connect(): { connection: Connection; wires: Wire[]; wire: Wire } {
  const wires: Wire[] = [];
  const connection = new Connection((listener) => {
    const wire = new Wire(listener);
    wires.push(wire);
    return wire;
  });
  connection.start();
  const [wire] = wires as [Wire];
  wire.listener.opened();
  return { connection, wires, wire };
}

const codeOf = (code: string) => (error: unknown) =>
  error instanceof CallFailure && error.error.code === code;

test('a call is answered with what the contract says, and nothing else', async () => {
  const { connection, wire } = connect();
  const good = connection.call('units.forget_number', { serial: 's' });
  const bad = connection.call('demo.start', {});
  wire.listener.message({ id: 1, ok: true, value: {} });
  wire.listener.message({ id: 2, ok: true, value: { unit: 'not a unit' } });
  assert.deepEqual(await good, {});
  await assert.rejects(bad, codeOf('internal'));
});

test('an error of the host arrives as it was told', async () => {
  const { connection, wire } = connect();
  const call = connection.call('demo.stop', {});
  const error = { code: 'busy', message: 'xa0 is in use', field: null, holders: ['fsck'] };
  wire.listener.message({ id: 1, ok: false, error });
  await assert.rejects(call, (thrown) => {
    assert.ok(thrown instanceof CallFailure);
    assert.deepEqual(thrown.error, error);
    return true;
  });
});

test('an aborted call fails at once and the host is told', async () => {
  const { connection, wire } = connect();
  const abort = new AbortController();
  const call = connection.call('demo.start', {}, { signal: abort.signal });
  abort.abort();
  await assert.rejects(call, codeOf('cancelled'));
  assert.deepEqual(wire.sent.at(-1), { cancel: 1 });
  wire.listener.message({ id: 1, ok: true, value: { unit: 'xa0' } }); // too late: nobody is surprised
});

test('progress reaches the caller, checked', async () => {
  const { connection, wire } = connect();
  const news: unknown[] = [];
  const input = { address: 'a', name: null, auto_connect: true, insecure_plain: false };
  const call = connection.call('peers.test', input, { onProgress: (stage) => news.push(stage) });
  const stage = { stage: 'resolve', state: 'ok', detail: '10.0.0.1', ms: 3, error: null };
  wire.listener.message({ id: 1, progress: stage });
  wire.listener.message({ id: 1, ok: true, value: { stages: [], ok: true, spans: [], rtt_ms: null } });
  await call;
  assert.deepEqual(news, [stage]);
});

test('a call the host does not answer ends after its time', async () => {
  const { connection, wire } = connect();
  await assert.rejects(connection.call('demo.start', {}, { timeoutMs: 5 }), codeOf('timeout'));
  assert.deepEqual(wire.sent.at(-1), { cancel: 1 });
});

test('a lost connection fails all calls, is told, and is made again', async () => {
  const { connection, wires, wire } = connect();
  const call = connection.call('demo.start', {});
  wire.listener.closed('lost');
  await assert.rejects(call, codeOf('disconnected'));
  assert.equal(connection.state.kind, 'lost');
  await assert.rejects(connection.call('demo.stop', {}), codeOf('disconnected'));
  connection.retryNow();
  assert.equal(wires.length, 2);
  wires[1]?.listener.opened();
  assert.equal(connection.state.kind, 'connected');
  connection.start(); // ends the timer of the back-off
});

test('without a session nothing is tried again by itself', () => {
  const { connection, wire } = connect();
  wire.listener.closed('denied');
  assert.equal(connection.state.kind, 'denied');
});

test('tables come in the order they were sent, however large, and a wrong batch spoils none', async () => {
  const { connection, wire } = connect();
  const got: TablesBatch[] = [];
  const all = new Promise<void>((resolve) => {
    connection.on('tables', (batch) => {
      got.push(batch);
      if (got.length === 2) resolve();
    });
  });
  const rows = Array.from({ length: 500 }, (_, index) => unit(index));
  wire.listener.message({ event: 'tables', payload: { snapshot: true, at: 1, units: { rows, gone: [] } } });
  const wrong = { snapshot: false, at: 2, units: { rows: [{ ...unit(1), health: 'fine' }], gone: [] } };
  console.error = () => undefined; // it says so, which is right
  wire.listener.message({ event: 'tables', payload: wrong });
  wire.listener.message({
    event: 'tables',
    payload: { snapshot: false, at: 3, units: { rows: [], gone: ['xa1'] } },
  });
  await all;
  assert.deepEqual(
    got.map(({ at }) => at),
    [1, 3],
  );
  assert.equal(got[0]?.units?.rows.length, 500);
});

test('figures of a wrong shape are not handed on', () => {
  const { connection, wire } = connect();
  let batches = 0;
  connection.on('figures', () => batches++);
  console.error = () => undefined;
  const batch = { at: 1, interval_ms: 1000, rows: {}, latency: {} };
  for (const rows of [{ total: [1, 2] }, { total: 'x' }, null])
    wire.listener.message({ event: 'figures', payload: { ...batch, rows } });
  assert.equal(batches, 0);
  wire.listener.message({ event: 'figures', payload: batch });
  assert.equal(batches, 1);
});
