import type { Command } from 'commander';
import { logUpdateStderr } from 'log-update';
import { Copier } from '../host/copy/copier.ts';
import { openSource, openTarget } from '../host/copy/endpoint.ts';
import { HostError } from '../host/host-error.ts';
import { ExitCode } from './exit.ts';
import { Output } from './output.ts';
import { bytes, duration } from './units.ts';
import { type LinkFlags, setupOf, withLinkFlags } from './values.ts';

interface Flags extends LinkFlags {
  readonly verify?: true;
  readonly overwrite?: true;
}

const REPORT_MS = 1000;
/** Before this much time an estimate is a guess. */
const ETA_FROM_SECONDS = 5;

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
    .action(run);
}

async function run(from: string, to: string, flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const setup = setupOf(flags, true);
  const cancel = new AbortController();
  const onSignal = (): void => {
    if (cancel.signal.aborted) process.exit(ExitCode.cancelled);
    cancel.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  const source = await openSource(from, setup);
  try {
    const sizeBytes = source.device.sizeBytes;
    const target = await openTarget(to, sizeBytes, flags.overwrite === true, setup);
    try {
      output.emit({ event: 'ready', command: 'copy', from, to, size_bytes: sizeBytes });
      const copier = new Copier(source.device, target.device, target.blank, cancel.signal);
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
  let phaseStartMs = startMs;
  const report = (): void => {
    const { phase, doneBytes } = copier.progress;
    const spent = (performance.now() - phaseStartMs) / 1000;
    const rate = doneBytes / Math.max(spent, 0.001);
    const eta = spent < ETA_FROM_SECONDS || doneBytes === 0 ? null : (sizeBytes - doneBytes) / rate;
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
    const left = eta === null ? '' : `, ${duration(eta)} left`;
    logUpdateStderr(
      `${phase} ${percent} %  ${bytes(doneBytes)} of ${bytes(sizeBytes)}  ${bytes(rate)}/s${left}`,
    );
  };
  const timer = setInterval(report, REPORT_MS);
  try {
    await copier.copy();
    const { zeroBytes } = copier.progress;
    report();
    if (verify) {
      phaseStartMs = performance.now();
      await copier.verify();
      report();
    }
    logUpdateStderr.clear();
    const seconds = (performance.now() - startMs) / 1000;
    output.emit(
      { event: 'done', copied_bytes: sizeBytes, zero_bytes: zeroBytes, seconds, verified: verify },
      `copied ${bytes(sizeBytes)} (${bytes(zeroBytes)} zeros) in ${duration(seconds)}${verify ? ', verified' : ''}`,
    );
  } catch (error) {
    logUpdateStderr.clear();
    if (!(error instanceof HostError) || error.kind !== 'cancelled') throw error;
    const done = bytes(copier.progress.doneBytes);
    throw new HostError(
      'cancelled',
      `cancelled in ${copier.progress.phase} after ${done}; ${to} is not a whole copy`,
    );
  } finally {
    clearInterval(timer);
  }
}
