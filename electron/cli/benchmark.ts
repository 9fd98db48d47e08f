import type { Command } from 'commander';
import { formatByteRate, formatBytes, formatCount, formatLatency } from '../../shared/format.ts';
import type { BenchmarkResult } from '../../shared/model/job.ts';
import { openDisk } from '../host/copy/open-disk.ts';
import { HostError } from '../host/host-error.ts';
import { Benchmark } from '../host/jobs/benchmark.ts';
import type { Address } from '../stream/address.ts';
import { askAboutKeys } from './ask-trust.ts';
import { cancelSignal } from './cancel.ts';
import { Output } from './output.ts';
import { type LinkFlags, peer, seconds, setupOf, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly serial: string;
  readonly seconds: number;
  readonly write?: true;
  readonly label?: string;
}

const DEFAULT_SECONDS = 5;

export function addBenchmark(program: Command): void {
  withLinkFlags(program.command('benchmark'))
    .summary('measure how fast a disk is')
    .description(
      'Read a disk of a peer at random, one request at a time and many, and in sequence, and tell how fast it ' +
        'answered. With --write the same is done with writes of random bytes: the content of the disk is lost.',
    )
    .argument('<peer>', 'HOST[:PORT], [IPv6]:PORT or unix:PATH', peer)
    .requiredOption('--serial <serial>', 'the disk to measure')
    .option('--seconds <seconds>', 'time for each test', seconds, DEFAULT_SECONDS)
    .option('--write', 'overwrite the disk; asks for --label')
    .option('--label <label>', 'label of the disk that may be overwritten')
    .action(run);
}

async function run(from: Address, flags: Flags): Promise<void> {
  const { serial, seconds: time } = flags;
  const write = flags.write === true;
  if (write && flags.label === undefined) {
    throw new HostError(
      'usage',
      '--write overwrites the disk: name it with --label as well (see: spandrel spans)',
    );
  }
  const output = new Output(flags.json === true);
  const setup = setupOf(flags, true);
  await askAboutKeys(setup, [from], output);
  const signal = cancelSignal();
  const disk = await openDisk(from, serial, setup, !write);
  try {
    const { label, sizeBytes, blockBytes } = disk.identity;
    if (write && flags.label !== label) {
      throw new HostError(
        'usage',
        `${serial} is labelled "${label}", not "${flags.label}": nothing was written`,
      );
    }
    if (write && disk.device.readOnly) throw new HostError('local', `${serial} is read-only`);
    const about = { serial, label, size_bytes: sizeBytes, block_bytes: blockBytes };
    output.emit(
      { event: 'ready', command: 'benchmark', ...about, seconds: time, write },
      `${serial}  ${formatBytes(sizeBytes)}  ${label}`,
    );
    const startMs = performance.now();
    const benchmark = new Benchmark(disk.device, { seconds: time, write, signal });
    await benchmark.run((result) => output.emit({ event: 'benchmark_result', ...result }, lineOf(result)));
    if (benchmark.caveat !== null) setup.log.warn(benchmark.caveat);
    output.emit({ event: 'done', command: 'benchmark', seconds: (performance.now() - startMs) / 1000 });
  } finally {
    await disk.close();
  }
}

function lineOf(result: BenchmarkResult): string {
  const requests = `${formatCount(result.requests_per_second)}/s`.padStart(12);
  const rate = formatByteRate(result.bytes_per_second).padStart(14);
  const latencies = [result.p50_us, result.p99_us, result.p999_us].map(formatLatency).join(' / ');
  return `${result.test.padEnd(32)}${requests}${rate}   ${latencies} (p50 / p99 / p99.9)`;
}
