import type { Input } from '../../../shared/contract.ts';
import { formatSize } from '../../target/media/size.ts';
import { UnitBusyError } from '../../xdisk/registry.ts';
import { InputError } from '../api/call-error.ts';
import { Copier } from '../copy/copier.ts';
import { type Endpoint, openSource, openTarget, type UnitOpener } from '../copy/endpoint.ts';
import { parseEndpoint } from '../copy/endpoint-name.ts';
import { kindOf } from '../host-error.ts';
import type { LinkSetup } from '../link-setup.ts';
import type { JobRun, Jobs } from './jobs.ts';

/** What a copy is started with. */
export interface CopyContext {
  readonly jobs: Jobs;
  readonly setup: LinkSetup;
  readonly units: UnitOpener;
  /** The command that does the same. */
  readonly command: string;
  /** Of the call that asks for the job: it ends what is opened for it, not the job. */
  readonly signal: AbortSignal;
}

type CopyInput = Input<'jobs.copy'>;

/**
 * Open both ends, then copy as a job, which holds them until it is over.
 * @returns the job's id
 * @throws InputError `from`, `to` or `overwrite`; UnitBusyError; the signal's reason
 */
export async function startCopy(input: CopyInput, context: CopyContext): Promise<string> {
  const { jobs, command, signal } = context;
  const { kind } = await atField('to', (async () => parseEndpoint(input.to, true))());
  // A disk has no name that is new, as a file may have: whatever is on it is replaced.
  if (kind !== 'file' && !input.overwrite) {
    throw new InputError('overwrite', `the content of ${input.to} is replaced: that has to be allowed`);
  }
  const source = await atField('from', openSource(input.from, context));
  let target: Endpoint | undefined;
  const close = async (): Promise<void> => {
    try {
      await target?.close();
    } finally {
      await source.close();
    }
  };
  try {
    const opened = await atField('to', openTarget(input.to, source, input.overwrite, context));
    target = opened;
    signal.throwIfAborted();
    return jobs.start({
      kind: 'copy',
      title: `Copy ${input.from} to ${input.to}`,
      command,
      sizeBytes: source.device.sizeBytes,
      run: (run) => copy(input, source, opened, run),
      close,
    });
  } catch (error) {
    await close().catch(() => {}); // what went wrong first is told
    throw error;
  }
}

async function copy(input: CopyInput, source: Endpoint, target: Endpoint, run: JobRun): Promise<string> {
  const copier = new Copier(source.device, target.device, {
    blank: target.blank,
    signal: run.signal,
    rateBytes: input.rate_limit_bytes ?? undefined,
  });
  const { progress } = copier;
  const size = formatSize(source.device.sizeBytes);
  run.follow(progress);
  try {
    await copier.copy();
    if (input.verify) await copier.verify();
  } catch (error) {
    run.leaves(remains(input.to, progress.phase, `${formatSize(progress.doneBytes)} of ${size}`, error));
    throw error;
  }
  const zeros = progress.zeroBytes > 0 ? `, ${formatSize(progress.zeroBytes)} of it zeros` : '';
  return `${size} copied${zeros}${input.verify ? ', verified' : ''}`;
}

function remains(to: string, phase: 'copy' | 'verify', done: string, error: unknown): string {
  if (phase === 'copy') return `${to} is not a whole copy: ${done} are`;
  if (kindOf(error) === 'verify') return `${to} does not equal its source`;
  return `${to} is a whole copy, of which ${done} were verified`;
}

/** An error of what a field names, told at that field. */
async function atField<T>(field: 'from' | 'to', opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof UnitBusyError || kindOf(error) === 'internal') throw error;
    throw new InputError(field, (error as Error).message, error);
  }
}
