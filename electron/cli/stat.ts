import type { Command } from 'commander';
import { BlockOp, BlockRequest } from '../block/device.ts';
import { ClientHost, unitInfo } from '../host/client-host.ts';
import { StatsReporter } from '../host/stats-reporter.ts';
import type { Address } from '../stream/address.ts';
import type { Disk } from '../xdisk/disk.ts';
import type { UnitUser } from '../xdisk/unit-user.ts';
import { askAboutKeys } from './ask-trust.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { statsTable } from './stats-table.ts';
import { type LinkFlags, peer, seconds, setupOf, several, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly interval: number;
  readonly probe: boolean;
}

const CONNECT_MS = 10_000;
const PROBES_PER_INTERVAL = 10;

export function addStat(program: Command): void {
  withLinkFlags(program.command('stat'))
    .summary('live table of how disks respond, as iostat')
    .description(
      'Attach the disks peers offer for reading only and print a table like iostat -x at each interval. The ' +
        "requests counted are this program's own: reads of one block, which show how fast each disk answers.",
    )
    .argument('<peer...>', 'HOST[:PORT], [IPv6]:PORT or unix:PATH', several(peer))
    .option('--interval <seconds>', 'time between two tables', seconds, 1)
    .option('--no-probe', 'read nothing: show paths and states only')
    .action(run);
}

async function run(peers: Address[], flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const intervalMs = flags.interval * 1000;
  const probes = new Map<Disk, Probe>();
  const follow = (disk: Disk): void => {
    if (disk.unit !== undefined || disk.paths.size === 0) return;
    const unit = host.registry.attach(disk, { readOnly: true, noPath: { kind: 'fail' } });
    if (!flags.probe) return;
    unit.open('stat').then(
      (user) => probes.set(disk, new Probe(user, intervalMs / PROBES_PER_INTERVAL)),
      () => {}, // its state in the table tells
    );
  };
  const setup = setupOf(flags, true);
  await askAboutKeys(setup, peers, output);
  const host: ClientHost = new ClientHost(setup, peers, { events: { diskChanged: follow } });
  try {
    await host.waitFor(() => host.registry.units[0], 'a disk', CONNECT_MS);
    const units = host.registry.units.map((unit) => unitInfo(unit, null));
    const reporter = new StatsReporter(host.registry, (event) => output.emit(event, statsTable(event)));
    reporter.start(intervalMs);
    await untilSignal(
      () => output.emit({ event: 'ready', command: 'stat', units }),
      async () => {
        reporter.stop();
        for (const probe of probes.values()) probe.stop();
      },
    );
  } finally {
    await host.close();
  }
}

/** Reads one block of a disk now and then, never two at a time, each at another place. */
class Probe extends BlockRequest {
  readonly #user: UnitUser;
  readonly #timer: NodeJS.Timeout;
  #busy = false;

  constructor(user: UnitUser, everyMs: number) {
    super();
    this.#user = user;
    this.op = BlockOp.read;
    this.length = user.blockBytes;
    this.buffer = Buffer.allocUnsafeSlow(this.length);
    this.#timer = setInterval(() => this.#read(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  override done(): void {
    this.#busy = false;
  }

  #read(): void {
    if (this.#busy) return;
    this.#busy = true;
    const blocks = this.#user.sizeBytes / this.length;
    this.offset = Math.floor(Math.random() * blocks) * this.length;
    this.#user.submit(this);
  }
}
