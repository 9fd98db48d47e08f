import { type Command, InvalidArgumentError } from 'commander';
import { logUpdateStderr } from 'log-update';
import { formatBytes, formatDuration } from '../../shared/format.ts';
import { Copier } from '../host/copy/copier.ts';
import { openSource, openTarget } from '../host/copy/endpoint.ts';
import { HostError } from '../host/host-error.ts';
import { Pace } from '../host/jobs/pace.ts';
import { parseSize } from '../target/media/size.ts';
import { cancelSignal } from './cancel.ts';
import { Output } from './output.ts';
import { type LinkFlags, setupOf, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly verify?: true;
  readonly overwrite?: true;
  /** Bytes per second. */
  readonly rate?: number;
}

const REPORT_MS = 1000;
/** As in the app. */
const MIN_RATE = 1024;

export function addCopy(program: Command): void {
  withLinkFlags(program.command('copy'))
    .summary('copy a disk to another disk or a file')
    .description(
      'Copy FROM to TO. Each is a unit (dmsg://HOST:PORT/SERIAL, dmsg+unix:///SERIAL?socket=PATH), an NBD URI ' +
        '(nbd://HOST:PORT/NAME, nbd+unix:///NAME?socket=PATH) or the path of a file or device. Zeros stay holes ' +
        'in a new file. The copy is on stable storage when the command ends with 0.',
    )
    .argument('<from>')
    .argument('<to>')
    .option('--verify', 'read both sides again and compare')
    .option('--overwrite', 'replace the content of a file that exists')
    .option('--rate <bytes>', 'read no more than this each second, for example 50MiB', rateOf)
    .action(run);
}

function rateOf(text: string): number {
  try {
    const rate = parseSize(text);
    if (rate >= MIN_RATE) return rate;
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  throw new InvalidArgumentError(`${text} a second is too slow: ${formatBytes(MIN_RATE)} is the least`);
}

async function run(from: string, to: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const setup = setupOf(flags, true);
  const signal = cancelSignal();
  const source = await openSource(from, { setup });
  try {
    const sizeBytes = source.device.sizeBytes;
    const target = await openTarget(to, source, flags.overwrite === true, { setup });
    try {
      output.emit({ event: 'ready', command: 'copy', from, to, size_bytes: sizeBytes });
      const options = { blank: target.blank, signal, rateBytes: flags.rate };
      const copier = new Copier(source.device, target.device, options);
      await reported(output, copier, sizeBytes, flags.verify === true, to);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function reported(
  output: Output,
  copier: Copier,
  sizeBytes: number,
  verify: boolean,
  to: string,
): Promise<void> {
  const startMs = performance.now();
  const pace = new Pace(startMs);
  const report = (): void => {
    const { phase, doneBytes } = copier.progress;
    pace.look(performance.now(), phase, doneBytes);
    const rate = pace.rateBytes;
    const eta = pace.secondsLeft(sizeBytes);
    output.emit({
      event: 'progress',
      phase,
      done_bytes: doneBytes,
      size_bytes: sizeBytes,
      rate_bytes: rate,
      eta_seconds: eta,
    });
    if (output.json || process.stderr.isTTY !== true) return;
    const percent = ((doneBytes / sizeBytes) * 100).toFixed(1);
    const left = pace.isStalled ? ', stalled' : eta === null ? '' : `, ${formatDuration(eta * 1000)} left`;
    logUpdateStderr(
      `${phase} ${percent} %  ${formatBytes(doneBytes)} of ${formatBytes(sizeBytes)}  ${formatBytes(rate)}/s${left}`,
    );
  };
  const timer = setInterval(report, REPORT_MS);
  try {
    await copier.copy();
    const { zeroBytes } = copier.progress;
    report();
    if (verify) {
      await copier.verify();
      report();
    }
    logUpdateStderr.clear();
    const seconds = (performance.now() - startMs) / 1000;
    const counts = { copied_bytes: sizeBytes, zero_bytes: zeroBytes, seconds, verified: verify };
    output.emit(
      { event: 'done', command: 'copy', ...counts },
      `copied ${formatBytes(sizeBytes)} (${formatBytes(zeroBytes)} zeros) in ${formatDuration(seconds * 1000)}${verify ? ', verified' : ''}`,
    );
  } catch (error) {
    logUpdateStderr.clear();
    if (!(error instanceof HostError) || error.kind !== 'cancelled') throw error;
    const done = formatBytes(copier.progress.doneBytes);
    throw new HostError(
      'cancelled',
      `cancelled in ${copier.progress.phase} after ${done}; ${to} is not a whole copy`,
    );
  } finally {
    clearInterval(timer);
  }
}
