import type { Command } from 'commander';
import { formatBytes } from '../../shared/format.ts';
import { ClientHost, diskInfo } from '../host/client-host.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Disk } from '../xdisk/disk.ts';
import { askAboutKeys } from './ask-trust.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { type LinkFlags, peer, setupOf, several, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly watch?: true;
}

const CONNECT_MS = 10_000;
/** DMSG has no end of the list: it is taken for whole when nothing came for this long. */
const QUIET_MS = 400;

export function addSpans(program: Command): void {
  withLinkFlags(program.command('spans'))
    .summary('list the disks peers offer')
    .description('List the disks peers offer, with the number of paths and hops to each.')
    .argument('<peer...>', 'HOST[:PORT], [IPv6]:PORT or unix:PATH', several(peer))
    .option('--watch', 'stay, and print what changes')
    .action(run);
}

async function run(peers: Address[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const print = (disk: Disk): void => {
    if (disk.paths.size > 0) output.emit({ event: 'disk', ...diskInfo(disk) }, lineOf(disk));
    else {
      const { serial, label } = disk.identity;
      output.emit({ event: 'disk_gone', serial, label }, `${serial}  gone`);
    }
  };
  let lastChangeMs = 0;
  let live = false;
  const changed = (disk: Disk): void => {
    lastChangeMs = performance.now();
    if (live) print(disk);
  };
  const setup = setupOf(flags, true);
  await askAboutKeys(setup, peers, output);
  const host = new ClientHost(setup, peers, { events: { diskChanged: changed } });
  try {
    await host.waitFor(() => (host.linked.length > 0 ? true : undefined), 'a link', CONNECT_MS);
    lastChangeMs = performance.now();
    const settled = (): true | undefined => (performance.now() - lastChangeMs >= QUIET_MS ? true : undefined);
    await host.waitFor(settled, 'the list', CONNECT_MS);
    const ready = (): void => {
      output.emit({ event: 'ready', command: 'spans', peers: peers.map(formatAddress) });
      const { disks } = host.registry;
      for (const disk of disks) print(disk);
      if (disks.length === 0 && !output.json) process.stderr.write('nothing is offered\n');
      live = true;
    };
    if (flags.watch === true) await untilSignal(ready, () => Promise.resolve());
    else ready();
  } finally {
    live = false;
    await host.close();
  }
}

function lineOf(disk: Disk): string {
  const { serial, sizeBytes, label } = disk.identity;
  const paths = `${disk.paths.size} path${disk.paths.size === 1 ? '' : 's'}`;
  const hops = `${disk.distance} hop${disk.distance === 1 ? '' : 's'}`;
  return `${serial}  ${formatBytes(sizeBytes)}  ${label}  ${paths}, ${hops}${disk.conflict ? '  CONFLICT' : ''}`;
}
