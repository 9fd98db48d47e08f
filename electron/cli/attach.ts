import { type Command, Option } from 'commander';
import { formatBytes } from '../../shared/format.ts';
import { guaranteeSentence } from '../../shared/guarantee.ts';
import { readOnlySentence } from '../../shared/read-only.ts';
import { Attachments } from '../host/attachments.ts';
import { ClientHost, unitInfo } from '../host/client-host.ts';
import { checkExposure, Gateway } from '../host/gateway.ts';
import { HostError } from '../host/host-error.ts';
import { limitsOf } from '../host/link-setup.ts';
import { NumbersFile, stateDirectory } from '../host/state-file.ts';
import { StatsReporter } from '../host/stats-reporter.ts';
import type { NbdServerEvent } from '../nbd/server.ts';
import type { Address } from '../stream/address.ts';
import type { Disk } from '../xdisk/disk.ts';
import type { Unit } from '../xdisk/unit.ts';
import type { NoPathPolicy, PathPolicy } from '../xdisk/unit-options.ts';
import { askAboutKeys } from './ask-trust.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { statsTable } from './stats-table.ts';
import {
  type LinkFlags,
  nbdAddress,
  noPath,
  peer,
  seconds,
  setupOf,
  several,
  withLinkFlags,
} from './values.ts';

interface Flags extends LinkFlags {
  readonly serial?: string;
  readonly readOnly?: true;
  /** --no-path, which commander takes for the negation of an option `path`: true where it is not given. */
  readonly path: NoPathPolicy | true;
  readonly pathPolicy: PathPolicy;
  readonly nbd?: Address;
  readonly wait?: number;
  readonly timeout: number;
  readonly stat?: number;
}

const DEFAULT_WAIT_SECONDS = 10;

export function addAttach(program: Command): void {
  withLinkFlags(program.command('attach'))
    .summary('attach remote disks as units xa0, xa1, …')
    .description('Attach the disks peers offer as units and serve them over NBD, until interrupted.')
    .argument('<peer...>', 'HOST[:PORT], [IPv6]:PORT or unix:PATH; several are several paths', several(peer))
    .option('--serial <serial>', 'attach only this disk (default: all)')
    .option('--read-only', 'never write')
    .option(
      '--no-path <policy>',
      'requests without a path: hold, fail, or SECONDS to hold (default: hold)',
      noPath,
    )
    .addOption(
      new Option(
        '--path-policy <policy>',
        'which path is used: stay on one that works, or go back to a better one',
      )
        .choices(['stay', 'nearest', 'fastest'])
        .default('stay'),
    )
    .option(
      '--nbd <address>',
      'serve the units here: unix:PATH or tcp:ADDR:PORT (to other hosts with --insecure-plain alone)',
      nbdAddress,
    )
    .option('--wait <seconds>', 'wait this long for a disk, also for peers that are not there yet', seconds)
    .option('--timeout <seconds>', 'time for the answer to a request', seconds, 30)
    .option('--stat <seconds>', 'print I/O statistics this often', seconds)
    .action(run);
}

async function run(peers: Address[], flags: Flags): Promise<void> {
  const insecurePlain = flags.insecurePlain === true;
  if (flags.nbd !== undefined) checkExposure(flags.nbd, insecurePlain);
  const setup = setupOf(flags);
  const { log } = setup;
  const output = new Output(flags.json === true);
  await askAboutKeys(setup, peers, output);
  let gateway: Gateway | undefined;
  const infoOf = (unit: Unit) => unitInfo(unit, gateway?.uriOf(unit) ?? null);
  const attach = (disk: Disk): void => {
    if (disk.unit !== undefined || disk.paths.size === 0) return;
    if (flags.serial !== undefined && disk.identity.serial !== flags.serial) return;
    if (disk.conflict)
      log.warn(`${disk.identity.serial}: two disks of different size have this serial number`);
    host.registry.attach(disk, {
      readOnly: flags.readOnly === true,
      noPath: flags.path === true ? { kind: 'hold' } : flags.path,
      pathPolicy: flags.pathPolicy,
      requestTimeoutMs: flags.timeout * 1000,
    });
  };
  const host: ClientHost = new ClientHost(setup, peers, {
    numbers: new NumbersFile(log),
    attachments: new Attachments(stateDirectory(), log),
    events: {
      linkUp: (from) => output.emit({ event: 'link', peer: from, state: 'up', reason: null }),
      linkDown: (from, reason) => output.emit({ event: 'link', peer: from, state: 'down', reason }),
      diskChanged: attach,
      unitChanged: (unit) => {
        const { name, state, paths } = unit;
        const info = infoOf(unit);
        const access = info.read_only ? `, ${readOnlySentence(info.read_only_reason).toLowerCase()}` : '';
        output.emit({ event: 'unit', ...info }, `${name}  ${state}, ${paths.size} paths${access}`);
      },
      unitRemoved: (unit) => output.emit({ event: 'unit_removed', unit: unit.name }),
    },
  });
  const clientEvent = ({ kind, client, ...rest }: NbdServerEvent): void => {
    const reason = 'error' in rest ? (rest.error?.message ?? null) : null;
    output.emit({
      event: 'client',
      state: kind,
      unit: client.exportName ?? '',
      remote: client.remote,
      reason,
    });
  };
  try {
    const what = flags.serial === undefined ? 'a disk' : `a disk with serial "${flags.serial}"`;
    const waitMs = (flags.wait ?? DEFAULT_WAIT_SECONDS) * 1000;
    await host.waitFor(() => host.registry.units[0], what, waitMs, flags.wait !== undefined);
    if (flags.nbd !== undefined) {
      gateway = new Gateway(host.registry, log, limitsOf(setup), clientEvent);
      await gateway.listen(flags.nbd, insecurePlain);
    }
    // While some are opened others may come; ready tells all that stand.
    let units: readonly Unit[] = [];
    while (units.length < host.registry.units.length) {
      const all = host.registry.units;
      await Promise.all(all.slice(units.length).map((unit) => tried(unit)));
      units = all;
    }
    const [first] = units;
    if (first === undefined) throw new HostError('peer', 'the disk went away while it was being attached');
    const infos = units.map(infoOf);
    const { unit, serial, size_bytes, block_bytes, read_only, nbd } = infoOf(first);
    const about = { unit, serial, size_bytes, block_bytes, read_only, nbd };
    const lines = infos.flatMap(({ unit, size_bytes, label, nbd, guarantee, read_only_reason: reason }) => [
      `${unit}  ${formatBytes(size_bytes)}  ${label}  ${nbd ?? 'not exposed'}`,
      ...(reason === null ? [] : [`     ${readOnlySentence(reason)}`]),
      ...(guarantee === null ? [] : [`     ${guaranteeSentence(guarantee)}`]),
    ]);
    const reporter = new StatsReporter(host.registry, (event) => output.emit(event, statsTable(event)));
    if (flags.stat !== undefined) reporter.start(flags.stat * 1000);
    await untilSignal(
      () => output.emit({ event: 'ready', command: 'attach', ...about, units: infos }, lines.join('\n')),
      async () => {
        reporter.stop();
        await gateway?.close();
      },
    );
  } finally {
    await host.close();
  }
}

/** Open the unit once, so that its access is known and what is wrong with it is told at the start. */
async function tried(unit: Unit): Promise<void> {
  const user = await unit.open('attach');
  await user.close();
}
