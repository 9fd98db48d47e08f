import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { ClientHost } from '../../../../electron/host/client-host.ts';
import type { UnitOpener } from '../../../../electron/host/copy/endpoint.ts';
import { ExportHost } from '../../../../electron/host/export-host.ts';
import { Jobs, type JobsClock } from '../../../../electron/host/jobs/jobs.ts';
import type { LinkSetup } from '../../../../electron/host/link-setup.ts';
import type { Unit } from '../../../../electron/xdisk/unit.ts';
import { Job } from '../../../../shared/model/job.ts';
import { until } from '../../../block/support/until.ts';
import { temporaryFolder } from '../../../media/folder.ts';

export const setup: LinkSetup = { dialect: 'auto', insecurePlain: false, log: pino({ level: 'silent' }) };

/** Jobs with all that was told of them; looked at often, at a time the test may turn forward. */
export class TestJobs {
  readonly jobs: Jobs;
  /** Each row as it was told, checked against the contract. */
  readonly told: Job[] = [];
  readonly gone: string[] = [];
  nowMs = 0;

  constructor(t: TestContext, clock: Partial<JobsClock> = {}) {
    this.jobs = new Jobs(
      setup.log,
      (job) => this.told.push(Job.parse(job)),
      (id) => this.gone.push(id),
      { lookEveryMs: 2, closeMs: 5000, now: () => this.nowMs, ...clock },
    );
    t.after(() => this.jobs.close());
  }

  job(id: string): Job {
    const job = this.jobs.list.find((candidate) => candidate.id === id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  /** The row once it fulfils a condition. */
  async when(id: string, condition: (job: Job) => boolean, what: string): Promise<Job> {
    await until(() => condition(this.job(id)), `${what}, but it is ${JSON.stringify(this.job(id))}`);
    return this.job(id);
  }

  over(id: string): Promise<Job> {
    return this.when(id, (job) => job.ended_at !== null, 'the end of the job');
  }

  /** States told of a job, each once. */
  states(id: string): string[] {
    const states = this.told.filter((job) => job.id === id).map((job) => job.state);
    return states.filter((state, index) => state !== states[index - 1]);
  }
}

/** A unit of a disk that is exported by this process, over a real socket. */
export async function attached(
  t: TestContext,
  source: string,
  options: { readonly readOnly?: boolean; readonly label?: string } = {},
): Promise<{ unit: Unit; units: UnitOpener; exporter: ExportHost; address: string }> {
  const path = join(temporaryFolder(t), 'dmsg.sock');
  const exporter = await ExportHost.start(setup, {
    sources: [source],
    listen: [{ kind: 'unix', path }],
    connect: [],
    serial: 'JOBS',
    label: options.label ?? 'test/disk',
    readOnly: options.readOnly ?? false,
  });
  const client = new ClientHost(setup, [{ kind: 'unix', path }]);
  t.after(async () => {
    await client.close();
    await exporter.close();
  });
  const disk = await client.waitFor(() => client.registry.disks[0], 'the disk', 10_000);
  const unit = client.registry.attach(disk);
  const units: UnitOpener = { open: (name) => (name === unit.name ? unit.open('copy') : undefined) };
  return { unit, units, exporter, address: `unix:${path}` };
}
