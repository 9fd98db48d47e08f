import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { WEB_LIMITS } from '../../electron/web/limits.ts';
import { MAX_CALLS } from '../../shared/wire.ts';
import { until } from '../block/support/until.ts';
import { besideGoodPage } from './support/good-page.ts';
import { ask, say, signIn, statusOf } from './support/http.ts';
import { type Closing, Page, upgrade } from './support/page.ts';
import { type Site, siteOf } from './support/site.ts';

/** What may be tried to get a WebSocket, and over one. */

const POLICY = 1008;
const TOO_LARGE = 1009;

suite('attacks over the WebSocket', () => {
  let site: Site;
  let good: Page;
  besideGoodPage((...both) => {
    [site, good] = both;
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

  test('deep input of a good command ends its page, and harms no other', async () => {
    const page = await Page.open(site);
    const other = await Page.open(site);
    const depth = 100_000;
    page.socket.send(
      `{"id":1000,"command":"layout.set","input":{"key":"a","value":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
    );
    await page.closed;
    await other.works();
    other.socket.close();
    await other.closed;
  });
});
