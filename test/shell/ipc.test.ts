import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { WebContents } from 'electron';
import type { PageSession, PageTransport } from '../../electron/host/api/page-session.ts';
import { IpcPages } from '../../electron/ipc.ts';
import { TO_HOST, TO_PAGE } from '../../shared/channels.ts';
import { collectedLog } from '../host/support/log.ts';

/** Electron's IPC as a transport, on contents of a few lines: what the stand-in's tests cannot cause. */

class TestContents extends EventEmitter {
  readonly id = 7;
  readonly ipc = new EventEmitter();
  readonly mainFrame = { url: 'app://spandrel/', origin: 'app://spandrel' };
  readonly sent: unknown[] = [];
  destroyed = false;

  isDestroyed(): boolean {
    return this.destroyed;
  }
  send(channel: string, message: unknown): void {
    assert.equal(channel, TO_PAGE);
    this.sent.push(structuredClone(message));
  }
  /** The page sends. */
  receive(message: unknown, senderFrame: unknown = this.mainFrame, sender: unknown = this): void {
    this.ipc.emit(TO_HOST, { sender, senderFrame }, message);
  }
}

class TestSession {
  readonly received: unknown[] = [];
  closed = false;
  receive(message: unknown): void {
    this.received.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

function setUp() {
  const contents = new TestContents();
  const sessions: TestSession[] = [];
  const steps: string[] = [];
  const { log, lines } = collectedLog();
  let transport: PageTransport | undefined;
  const host = {
    connect(to: PageTransport): PageSession {
      transport = to;
      const session = new TestSession();
      sessions.push(session);
      return session as unknown as PageSession;
    },
  };
  new IpcPages(contents as unknown as WebContents, host, log, {
    started: () => steps.push('started'),
    ended: () => steps.push('ended'),
    dropped: (reason) => steps.push(`dropped: ${reason}`),
  });
  const transportNow = () => transport as PageTransport;
  return { contents, sessions, steps, lines, transport: transportNow };
}

const hello = { id: 1, command: 'session.hello', input: {} };

test('each document that speaks has a session, which ends with it', () => {
  const { contents, sessions, steps } = setUp();
  assert.equal(sessions.length, 0);
  contents.receive(hello);
  contents.receive({ ...hello, id: 2 });
  assert.deepEqual(sessions[0]?.received, [hello, { ...hello, id: 2 }]);
  for (const end of ['did-navigate', 'render-process-gone', 'destroyed']) {
    contents.emit(end);
    assert.equal(sessions.at(-1)?.closed, true, end);
    contents.receive(hello);
  }
  assert.equal(sessions.length, 4);
  assert.deepEqual(steps.slice(0, 3), ['started', 'ended', 'started']);
});

test('others than the main frame of our origin are not heard, and told of once', () => {
  const { contents, sessions, lines, steps } = setUp();
  const origin = 'app://spandrel';
  contents.receive(hello, { url: 'about:blank', origin });
  contents.receive(hello, null);
  contents.receive(hello, contents.mainFrame, new TestContents());
  for (const foreign of ['https://evil.test', 'app://spandrel.evil', 'null', 'app://spandrel/', '']) {
    contents.mainFrame.origin = foreign;
    contents.receive(hello);
  }
  assert.equal(sessions.length, 0);
  assert.deepEqual(steps, []);
  assert.equal(lines.length, 1);
  contents.mainFrame.origin = origin;
  contents.receive(hello);
  assert.equal(sessions.length, 1);
});

test('a page that is dropped is not heard until there is another document', () => {
  const { contents, sessions, steps, transport } = setUp();
  contents.receive(hello);
  transport().drop('a message is not of the contract');
  contents.receive(hello);
  assert.equal(sessions.length, 1);
  assert.equal(sessions[0]?.closed, true);
  assert.deepEqual(steps, ['started', 'ended', 'dropped: a message is not of the contract']);
  contents.emit('did-navigate');
  contents.receive(hello);
  assert.equal(sessions.length, 2);
});

test('more messages than a page needs end the session', () => {
  const { contents, sessions, steps } = setUp();
  for (let id = 1; id <= 1000; id++) contents.receive({ ...hello, id });
  assert.match(steps.at(-1) ?? '', /^dropped: more than \d+ messages a second/);
  assert.ok((sessions[0]?.received.length ?? 0) < 1000);
});

test('an answer that cannot be cloned becomes an error of its call', () => {
  const { contents, transport, lines } = setUp();
  contents.receive(hello);
  transport().send({ id: 1, ok: true, value: { run: () => {} } });
  transport().send({ id: 2, progress: () => {} });
  transport().send({ event: 'tables', payload: () => {} });
  transport().send({ id: 3, ok: true, value: {} });
  const message = 'the answer cannot be sent to the page';
  assert.deepEqual(contents.sent, [
    { id: 1, ok: false, error: { code: 'internal', message, field: null, holders: [] } },
    { id: 3, ok: true, value: {} },
  ]);
  assert.deepEqual(lines, Array(3).fill('error: an answer cannot be cloned for the page'));
});

test('a page that does not respond has everything before it, one that is gone gets nothing', () => {
  const { contents, transport } = setUp();
  contents.receive(hello);
  assert.equal(transport().backlogBytes, 0);
  contents.emit('unresponsive');
  assert.ok(transport().backlogBytes > 1 << 30);
  contents.emit('responsive');
  assert.equal(transport().backlogBytes, 0);
  contents.destroyed = true;
  transport().send({ id: 1, ok: true, value: {} });
  assert.deepEqual(contents.sent, []);
});
