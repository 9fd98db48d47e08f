import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type TestContext, test } from 'node:test';
import { LatencyHistogram } from '../../../electron/block/histogram.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { MetricsServer } from '../../../electron/host/metrics/metrics-server.ts';
import type { Address } from '../../../electron/stream/address.ts';
import { parseMetrics, type Sample, sampleOf } from './parse.ts';
import { busyStats, ioOf, pathOf, TestSource, unitOf } from './source.ts';

const LOOPBACK: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };
const log = makeLog(false, 'warn');

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function serving(t: TestContext, source: TestSource, address = LOOPBACK): Promise<MetricsServer> {
  const server = await MetricsServer.start(address, source, log);
  t.after(() => server.close());
  return server;
}

function ask({ address }: MetricsServer, options: RequestOptions = {}): Promise<Answer> {
  const to =
    address.kind === 'tcp' ? { host: address.host, port: address.port } : { socketPath: address.path };
  return new Promise((resolve, reject) => {
    const asked = request({ ...to, path: '/metrics', agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.on('error', reject);
    });
    asked.on('error', reject).end();
  });
}

async function scrape(server: MetricsServer): Promise<Sample[]> {
  const { status, headers, text } = await ask(server);
  assert.equal(status, 200);
  assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  return parseMetrics(text);
}

test('a host with nothing still tells what it is', async (t) => {
  const samples = await scrape(await serving(t, new TestSource()));
  assert.equal(sampleOf(samples, 'spandrel_build_info', { version: '1.2.3', commit: 'abcdef0' }), 1);
  for (const quantile of ['0.5', '0.99', '1']) {
    assert.ok(sampleOf(samples, 'spandrel_event_loop_delay_seconds', { quantile }) >= 0);
  }
});

test('the counters of units and paths, in base units', async (t) => {
  const source = new TestSource();
  const active = pathOf({ ...ioOf(busyStats(3)), state: 'open', rttMs: 2.5 });
  const lost = pathOf({ peer: '192.0.2.2:987', state: 'lost' });
  source.unitRows = [
    unitOf({ ...ioOf(busyStats(3)), health: 'single_path', waiting: 7, paths: [active, lost] }),
  ];
  const samples = await scrape(await serving(t, source));
  const unit = { unit: 'xa0' };
  assert.equal(sampleOf(samples, 'spandrel_unit_info', { ...unit, serial: 'S0', label: 'nas/disk' }), 1);
  const path = { ...unit, peer: '192.0.2.1:987', label: 'nas/disk' };
  for (const [kind, labels] of [
    ['unit', unit],
    ['path', path],
  ] as const) {
    const value = (name: string): number => sampleOf(samples, `spandrel_${kind}_${name}`, labels);
    assert.equal(value('reads_total'), 3);
    assert.equal(value('read_bytes_total'), 3 * 4096);
    assert.equal(value('writes_total'), 1);
    assert.equal(value('written_bytes_total'), 512);
    assert.equal(value('flushes_total'), 1);
    assert.equal(value('errors_total'), 1);
    assert.equal(value('retries_total'), 0);
    assert.equal(value('in_flight'), 0);
    assert.equal(value('read_seconds_count'), 3);
    assert.equal(value('write_seconds_count'), 1);
  }
  assert.equal(sampleOf(samples, 'spandrel_unit_waiting', unit), 7);
  assert.equal(sampleOf(samples, 'spandrel_unit_health', { ...unit, health: 'single_path' }), 1);
  assert.equal(sampleOf(samples, 'spandrel_unit_health', { ...unit, health: 'optimal' }), 0);
  assert.equal(sampleOf(samples, 'spandrel_path_state', { ...path, state: 'open' }), 1);
  assert.equal(sampleOf(samples, 'spandrel_path_state', { ...path, state: 'lost' }), 0);
  assert.equal(sampleOf(samples, 'spandrel_path_state', { peer: '192.0.2.2:987', state: 'lost' }), 1);
  assert.equal(sampleOf(samples, 'spandrel_path_rtt_seconds', unit), 0.0025);
});

test('latencies stand in the bucket they belong to', async (t) => {
  const source = new TestSource();
  const readLatency = new LatencyHistogram();
  for (const us of [10, 40, 1000, 1025, 3e6, 60e6]) readLatency.record(us);
  source.unitRows = [unitOf({ readLatency })];
  const samples = await scrape(await serving(t, source));
  const below = (le: string): number => sampleOf(samples, 'spandrel_unit_read_seconds_bucket', { le });
  assert.equal(below('0.000032'), 1);
  assert.equal(below('0.000064'), 2);
  assert.equal(below('0.001024'), 3);
  assert.equal(below('0.002048'), 4);
  assert.equal(below('2.097152'), 4);
  assert.equal(below('4.194304'), 5);
  assert.equal(below('16.777216'), 5);
  assert.equal(below('+Inf'), 6);
  assert.equal(sampleOf(samples, 'spandrel_unit_read_seconds_count'), 6);
  assert.ok(Math.abs(sampleOf(samples, 'spandrel_unit_read_seconds_sum') - 63.002075) < 1e-9);
});

test('exports and peers', async (t) => {
  const source = new TestSource();
  source.exportRows = [
    { ...ioOf(busyStats(2)), serial: 'E1', label: 'here/disk', state: 'draining', clients: 2 },
  ];
  source.peerRows = [
    { address: '192.0.2.1:987', name: 'nas', up: true, spans: 3, reconnects: 4, rttMs: 1.5 },
    { address: '192.0.2.2:987', name: 'attic', up: false, spans: 0, reconnects: 0, rttMs: null },
  ];
  const samples = await scrape(await serving(t, source));
  assert.equal(sampleOf(samples, 'spandrel_export_reads_total', { serial: 'E1', label: 'here/disk' }), 2);
  assert.equal(sampleOf(samples, 'spandrel_export_clients'), 2);
  assert.equal(sampleOf(samples, 'spandrel_export_state', { state: 'draining' }), 1);
  assert.equal(sampleOf(samples, 'spandrel_peer_up', { peer: '192.0.2.1:987', name: 'nas' }), 1);
  assert.equal(sampleOf(samples, 'spandrel_peer_up', { name: 'attic' }), 0);
  assert.equal(sampleOf(samples, 'spandrel_peer_spans', { name: 'nas' }), 3);
  assert.equal(sampleOf(samples, 'spandrel_peer_reconnects_total', { name: 'nas' }), 4);
  assert.equal(sampleOf(samples, 'spandrel_peer_rtt_seconds'), 0.0015);
});

test('what is gone is no longer told, what came is', async (t) => {
  const source = new TestSource();
  source.unitRows = [unitOf()];
  const server = await serving(t, source);
  assert.equal(sampleOf(await scrape(server), 'spandrel_unit_reads_total', { unit: 'xa0' }), 0);
  source.unitRows = [unitOf({ name: 'xa1' })];
  const samples = await scrape(server);
  assert.equal(sampleOf(samples, 'spandrel_unit_reads_total'), 0);
  assert.ok(samples.every(({ labels }) => labels.unit !== 'xa0'));
});

test('labels of foreign text are escaped, and paths of equal labels told apart', async (t) => {
  const source = new TestSource();
  const nasty = 'a"b\\c\nd} 1\n# HELP x y';
  source.unitRows = [unitOf({ label: nasty, paths: [pathOf(), pathOf(), pathOf({ label: nasty })] })];
  const samples = await scrape(await serving(t, source));
  assert.equal(sampleOf(samples, 'spandrel_unit_info', { label: nasty }), 1);
  const labels = samples
    .filter(({ name }) => name === 'spandrel_path_reads_total')
    .map((s) => s.labels.label);
  assert.deepEqual(labels, ['nas/disk', 'nas/disk #2', nasty]);
});

test('a UNIX socket serves the metrics to its owner', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-metrics-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'metrics.sock');
  const server = await serving(t, new TestSource(), { kind: 'unix', path });
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
  assert.equal(sampleOf(await scrape(server), 'spandrel_build_info'), 1);
});

test('an address others can reach is refused', async () => {
  for (const host of ['0.0.0.0', '192.0.2.1', 'example.org', '::']) {
    await assert.rejects(MetricsServer.start({ kind: 'tcp', host, port: 0 }, new TestSource(), log), {
      kind: 'usage',
      message: /refusing to serve metrics on .*anyone on the network/,
    });
  }
});

test('an address in use is refused', async (t) => {
  const { address } = await serving(t, new TestSource());
  await assert.rejects(MetricsServer.start(address, new TestSource(), log), { code: 'in-use' });
});

test('anything but GET /metrics from this machine is refused', async (t) => {
  const server = await serving(t, new TestSource());
  const { address } = server;
  assert.ok(address.kind === 'tcp');
  const host = (name: string): RequestOptions => ({ headers: { host: name } });
  assert.equal((await ask(server, host(`localhost:${address.port}`))).status, 200);
  assert.equal((await ask(server, host('127.0.0.1'))).status, 200);
  for (const name of [
    'evil.example',
    `127.0.0.1.evil.example:${address.port}`,
    'unix:80',
    'tcp:80',
    'localhost.',
  ]) {
    assert.equal((await ask(server, host(name))).status, 403, name);
  }
  for (const path of ['/', '/metrics/', '/metrics?x', '/../metrics', '/session']) {
    assert.equal((await ask(server, { path })).status, 404, path);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
    const { status, headers } = await ask(server, { method });
    assert.deepEqual([status, headers.allow], [405, 'GET'], method);
  }
  assert.equal((await ask(server)).headers['access-control-allow-origin'], undefined);
});

test('a scraper that goes away early disturbs nobody', async (t) => {
  const source = new TestSource();
  source.unitRows = Array.from({ length: 300 }, (_, i) => unitOf({ name: `xa${i}`, ...ioOf(busyStats(1)) }));
  const server = await serving(t, source);
  const { address } = server;
  assert.ok(address.kind === 'tcp');
  await new Promise<void>((resolve, reject) => {
    const asked = request({ host: address.host, port: address.port, path: '/metrics' }, (response) => {
      response.once('data', () => asked.destroy());
      response.once('close', resolve);
      response.on('error', () => {});
    });
    asked.on('error', reject).end();
  });
  assert.equal((await scrape(server)).length > 300 * 40, true);
});

test('a scrape of 1,000 units with 4,000 paths lets others have their turn', async (t) => {
  const source = new TestSource();
  source.unitRows = Array.from({ length: 1000 }, (_, i) => {
    const io = ioOf(busyStats(3));
    const paths = [
      pathOf({ ...io, state: 'open' }),
      ...[1, 2, 3].map((n) => pathOf({ peer: `192.0.2.1:${n}` })),
    ];
    return unitOf({ ...io, name: `xa${i}`, paths });
  });
  const server = await serving(t, source);
  await ask(server); // the code is compiled
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startMs = performance.now();
  const { text } = await ask(server);
  const tookMs = performance.now() - startMs;
  delay.disable();
  const longestMs = delay.max / 1e6;
  t.diagnostic(`${text.length} bytes in ${tookMs.toFixed(0)} ms, longest turn ${longestMs.toFixed(0)} ms`);
  parseMetrics(text);
  assert.ok(longestMs < tookMs / 10, `${longestMs} ms of ${tookMs} ms in one turn`);
});
