import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { WEB_LIMITS } from '../../electron/web/limits.ts';
import { until } from '../block/support/until.ts';
import { besideGoodPage } from './support/good-page.ts';
import { ask, post, say, statusOf } from './support/http.ts';
import { Page, upgrade } from './support/page.ts';
import { type Site, siteOf } from './support/site.ts';

/** What other programs and other sites' pages may try over HTTP. */

suite('attacks over HTTP', () => {
  let site: Site;
  let good: Page;
  besideGoodPage((...both) => {
    [site, good] = both;
  });

  suite('a Host that is not this server', () => {
    const wrong = (port: number): string[] => [
      'evil.example',
      `127.0.0.1.evil.example:${port}`,
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `127.0.0.2:${port}`,
      `localhost.:${port}`,
      `localhost.evil.example:${port}`,
      `127.1:${port}`,
      `2130706433:${port}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
      `127.0.0.1:0${port}`,
      `127.0.0.1:${port}@evil.example`,
      `user@127.0.0.1:${port}`,
      `127.0.0.1:${port}/`,
      '',
    ];

    test('is refused, whatever is asked', async () => {
      const cookie = good.cookie;
      for (const host of wrong(site.port)) {
        const head = (first: string) => `${first} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`;
        const token = JSON.stringify({ token: site.token() });
        const origin = `Origin: http://${host}\r\n`;
        const requests = [
          `${head('GET /')}\r\n`,
          `${head('GET /main.js')}\r\n`,
          `${head('GET /session')}Cookie: ${cookie}\r\n\r\n`,
          `${head('POST /session')}${origin}Content-Type: application/json\r\nContent-Length: ${token.length}\r\n\r\n${token}`,
          `${head('GET /ws').replace('close', 'Upgrade')}Upgrade: websocket\r\n${origin}Cookie: ${cookie}\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        ];
        for (const request of requests) {
          const said = await say(site.port, request);
          assert.equal(statusOf(said), 403, `${JSON.stringify(host)}: ${said}`);
          assert.doesNotMatch(said, /set-cookie|<html/i);
        }
      }
    });

    test('is refused where it is missing or given twice', async () => {
      const good = `Host: ${site.host}\r\n`;
      assert.equal(statusOf(await say(site.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')), 400);
      for (const second of [good, 'Host: evil.example\r\n', 'host: evil.example\r\n']) {
        const said = await say(site.port, `GET / HTTP/1.1\r\n${good}${second}Connection: close\r\n\r\n`);
        assert.ok([400, 403].includes(statusOf(said)), said);
      }
      const upgrading = 'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
      assert.equal(statusOf(await say(site.port, upgrading)), 403);
    });

    test('HTTP/1.0, which needs none, is refused', async () => {
      for (const host of ['', `Host: ${site.host}\r\n`]) {
        assert.equal(statusOf(await say(site.port, `GET / HTTP/1.0\r\n${host}\r\n`)), 505);
      }
    });

    test('a URL of another server in the request line leads nowhere', async () => {
      const said = await say(
        site.port,
        `GET http://evil.example/ HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`,
      );
      assert.equal(statusOf(said), 404);
    });
  });

  suite('an Origin that is not the page of this server', () => {
    const wrong = (port: number): (string | undefined)[] => [
      undefined,
      'null',
      'http://evil.example',
      `http://127.0.0.1.evil.example:${port}`,
      `https://127.0.0.1:${port}`,
      'http://127.0.0.1',
      `http://127.0.0.1:${port + 1}`,
      // Good names both, but the page came from the other.
      `http://localhost:${port}`,
      `http://127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}, http://evil.example`,
      `http://evil.example:${port}#http://127.0.0.1:${port}`,
      'file://',
    ];

    test('gets no session for a good token, which stays good', async () => {
      const body = JSON.stringify({ token: site.token() });
      for (const origin of wrong(site.port)) {
        const { status, headers } = await post(site, '/session', body, { origin });
        assert.deepEqual([status, headers['set-cookie']], [403, undefined], origin);
      }
      assert.equal((await post(site, '/session', body)).status, 204);
    });

    test('opens no WebSocket, even with the cookie of a good page', async () => {
      for (const origin of wrong(site.port)) {
        const { status } = await upgrade(site, { origin, cookie: good.cookie });
        assert.equal(status, 403, origin);
      }
    });

    test('signs nobody out', async () => {
      for (const origin of wrong(site.port)) {
        assert.equal((await post(site, '/logout', '', { origin, cookie: good.cookie })).status, 403, origin);
      }
    });

    test('is allowed nothing by CORS', async () => {
      const asking = {
        host: site.host,
        origin: 'http://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
        'access-control-request-private-network': 'true',
      };
      for (const path of ['/', '/main.js', '/session', '/logout', '/ws']) {
        for (const method of ['OPTIONS', 'GET']) {
          const { status, headers } = await ask(site, path, { method, headers: asking });
          if (method === 'OPTIONS') assert.equal(status, 405, path);
          const cors = Object.keys(headers).filter((name) => name.startsWith('access-control'));
          assert.deepEqual(cors, [], path);
          assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
        }
      }
    });
  });

  suite('signing in', () => {
    const refusedWith = async (site: Site, token: unknown): Promise<number> => {
      const { status, headers } = await post(site, '/session', JSON.stringify({ token }));
      assert.equal(headers['set-cookie'], undefined);
      return status;
    };

    test('a token is good once', async () => {
      const token = site.token();
      assert.equal((await post(site, '/session', JSON.stringify({ token }))).status, 204);
      assert.equal(await refusedWith(site, token), 401);
    });

    test('a wrong or missing token is refused', async () => {
      const token = site.token();
      assert.equal(Buffer.from(token, 'base64url').length, 32);
      for (const wrong of [
        '',
        'x',
        'A'.repeat(43),
        token.slice(1),
        `${token}A`,
        token.toLowerCase(),
        ` ${token}`,
      ]) {
        assert.equal(await refusedWith(site, wrong), 401, wrong);
      }
      for (const wrong of [undefined, null, 0, {}, [token], 'A'.repeat(129)]) {
        assert.equal(await refusedWith(site, wrong), 400);
      }
      assert.equal((await post(site, '/session', JSON.stringify({ token }))).status, 204, 'it is still good');
    });

    test('an expired token is refused', async (t) => {
      const short = await siteOf(t, { limits: { tokenMs: 0 } });
      assert.equal(await refusedWith(short, short.token()), 401);
    });

    test('a body that is not the one awaited is refused, and uses no token up', async () => {
      const token = site.token();
      const body = JSON.stringify({ token });
      for (const type of [
        undefined,
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; x=1',
        '',
      ]) {
        assert.equal((await post(site, '/session', body, { 'content-type': type })).status, 415, type);
      }
      for (const bad of ['', '{', `${body}x`, '[]', '"x"', JSON.stringify({ token, more: 1 })]) {
        assert.equal((await post(site, '/session', bad)).status, 400, bad);
      }
      assert.equal((await post(site, '/session', body)).status, 204);
    });

    test('a body too large is refused before it is read', async () => {
      const body = JSON.stringify({ token: 'A'.repeat(WEB_LIMITS.bodyBytes) });
      assert.equal((await post(site, '/session', body)).status, 413);
      const head =
        `POST /session HTTP/1.1\r\nHost: ${site.host}\r\nOrigin: ${site.origin}\r\n` +
        'Content-Type: application/json\r\n';
      const announced = await say(site.port, `${head}Content-Length: 999999999\r\n\r\n${'x'.repeat(2000)}`);
      assert.equal(statusOf(announced), 413);
      const chunked = await say(
        site.port,
        `${head}Transfer-Encoding: chunked\r\n\r\n${`400\r\n${'x'.repeat(1024)}\r\n`.repeat(2)}`,
      );
      assert.equal(statusOf(chunked), 413);
    });

    test('no secret is in the log', async (t) => {
      const own = await siteOf(t);
      const token = own.token();
      await post(own, '/session', JSON.stringify({ token }), { origin: 'http://evil.example' });
      await post(own, '/session', JSON.stringify({ token }));
      await post(own, '/session', JSON.stringify({ token }));
      await ask(own, `/?token=${token}`, { headers: { host: own.host } });
      const page = await Page.open(own);
      page.socket.send('not JSON');
      await page.closed;
      assert.ok(own.kept.lines.length >= 4, own.kept.text);
      const secrets = [token, page.cookie.split('=')[1] as string];
      for (const secret of secrets) assert.ok(!own.kept.text.includes(secret), own.kept.text);
    });
  });

  suite('files', () => {
    test('only those of the page are there', async () => {
      const paths = [
        '/../secret.txt',
        '/page/../../secret.txt',
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '/%2e%2e%2fsecret.txt',
        '/..\\secret.txt',
        '/..%5csecret.txt',
        '/..%c0%afsecret.txt',
        '/....//secret.txt',
        '/.%00./secret.txt',
        '/main.js%00',
        '/main.js/',
        '/main.js/..',
        '/./main.js',
        '//main.js',
        '/main.js?x',
        '/main.js#x',
        '/MAIN.JS',
        '/index.html',
        '/fonts',
        '/fonts/',
        '/fonts/../main.js',
        '/__proto__',
        '/constructor',
        'main.js',
        '*',
        'file:///etc/passwd',
        '/etc/passwd',
        '//etc/passwd',
      ];
      for (const path of paths) {
        const said = await say(
          site.port,
          `GET ${path} HTTP/1.1\r\nHost: ${site.host}\r\nConnection: close\r\n\r\n`,
        );
        assert.ok([400, 404].includes(statusOf(said)), `${path}: ${said}`);
      }
      assert.equal((await ask(site, '/main.js', { headers: { host: site.host } })).status, 200);
    });

    test('only GET and HEAD get them', async () => {
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'POST', 'PROPFIND']) {
        const { status, headers } = await ask(site, '/main.js', { method, headers: { host: site.host } });
        assert.deepEqual([status, headers.allow], [405, 'GET, HEAD'], method);
      }
      assert.equal(
        await say(site.port, `CONNECT evil.example:80 HTTP/1.1\r\nHost: ${site.host}\r\n\r\n`),
        '',
      );
      for (const path of ['/session', '/logout']) {
        assert.equal((await ask(site, path, { method: 'PUT', headers: { host: site.host } })).status, 405);
      }
      assert.equal((await ask(site, '/logout', { headers: { host: site.host } })).status, 404);
    });
  });

  suite('slow and large requests', () => {
    test('headers that do not end are hung up on', async (t) => {
      const short = await siteOf(t, { limits: { headerMs: 200 } });
      for (const begun of ['', 'G', `GET / HTTP/1.1\r\nHost: ${short.host}\r\nX: `]) {
        const said = await say(short.port, begun);
        assert.ok([0, 408].includes(statusOf(said)), said);
      }
    });

    test('a body that does not end is hung up on', async (t) => {
      const short = await siteOf(t, { limits: { headerMs: 200, requestMs: 300 } });
      const head =
        `POST /session HTTP/1.1\r\nHost: ${short.host}\r\nOrigin: ${short.origin}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{';
      assert.ok([0, 408].includes(statusOf(await say(short.port, head))));
    });

    test('an answer nobody reads is hung up on', async (t) => {
      const short = await siteOf(t, { limits: { silentMs: 200 } });
      const socket = connect(short.port, '127.0.0.1');
      t.after(() => socket.destroy());
      socket.on('error', () => {});
      socket.pause();
      const questions = `GET /main.js HTTP/1.1\r\nHost: ${short.host}\r\n\r\n`.repeat(1000);
      await until(() => {
        if (!socket.connecting && socket.writableLength < questions.length) socket.write(questions);
        return socket.destroyed;
      }, 'it is hung up on');
    });

    test('headers too large are refused', async () => {
      const head = `GET / HTTP/1.1\r\nHost: ${site.host}\r\nCookie: ${'x'.repeat(WEB_LIMITS.headerBytes)}\r\n\r\n`;
      assert.equal(statusOf(await say(site.port, head)), 431);
    });

    test('too many connections are not taken, those there are stay', async (t) => {
      const small = await siteOf(t, { limits: { connections: 3 } });
      const page = await Page.open(small);
      const idle = [1, 2].map(() => connect(small.port, '127.0.0.1'));
      t.after(() => {
        for (const socket of idle) socket.destroy();
      });
      await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
      assert.equal(await say(small.port, `GET / HTTP/1.1\r\nHost: ${small.host}\r\n\r\n`), '');
      await page.works();
    });

    test('smuggled requests are refused', async () => {
      const head = `POST /session HTTP/1.1\r\nHost: ${site.host}\r\nOrigin: ${site.origin}\r\n`;
      const both = `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
      assert.equal(statusOf(await say(site.port, both)), 400);
      const bare = `GET / HTTP/1.1\nHost: ${site.host}\n X: y\n\n`;
      assert.ok([400, 403].includes(statusOf(await say(site.port, bare))));
    });
  });

  test('the same attack over and over is one line in the log', async (t) => {
    const own = await siteOf(t);
    for (let i = 0; i < 50; i++) await ask(own, '/', { headers: { host: `evil${i}.example` } });
    assert.equal(own.kept.warnings.length, 1);
    assert.match(
      own.kept.warnings[0] as string,
      /refused, a Host that is not this server: "evil0\.example"$/,
    );
  });
});
