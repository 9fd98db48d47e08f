import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostError } from '../../electron/host/host-error.ts';
import { PageFiles } from '../../electron/shell/page-files.ts';
import { pageFolder, SCRIPT } from '../web/support/site.ts';

test('files are served by their exact path, each with its type and a policy', (t) => {
  const files = new PageFiles(pageFolder(t));
  const script = files.answer('GET', '/main.js');
  assert.equal(script.status, 200);
  assert.equal(script.body.toString(), SCRIPT);
  assert.equal(script.headers['Content-Type'], 'text/javascript; charset=utf-8');
  assert.equal(script.headers['X-Content-Type-Options'], 'nosniff');
  assert.match(script.headers['Content-Security-Policy'] ?? '', /^default-src 'none'/);
  for (const path of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/fonts/../main.js',
    '/fonts',
    '/fonts/',
    '//main.js',
    '/MAIN.js',
    '/main.js?x',
    '/constructor',
    '/__proto__',
    '',
  ]) {
    assert.equal(files.answer('GET', path).status, 404, path);
  }
  assert.equal(files.answer('POST', '/').status, 405);
});

test('the page has a nonce of its own each time, in policy and page', (t) => {
  const files = new PageFiles(pageFolder(t));
  const nonces = [1, 2].map(() => {
    const { headers, body } = files.answer('GET', '/');
    const [, nonce = ''] = /'nonce-([^']+)'/.exec(headers['Content-Security-Policy'] ?? '') ?? [];
    assert.ok(body.toString().includes(`<meta name="csp-nonce" content="${nonce}" />`));
    return nonce;
  });
  assert.notEqual(nonces[0], nonces[1]);
});

test('where the page is not built it says what to run', () => {
  assert.throws(
    () => new PageFiles('/nowhere'),
    (error) => error instanceof HostError && /npm run build/.test(error.message),
  );
});
