import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { readTlsFiles } from '../../electron/web/tls-files.ts';
import { without } from '../e2e/support/needs.ts';
import { Page } from './support/page.ts';
import { type Site, siteOf } from './support/site.ts';

function certificateFor(t: TestContext): { cert: string; key: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const about = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', key, '-out', cert, ...about],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  return { cert, key, folder };
}

function postSession(site: Site, ca: Buffer): Promise<{ status: number; cookie: string }> {
  const headers = { host: site.host, origin: site.origin, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port: site.port, path: '/session', method: 'POST', agent: false };
    request({ ...to, ca, headers }, (response) => {
      const [cookie = ''] = response.headers['set-cookie'] ?? [];
      response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, cookie }));
    })
      .on('error', reject)
      .end(JSON.stringify({ token: site.token() }));
  });
}

suite('TLS', { skip: without('openssl') }, () => {
  test('serves page and WebSocket by https, with a Secure cookie', async (t) => {
    const files = certificateFor(t);
    const tls = readTlsFiles(files.cert, files.key);
    const site = await siteOf(t, { tls });
    assert.match(site.web.mintUrls()[0], /^https:\/\/127\.0\.0\.1:/);
    const { status, cookie } = await postSession(site, tls.cert);
    assert.equal(status, 204);
    assert.match(cookie, /; HttpOnly; SameSite=Strict; Secure$/);
    const page = await Page.openWith(site, cookie.split(';')[0] as string, { ca: tls.cert });
    await page.works();
  });

  test('is a reason to serve to others', async (t) => {
    const files = certificateFor(t);
    const tls = readTlsFiles(files.cert, files.key);
    await siteOf(t, { tls, listen: { kind: 'tcp', host: '0.0.0.0', port: 0 } });
  });

  test('is 1.2 or later, and nothing plain', async (t) => {
    const files = certificateFor(t);
    const site = await siteOf(t, { tls: readTlsFiles(files.cert, files.key) });
    const old = new Promise((_, reject) => {
      connect({
        port: site.port,
        host: '127.0.0.1',
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
        rejectUnauthorized: false,
      }).once('error', reject);
    });
    await assert.rejects(old, {
      code: /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|ECONNRESET/,
    });
    const plain = new Promise((resolve, reject) => {
      plainRequest({ host: '127.0.0.1', port: site.port, headers: { host: site.host } }, resolve)
        .on('error', reject)
        .end();
    });
    await assert.rejects(plain);
  });

  test('with files that cannot be used is refused, naming them', async (t) => {
    const { cert, key, folder } = certificateFor(t);
    const missing = join(folder, 'none.pem');
    assert.throws(() => readTlsFiles(missing, key), { kind: 'local', message: /certificate.*none\.pem/ });
    assert.throws(() => readTlsFiles(cert, missing), { kind: 'local', message: /key.*none\.pem/ });
    const text = join(folder, 'text');
    writeFileSync(text, 'no PEM');
    assert.throws(() => readTlsFiles(text, key), { kind: 'local', message: /cert.*text.*must be PEM/ });
    const other = certificateFor(t);
    assert.throws(() => readTlsFiles(cert, other.key), { kind: 'local', message: /belong together/ });
  });
});
