import { type Command, Option } from 'commander';
import type { Writers } from '../../shared/events.ts';
import { formatBytes } from '../../shared/format.ts';
import { DEFAULT_PORT } from '../dmsg/constants.ts';
import { ExportHost } from '../host/export-host.ts';
import { HostError } from '../host/host-error.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { AllowList } from '../target/access.ts';
import { askAboutKeys } from './ask-trust.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { allowed, blockSize, type LinkFlags, peer, setupOf, several, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly listen?: Address[];
  readonly connect?: Address[];
  readonly serial?: string;
  readonly label?: string;
  readonly blockSize?: number;
  readonly readOnly?: true;
  readonly allow?: AllowList;
  readonly writers: Writers;
}

export function addExport(program: Command): void {
  withLinkFlags(program.command('export'))
    .summary('offer files, devices or memory as disks')
    .description('Offer files, block devices or memory to DMSG peers as disks, until interrupted.')
    .argument('<source...>', 'path of a file or block device, or memory:SIZE')
    .option('--listen <addr:port>', `accept peers here (default 127.0.0.1:${DEFAULT_PORT})`, several(peer))
    .option('--connect <host:port>', 'connect to this router, and again when it is lost', several(peer))
    .option('--serial <serial>', 'serial number (default: made from host and path, always the same)')
    .option('--label <label>', 'label for people (default: host/name)')
    .option('--block-size <bytes>', 'logical block size, 512 or 4096', blockSize)
    .option('--read-only', 'refuse writes')
    .option(
      '--allow <fingerprint[:ro]>',
      'let this key use the disks, with :ro for reading only; several may be given',
      allowed,
    )
    .addOption(
      new Option(
        '--writers <number>',
        'clients that may have it open for writing at once; many is for cluster file systems and live migration',
      )
        .choices(['one', 'many'])
        .default('one'),
    )
    .action(run);
}

async function run(sources: string[], flags: Flags): Promise<void> {
  if (sources.length > 1 && (flags.serial !== undefined || flags.label !== undefined)) {
    throw new HostError('usage', '--serial and --label name one disk; give each source its own process');
  }
  const connect = flags.connect ?? [];
  const fallback: Address[] =
    connect.length > 0 ? [] : [{ kind: 'tcp', host: '127.0.0.1', port: DEFAULT_PORT }];
  const output = new Output(flags.json === true);
  const setup = setupOf(flags);
  await askAboutKeys(setup, connect, output);
  const host = await ExportHost.start(setup, {
    sources,
    listen: flags.listen ?? fallback,
    connect,
    serial: flags.serial,
    label: flags.label,
    blockBytes: flags.blockSize,
    readOnly: flags.readOnly === true,
    allow: flags.allow,
    writers: flags.writers,
  });
  const { exports, addresses } = host;
  const connecting = connect.map(formatAddress);
  const lines = exports.map(
    (item) =>
      `${item.serial}  ${formatBytes(item.size_bytes)}  ${item.label}  ${item.read_only ? 'read-only' : 'read-write'}`,
  );
  const where = [
    ...addresses.map((address) => `listening on ${address}`),
    ...connecting.map((to) => `connecting to ${to}`),
  ];
  const ready = (): void =>
    output.emit(
      { event: 'ready', command: 'export', addresses, connecting, exports: [...exports] },
      [...lines, ...where].join('\n'),
    );
  await untilSignal(ready, () => host.close());
}
