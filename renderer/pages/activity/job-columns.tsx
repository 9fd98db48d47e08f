import { ActionIcon, Button, Progress } from '@mantine/core';
import { Copy } from 'lucide-react';
import { formatDuration } from '../../../shared/format.ts';
import type { Job } from '../../../shared/model/job.ts';
import { copyText } from '../../components/copy-button.tsx';
import { JobBadge } from '../../components/status/badges.tsx';
import { JOB_LOOKS } from '../../components/status/words.ts';
import type { Column } from '../../components/table/index.ts';
import { Age, Duration, NoValue, Rate, Time } from '../../components/values.tsx';
import { cancelJob, dismissJob, isOver, partOf } from '../../drawers/job/job-acts.ts';
import { toastDone } from '../../stores/toast.ts';
import styles from './activity.module.css';

export const JOB_COLUMNS: readonly Column<Job>[] = [
  {
    id: 'state',
    header: 'State',
    width: 104,
    value: (job) => job.state,
    text: (job) => JOB_LOOKS[job.state].word,
    cell: (job) => <JobBadge job={job} />,
  },
  { id: 'title', header: 'Job', width: 190, grow: true, fixed: true, value: (job) => job.title },
  {
    id: 'progress',
    header: 'Progress',
    width: 150,
    value: partOf,
    text: () => '',
    cell: (job) => <JobBar job={job} />,
  },
  {
    id: 'rate',
    header: 'Rate',
    width: 112,
    align: 'right',
    value: (job) => (isOver(job) ? null : job.rate_bytes),
    text: () => '',
    cell: (job) => <Rate bytesPerSecond={isOver(job) ? null : job.rate_bytes} />,
  },
  {
    id: 'eta',
    header: 'Left',
    description: 'Time left, once it has run for five seconds',
    width: 84,
    align: 'right',
    value: (job) => job.eta_seconds,
    text: () => '',
    cell: (job) => <Duration ms={job.eta_seconds === null ? null : job.eta_seconds * 1000} />,
  },
  {
    id: 'acts',
    header: 'Acts',
    width: 120,
    value: () => null,
    text: () => '',
    cell: (job) => <JobActs job={job} />,
  },
  {
    id: 'result',
    header: 'Result',
    width: 160,
    value: (job) => job.error?.message ?? job.summary,
  },
  {
    id: 'started',
    header: 'Started',
    width: 146,
    value: (job) => job.created_at,
    text: () => '',
    cell: (job) => <Time at={job.created_at} />,
  },
  {
    id: 'took',
    header: 'Time',
    description: 'How long it has run, or ran',
    width: 66,
    align: 'right',
    value: (job) => (job.ended_at === null ? null : job.ended_at - job.created_at),
    text: () => '',
    cell: (job) =>
      job.ended_at === null ? <Age at={job.created_at} /> : formatDuration(job.ended_at - job.created_at),
  },
  {
    id: 'phase',
    header: 'Phase',
    width: 150,
    hidden: true,
    value: (job) => (isOver(job) ? null : job.phase),
  },
];

/** A bar with its percentage; the bar stays where it ended. */
export function JobBar({ job }: { job: Job }) {
  const part = partOf(job);
  if (part === null) return <NoValue />;
  const percent = part * 100;
  return (
    <span className={styles.progress}>
      <Progress
        className={styles.bar}
        value={percent}
        color={job.state === 'failed' ? 'err' : job.state === 'stalled' ? 'warn' : 'info'}
        aria-label={`${job.title}: ${percent.toFixed(0)} %`}
      />
      <span className="num">{percent.toFixed(1)} %</span>
    </span>
  );
}

/** By keyboard they are in the menu of the row. */
function JobActs({ job }: { job: Job }) {
  const over = isOver(job);
  return (
    <span className={styles.acts}>
      <Button
        size="compact-xs"
        variant="default"
        tabIndex={-1}
        w={76}
        disabled={job.state === 'cancelling'}
        onClick={(event) => {
          event.stopPropagation();
          void (over ? dismissJob(job) : cancelJob(job));
        }}
      >
        {over ? 'Dismiss' : 'Cancel'}
      </Button>
      <ActionIcon
        size="sm"
        tabIndex={-1}
        aria-label="Copy the command"
        data-hint={`Copy the command: ${job.command}`}
        onClick={(event) => {
          event.stopPropagation();
          void copyCommand(job);
        }}
      >
        <Copy size={13} />
      </ActionIcon>
    </span>
  );
}

export async function copyCommand(job: Job): Promise<void> {
  if (await copyText(job.command)) toastDone('The command is in the clipboard');
}
