import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, afterEach, before, suite, test } from 'node:test';
import { WebSocket } from 'ws';
import { WEB_LIMITS } from '../../electron/web/limits.ts';
import { MAX_CALLS } from '../../shared/wire.ts';
import { until } from '../block/support/until.ts';
import { ask, post, say, signIn, statusOf } from './support/http.ts';
import { type Closing, Page, upgrade } from './support/page.ts';
import { type Site, siteOf } from './support/site.ts';

/**
 * What other programs and other sites' pages may try. Beside each attack a good page is open: it must keep
 * its connection and be answered as usual.
 */

const POLICY = 1008;
const TOO_LARGE = 1009;
/** For a call of the good page right after an attack; it takes a millisecond. */
const DISTURBED_MS = 1000;

suite('attacks', () => {
  let site: Site;
  let good: Page;

  const ends: (() => unknown)[] = [];
  before(async () => {
    site = await siteOf({ after: (end) => ends.push(end) });
    good = await Page.open(site);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });
  afterEach(async () => {
    const ms = await good.works();
    assert.ok(ms < DISTURBED_MS, `the good page waited ${ms} ms`);
    assert.ok(good.isOpen);
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

  suite('a WebSocket', () => {
    test('needs the cookie of this very server', async (t) => {
      const other = await siteOf(t);
      const foreign = await signIn(other);
      const ours = `spandrel-${site.port}=`;
      const cookies = [
        undefined,
        '',
        foreign,
        `${ours}${foreign.split('=')[1]}`,
        ours,
        `${ours}x`,
        `x${good.cookie}`,
        `${good.cookie}x`,
        good.cookie.replace('=', ' ='),
      ];
      for (const cookie of cookies) {
        assert.equal((await upgrade(site, { cookie })).status, 401, cookie);
        const { status } = await ask(site, '/session', {
          headers: { host: site.host, cookie: cookie ?? '' },
        });
        assert.equal(status, 401, cookie);
      }
    });

    test('is found where another program planted a cookie of the same name', async () => {
      const page = await Page.openWith(site, `a=b; spandrel-${site.port}=planted; ${good.cookie}; c=d`);
      await page.works();
      page.socket.close();
      await page.closed;
    });

    test('is at its own path alone, and a WebSocket', async () => {
      const { cookie } = good;
      for (const path of ['/', '/ws/', '/ws?x', '/WS', '//ws', '/main.js']) {
        assert.equal((await upgrade(site, { cookie }, path)).status, 404, path);
      }
      const head = (more: string) =>
        `GET /ws HTTP/1.1\r\nHost: ${site.host}\r\nOrigin: ${site.origin}\r\nCookie: ${cookie}\r\n${more}\r\n`;
      const h2c = head('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n');
      assert.equal(statusOf(await say(site.port, h2c)), 400);
      const keyless = head('Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n');
      assert.equal(statusOf(await say(site.port, keyless)), 400);
    });

    test('of too many pages is refused, the others stay', async (t) => {
      const small = await siteOf(t, { limits: { sockets: 2 } });
      const pages = [await Page.open(small), await Page.open(small)];
      const cookie = await signIn(small);
      assert.equal((await upgrade(small, { cookie })).status, 503);
      for (const page of pages) await page.works();
      pages[0]?.socket.close();
      await pages[0]?.closed;
      await until(() => small.app.sessions.size === 1, 'the page is forgotten');
      await (await Page.openWith(small, cookie)).works();
    });
  });

  suite('a page that breaks the rules is cut off, with one line in the log', () => {
    const cutOff = async (attack: (page: Page) => void, code = POLICY): Promise<Closing> => {
      const page = await Page.open(site);
      const told = site.kept.warnings.length;
      attack(page);
      const closing = await page.closed;
      assert.equal(closing.code, code, closing.reason);
      await until(() => site.app.sessions.size === 1, 'its session is gone');
      const lines = site.kept.warnings.slice(told);
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] as string, /^browser 127\.0\.0\.1:\d+: cut off: /);
      return closing;
    };

    const call = (id: number, command = 'contents.inspect'): string =>
      JSON.stringify({ id, command, input: { target: { unit: 'xa0' } } });

    const malformed: readonly (readonly [string, string | Buffer])[] = [
      ['not JSON', 'hello'],
      ['cut JSON', '{"id":1,'],
      ['nothing', ''],
      ['a number', '1'],
      ['null', 'null'],
      ['a list of good messages', `[${call(1)}]`],
      ['binary', Buffer.from(call(1))],
      ['an unknown command', call(1, 'units.destroy')],
      ['a command of the object itself', call(1, 'constructor')],
      ['a prototype for a command', '{"id":1,"command":"__proto__","input":{}}'],
      ['a call without id', '{"command":"session.watch","input":{}}'],
      ['an id that is none', '{"id":"1","command":"session.watch","input":{}}'],
      ['an id below one', call(0)],
      ['an id too large for a number', '{"id":9007199254740993,"command":"session.watch","input":{}}'],
      ['more than a call has', '{"id":1,"command":"session.watch","input":{},"more":1}'],
      ['a call and a cancel in one', '{"id":1,"command":"session.watch","input":{},"cancel":1}'],
      ['an answer', '{"id":1,"ok":true,"value":{}}'],
      ['an event', '{"event":"tables","payload":{}}'],
      ['depth', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ];
    for (const [what, message] of malformed) {
      test(what, async () => void (await cutOff((page) => page.socket.send(message))));
    }

    test('an oversize message', async () => {
      const message = 'x'.repeat(WEB_LIMITS.messageBytes + 1);
      await cutOff((page) => page.socket.send(message), TOO_LARGE);
    });

    test('an oversize message in fragments', async () => {
      const part = 'x'.repeat(WEB_LIMITS.messageBytes / 2);
      await cutOff((page) => {
        for (let i = 0; i < 4; i++) page.socket.send(part, { fin: false });
      }, TOO_LARGE);
    });

    test('what is no WebSocket frame', async () => {
      await cutOff((page) => {
        const { _socket } = page.socket as unknown as { _socket: { write(bytes: Buffer): void } };
        _socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
      }, 1002);
    });

    test('text that is not UTF-8', async () => {
      await cutOff((page) => page.socket.send(Buffer.from([0xc3, 0x28]), { binary: false }), 1007);
    });

    test(`${MAX_CALLS + 1} calls at once, all of which are cancelled`, async () => {
      const cancelled = site.app.cancelled;
      const { reason } = await cutOff((page) => {
        for (let id = 1; id <= MAX_CALLS + 1; id++) page.socket.send(call(id));
      });
      assert.match(reason, /64 calls/);
      assert.equal(site.app.cancelled - cancelled, MAX_CALLS);
    });

    test('the same id twice', async () => {
      await cutOff((page) => {
        page.socket.send(call(1));
        page.socket.send(call(1));
      });
    });

    test('a flood of good messages', async () => {
      const { reason } = await cutOff((page) => {
        // While it is read some of the budget comes back.
        for (let id = 1; id <= 5 * WEB_LIMITS.messageBurst; id++)
          page.socket.send(JSON.stringify({ cancel: id }));
      });
      assert.match(reason, /more messages/);
    });

    test('what is sent while it is being cut off is not read', async () => {
      const page = await Page.open(site);
      const sessions = site.app.sessions.size;
      page.socket.send('x');
      const id = page.send('session.watch', {});
      await page.closed;
      assert.equal(
        page.messages.items.some((message) => 'id' in message && message.id === id),
        false,
      );
      assert.equal(site.app.sessions.size, sessions - 1);
    });

    test('a page that takes nothing', async (t) => {
      const small = await siteOf(t, { limits: { backlogBytes: 64 << 10 } });
      const [slow, quick] = [await Page.open(small), await Page.open(small)];
      slow.socket.pause();
      const payload = { layout: { text: 'x'.repeat(100_000) } };
      await until(() => {
        small.app.broadcast('layout', payload);
        return small.app.sessions.size === 1;
      }, 'it is cut off');
      assert.match(small.kept.warnings.join('\n'), /cut off: it leaves \d+ bytes waiting/);
      slow.socket.resume();
      assert.equal((await slow.closed).code, 1006);
      await quick.works();
    });

    test('a page that answers no ping', async (t) => {
      const small = await siteOf(t, { limits: { pingMs: 50 } });
      const [dead, alive] = [await Page.open(small, { autoPong: false }), await Page.open(small)];
      assert.equal((await dead.closed).code, 1006);
      assert.match(small.kept.warnings.join('\n'), /cut off: it does not answer/);
      await alive.works();
    });
  });

  test('deep input of a good command fails as a call, and harms nothing else', async () => {
    const page = await Page.open(site);
    const depth = 100_000;
    page.socket.send(
      `{"id":1000,"command":"layout.set","input":{"key":"a","value":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    );
    await page.answerTo(1000);
    await page.works();
    page.socket.close();
    await page.closed;
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

  test('the good page was never cut off', () => {
    assert.equal(good.socket.readyState, WebSocket.OPEN);
  });
});
