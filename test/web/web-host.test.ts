import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { WEB_LIMITS } from '../../electron/web/limits.ts';
import { until } from '../block/support/until.ts';
import { withoutIpv6 } from '../e2e/support/needs.ts';
import { ask, post, signIn } from './support/http.ts';
import { Page, upgrade } from './support/page.ts';
import { pageFolder, SCRIPT, type Site, siteOf } from './support/site.ts';

const get = (site: Site, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  ask(site, path, { method, headers: { host: site.host, ...headers } });

suite('the page', () => {
  test('comes with a policy that allows its own files and its nonce, and nothing else', async (t) => {
    const site = await siteOf(t);
    const nonces = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { status, headers, body } = await get(site, '/');
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(headers['cache-control'], 'no-store');
      const nonce =
        /<meta name="csp-nonce" content="([A-Za-z0-9+/]{22}==)" \/>/.exec(body.toString())?.[1] ?? '';
      nonces.add(nonce);
      assert.deepEqual((headers['content-security-policy'] as string).split('; ').sort(), [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
      ]);
    }
    assert.equal(nonces.size, 3, 'each response has its own nonce');
  });

  test('and every other answer keep other sites away', async (t) => {
    const site = await siteOf(t);
    const answers = [
      await get(site, '/'),
      await get(site, '/main.js'),
      await get(site, '/none'),
      await get(site, '/session'),
      await get(site, '/main.js', {}, 'HEAD'),
      await get(site, '/main.js', {}, 'DELETE'),
      await get(site, '/', { host: 'evil.example' }),
      await post(site, '/session', JSON.stringify({ token: site.token() })),
    ];
    for (const { headers } of answers) {
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.match(String(headers['permissions-policy']), /camera=\(\)/);
      assert.match(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers['access-control-allow-origin'], undefined);
    }
  });

  test('has files of the right types, which a browser asks for once', async (t) => {
    const site = await siteOf(t);
    for (const [path, type] of [
      ['/main.js', 'text/javascript; charset=utf-8'],
      ['/main.css', 'text/css; charset=utf-8'],
      ['/icon.svg', 'image/svg+xml'],
      ['/fonts/text.woff2', 'font/woff2'],
    ] as const) {
      const { status, headers } = await get(site, path);
      assert.deepEqual([status, headers['content-type'], headers['cache-control']], [200, type, 'no-cache']);
      const again = await get(site, path, { 'if-none-match': `"other", ${headers.etag}` });
      assert.deepEqual([again.status, again.body.length], [304, 0]);
      assert.equal((await get(site, path, { 'if-none-match': '"other"' })).status, 200);
    }
    const hashed = await get(site, '/chunk-ABCD2345.js');
    assert.equal(hashed.headers['cache-control'], 'public, max-age=31536000, immutable');
  });

  test('answers HEAD with what GET would say', async (t) => {
    const site = await siteOf(t);
    for (const path of ['/', '/main.js', '/none']) {
      const [whole, head] = [await get(site, path), await get(site, path, {}, 'HEAD')];
      assert.equal(head.body.length, 0);
      assert.equal(head.status, whole.status);
      assert.equal(head.headers['content-length'], whole.headers['content-length']);
      assert.equal(head.headers['content-type'], whole.headers['content-type']);
    }
  });

  test('is sent compressed to who can take it', async (t) => {
    const site = await siteOf(t);
    const asFar = async (accepted: string) => {
      const { headers, body } = await get(site, '/main.js', { 'accept-encoding': accepted });
      return { coding: headers['content-encoding'], etag: headers.etag, body };
    };
    let br = await asFar('br');
    const deadline = Date.now() + 10_000;
    while (br.coding === undefined && Date.now() < deadline) br = await asFar('br');
    assert.equal(brotliDecompressSync(br.body).toString(), SCRIPT);
    const zip = await asFar('gzip');
    assert.equal(gunzipSync(zip.body).toString(), SCRIPT);
    assert.notEqual(zip.etag, br.etag);
    assert.equal((await asFar('gzip, deflate, br;q=0.9')).coding, 'br');
    assert.equal((await asFar('br;q=0, gzip')).coding, 'gzip');
    assert.equal((await asFar('identity')).body.toString(), SCRIPT);
  });

  test('that is not built is told with the fix', async (t) => {
    const missing = join(pageFolder(t), 'none');
    await assert.rejects(siteOf(t, { pageDirectory: missing }), { kind: 'local', message: /npm run build/ });
  });
});

suite('a browser', () => {
  test('signs in, opens its page, signs out', async (t) => {
    const site = await siteOf(t);
    assert.equal((await get(site, '/session')).status, 401);
    const { headers } = await post(site, '/session', JSON.stringify({ token: site.token() }));
    const [set = ''] = headers['set-cookie'] ?? [];
    const name = `spandrel-${site.port}`;
    assert.match(set, new RegExp(`^${name}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    const cookie = set.split(';')[0] as string;
    assert.equal((await get(site, '/session', { cookie })).status, 204);
    const page = await Page.openWith(site, cookie);
    await page.works();
    const other = await Page.open(site);
    const out = await post(site, '/logout', '', { cookie });
    assert.equal(out.status, 204);
    assert.match(out.headers['set-cookie']?.[0] ?? '', new RegExp(`^${name}=; Max-Age=0;`));
    assert.equal((await page.closed).reason, 'signed out');
    assert.equal((await upgrade(site, { cookie })).status, 401);
    await other.works();
  });

  test('hears what is told to all pages', async (t) => {
    const site = await siteOf(t);
    const pages = [await Page.open(site), await Page.open(site)];
    site.app.broadcast('journal', { events: [] });
    for (const page of pages) {
      const { messages } = page;
      await messages.next((message) => 'event' in message && message.event === 'journal', 'the event');
    }
  });

  test('that goes away has its calls cancelled', async (t) => {
    const site = await siteOf(t);
    const page = await Page.open(site);
    page.send('contents.inspect', { target: { unit: 'xa0' } });
    await page.works();
    page.socket.terminate();
    await until(() => site.app.cancelled === 1 && site.app.sessions.size === 0, 'the call is cancelled');
  });

  test('too many signs out the one not used for longest', async (t) => {
    const site = await siteOf(t, { limits: { sessions: 2 } });
    const first = await Page.open(site);
    const second = await signIn(site);
    const third = await signIn(site);
    await first.works();
    assert.equal((await upgrade(site, { cookie: second })).status, 401, 'it had no page open');
    assert.equal((await get(site, '/session', { cookie: third })).status, 204);
  });

  test('is told when the host ends', async (t) => {
    const site = await siteOf(t);
    const page = await Page.open(site);
    await site.web.close();
    assert.deepEqual(await page.closed, { code: 1001, reason: 'Spandrel has ended' });
    await assert.rejects(get(site, '/'), { code: 'ECONNREFUSED' });
  });

  test('that does not let go does not hold up the end', async (t) => {
    const site = await siteOf(t, { limits: { closeMs: 100 } });
    const page = await Page.open(site);
    page.socket.pause();
    await site.web.close();
    page.socket.resume();
    assert.equal((await page.closed).code, 1001);
  });
});

suite('addresses', () => {
  test('one others can reach is refused, with the way round', async (t) => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'disks.example']) {
      await assert.rejects(siteOf(t, { listen: { kind: 'tcp', host, port: 8080 } }), {
        kind: 'usage',
        message: /ssh -L 8080:127\.0\.0\.1:8080 .*--tls-cert.*--insecure-plain/,
      });
    }
  });

  test('the wildcard has the names of this machine, and no other', async (t) => {
    const site = await siteOf(t, { listen: { kind: 'tcp', host: '0.0.0.0', port: 0 }, insecurePlain: true });
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family }) => family === 'IPv4');
    for (const { address } of own) {
      assert.equal((await get(site, '/', { host: `${address}:${site.port}` })).status, 200, address);
    }
    assert.equal((await get(site, '/', { host: `localhost:${site.port}` })).status, 200);
    for (const host of [`0.0.0.0:${site.port}`, `192.0.2.1:${site.port}`, 'evil.example']) {
      assert.equal((await get(site, '/', { host })).status, 403, host);
    }
  });

  test('IPv6 loopback', { skip: withoutIpv6 }, async (t) => {
    const site = await siteOf(t, { listen: { kind: 'tcp', host: '::1', port: 0 } });
    const [url] = site.web.mintUrls();
    assert.match(url, new RegExp(`^http://\\[::1\\]:${site.port}/#token=`));
    const at = (host: string) => ask(site, '/', { host: '::1', headers: { host } });
    assert.equal((await at(`[::1]:${site.port}`)).status, 200);
    assert.equal((await at(`localhost:${site.port}`)).status, 200);
    assert.equal((await at(`127.0.0.1:${site.port}`)).status, 403);
  });

  test('a port in use is told', async (t) => {
    const { port } = await siteOf(t);
    await assert.rejects(siteOf(t, { listen: { kind: 'tcp', host: '127.0.0.1', port } }), { code: 'in-use' });
  });

  test('names of tunnels and proxies are let in by exactly that', async (t) => {
    const site = await siteOf(t, { names: ['localhost:9999', 'https://disks.example'] });
    const urls = site.web.mintUrls();
    assert.deepEqual(
      urls.map((url) => new URL(url).origin),
      [site.origin, 'http://localhost:9999', 'https://disks.example'],
    );
    assert.equal(new Set(urls.map((url) => new URL(url).hash)).size, 1, 'one token for all');
    const signInAs = (host: string, origin: string) =>
      post(site, '/session', JSON.stringify({ token: site.token() }), { host, origin });
    assert.equal((await signInAs('localhost:9999', 'http://localhost:9999')).status, 204);
    const proxied = await signInAs('disks.example', 'https://disks.example');
    assert.match(proxied.headers['set-cookie']?.[0] ?? '', /; Secure$/);
    for (const [host, origin] of [
      ['disks.example', 'http://disks.example'],
      ['disks.example:443', 'https://disks.example'],
      ['disks.example', site.origin],
      [site.host, 'https://disks.example'],
      ['x.disks.example', 'https://x.disks.example'],
    ] as const) {
      assert.equal((await signInAs(host, origin)).status, 403, `${host} ${origin}`);
    }
    for (const name of [
      '',
      'a b',
      '*',
      '*.example',
      'http://',
      'http://a/b',
      'a:99999',
      'ftp://a',
      'u@a',
      '[::',
    ]) {
      await assert.rejects(siteOf(t, { names: [name] }), {
        kind: 'usage',
        message: /examples: localhost:8080/,
      });
    }
  });
});

suite('one-time tokens', () => {
  test('of too many the oldest is no longer good', async (t) => {
    const site = await siteOf(t);
    const tokens = Array.from({ length: WEB_LIMITS.tokens + 1 }, () => site.token());
    const status = async (token: string | undefined) =>
      (await post(site, '/session', JSON.stringify({ token }))).status;
    assert.equal(await status(tokens[0]), 401);
    for (const token of tokens.slice(1)) assert.equal(await status(token), 204);
  });
});

test('the log tells who signed in, and what was refused', async (t) => {
  const site = await siteOf(t);
  await signIn(site);
  await get(site, '/', { host: 'evil.example' });
  const texts = site.kept.lines.map(({ msg }) => msg);
  assert.match(texts[0] ?? '', /^127\.0\.0\.1:\d+: a browser has signed in$/);
  assert.match(
    texts[1] ?? '',
    /^127\.0\.0\.1:\d+: refused, a Host that is not this server: "evil\.example"$/,
  );
  assert.equal(texts.length, 2);
});
