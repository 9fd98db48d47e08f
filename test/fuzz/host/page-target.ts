import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { InputError } from '../../../electron/host/api/call-error.ts';
import type { CallContext, Handlers } from '../../../electron/host/api/handlers.ts';
import { PageSession } from '../../../electron/host/api/page-session.ts';
import { startAppHost } from '../../../electron/host/app/app-host.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import { COMMANDS, type CommandName, type Input } from '../../../shared/contract.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { type Case, holds, type Target, turn } from '../support/target.ts';
import { generate } from './generate.ts';
import { HostilePage } from './page.ts';

const ALL = Object.keys(COMMANDS) as CommandName[];
const log = pino({ level: 'silent' });
/** Starting a host makes files, which costs as much as thousands of messages. */
const HOST_SHARE = 0.004;
const HOST_LIMIT_MS = 3_000;

/** Commands of a real host that reach for nothing outside its state directory, whatever they are given. */
const HARMLESS: readonly CommandName[] = [
  'session.hello',
  'session.watch',
  'peers.update',
  'peers.connect',
  'peers.disconnect',
  'peers.forget',
  'disks.forget',
  'units.attach',
  'units.detach_plan',
  'units.detach',
  'units.update',
  'units.clients',
  'units.path',
  'units.forget_number',
  'exports.set_online',
  'exports.update',
  'exports.remove',
  'trust.list',
  'trust.revoke',
  'trust.forget',
  'jobs.cancel',
  'jobs.dismiss',
  'events.query',
  'log.tail',
  'history.read',
  'settings.update',
  'layout.set',
  'config.export',
  'config.import',
  'config.versions',
  'config.restore',
  'shell.pick_path',
];

/** What a page sends, by IPC or WebSocket: sessions with handlers of all kinds, and whole hosts. */
export class PageTarget implements Target {
  run(one: Case): Promise<void> {
    return one.random.chance(HOST_SHARE) ? wholeHost(one) : lightHost(one);
  }
}

async function lightHost(one: Case): Promise<void> {
  const { random } = one;
  const page = new HostilePage(one, ALL, true);
  let closings = 0;
  const observer = {
    closed: () => {
      closings++;
      page.isClosed = true;
    },
  };
  const unchecked: string[] = [];
  const handlers = lightHandlers(random, (command) => unchecked.push(command));
  const session = new PageSession(page.transport, handlers, log, observer);
  page.session = session;
  for (let left = random.integer(10, 80); left > 0 && page.dropped === undefined; left--) {
    page.send();
    if (random.chance(0.2)) await turn();
  }
  await turn();
  session.close();
  await turn();
  session.receive({ id: 1, command: 'session.hello', input: {} });
  page.check();
  holds(closings === 1, `a page is closed ${closings} times`);
  holds(unchecked.length === 0, `handlers are given what is not of the contract: ${unchecked.join()}`);
}

/**
 * Handlers that answer well or badly, late or never.
 * @param unchecked told of a command whose input is not what the contract says
 */
function lightHandlers(random: Random, unchecked: (command: CommandName) => void): Handlers {
  const handler = (command: CommandName) => (input: unknown, context: CallContext<CommandName>) => {
    if (!COMMANDS[command].input.safeParse(input).success) unchecked(command);
    switch (random.integer(0, 9)) {
      case 0:
        return new Promise<never>(() => {});
      case 1:
        return Promise.reject(
          random.pick([new InputError('a', 'no'), new HostError('peer', 'no'), new TypeError('bug')]),
        );
      case 2:
        throw new Error('thrown at once');
      case 3:
        return Promise.resolve({ not: 'of the contract' });
      case 4:
        context.session.close();
        return Promise.reject(new Error('after the page had gone'));
      case 5:
        return turn().then(() => generate(COMMANDS[command].output, random));
      case 6:
        if (command === 'peers.test') context.progress(generate(COMMANDS[command].progress, random) as never);
        return turn().then(() => generate(COMMANDS[command].output, random));
      default:
        return Promise.resolve(generate(COMMANDS[command].output, random));
    }
  };
  return Object.fromEntries(ALL.map((command) => [command, handler(command)])) as unknown as Handlers;
}

async function wholeHost(one: Case): Promise<void> {
  const { random } = one;
  one.limit(HOST_LIMIT_MS);
  const directory = mkdtempSync(join(tmpdir(), 'spandrel-fuzz-'));
  try {
    const host = await startAppHost({ stateDirectory: directory, log, version: '0.0.0-fuzz', commit: null });
    const page = new HostilePage(one, HARMLESS, false);
    page.session = host.connect(page.transport);
    for (let left = random.integer(50, 300); left > 0 && page.dropped === undefined; left--) {
      page.send((command) => harmless(command, random));
      if (random.chance(0.3)) await turn();
    }
    for (let turns = 0; turns < 100 && page.waiting > 0; turns++) await turn();
    await host.close();
    page.check();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Inputs that would make a host listen, dial or replace its config are given as they may be. */
function harmless<C extends CommandName>(command: C, random: Random): Input<C> | undefined {
  const given = HARMLESS_INPUTS[command];
  return given?.(random) as Input<C> | undefined;
}

const HARMLESS_INPUTS: { readonly [C in CommandName]?: (random: Random) => Input<C> } = {
  'settings.update': (random) => ({
    theme: random.pick(['dark', 'light']),
    units: random.pick(['iec', 'si']),
  }),
  'config.import': (random) => ({
    text: random.pick(['{}', '{"version":1}', '{"version":2}', 'x']),
    dry_run: true,
  }),
};
