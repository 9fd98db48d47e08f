import type { Command } from 'commander';
import { RouteHost } from '../host/route-host.ts';
import type { Address } from '../stream/address.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';
import { askAboutKeys } from './ask-trust.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { fingerprint, type LinkFlags, peer, setupOf, several, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly listen: Address[];
  readonly connect?: Address[];
  readonly allow?: Fingerprint[];
}

export function addRoute(program: Command): void {
  withLinkFlags(program.command('route'))
    .summary('relay disks between peers')
    .description('Relay the disks each peer offers to all other peers that want them, until interrupted.')
    .requiredOption('--listen <addr:port>', 'accept peers here', several(peer))
    .option(
      '--connect <host:port>',
      'connect to this peer or router, and again when it is lost',
      several(peer),
    )
    .option('--allow <fingerprint>', 'let this key connect; several may be given', several(fingerprint))
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const { listen, connect = [] } = flags;
  const setup = setupOf(flags);
  await askAboutKeys(setup, connect, output);
  const host = await RouteHost.start(setup, { listen, connect, allow: new Set(flags.allow) });
  const { addresses } = host;
  const ready = (): void =>
    output.emit(
      { event: 'ready', command: 'route', addresses },
      addresses.map((address) => `listening on ${address}`).join('\n'),
    );
  await untilSignal(ready, () => host.close());
}
