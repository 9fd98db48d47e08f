import type { Command } from 'commander';
import { RouteHost } from '../host/route-host.ts';
import type { Address } from '../stream/address.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { type LinkFlags, peer, setupOf, several, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly listen: Address[];
  readonly connect?: Address[];
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
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const host = await RouteHost.start(setupOf(flags), { listen: flags.listen, connect: flags.connect ?? [] });
  const { addresses } = host;
  const ready = (): void =>
    output.emit(
      { event: 'ready', command: 'route', addresses },
      addresses.map((address) => `listening on ${address}`).join('\n'),
    );
  await untilSignal(ready, () => host.close());
}
