import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Job } from '../../../shared/model/job.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { JOB_LOOKS } from '../../components/status/words.ts';
import { DataTable } from '../../components/table/index.ts';
import { cancelJob, dismissJob, isOver, partOf } from '../../drawers/job/job-acts.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';
import styles from './activity.module.css';
import { CompareDialog } from './compare-dialog.tsx';
import { copyCommand, JOB_COLUMNS } from './job-columns.tsx';

const idOf = (job: Job) => job.id;
const nameOf = (job: Job) => {
  const part = partOf(job);
  const done = part === null || isOver(job) ? '' : `, ${(part * 100).toFixed(0)} %`;
  return `${job.title}, ${JOB_LOOKS[job.state].word}${done}`;
};
const comparable = (jobs: readonly Job[]) => jobs.filter(({ benchmark }) => benchmark.length > 0);

/** Long work: what runs, and what came of what ran since the host was started. */
export function JobsPanel() {
  const { object } = useRoute();
  const [compared, setCompared] = useState<readonly Job[] | null>(null);
  const jobs = useRows('jobs');
  return (
    <div className={styles.grow}>
      <DataTable
        id="jobs"
        label="Jobs"
        noun={['job', 'jobs']}
        rows={jobs}
        ready={useReady()}
        columns={JOB_COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        defaultSort={{ id: 'started', desc: true }}
        selectable
        openId={object?.kind === 'job' ? object.id : null}
        onOpen={(job, options) => openObject({ kind: 'job', id: job.id }, options)}
        acts={{ copy: ([job]) => job !== undefined && void copyCommand(job) }}
        menu={(about) => entriesOf(about)}
        toolbar={(selected) => {
          const results = comparable(selected);
          const over = jobs.filter(isOver);
          return (
            <>
              <ActButton
                reason={results.length < 2 ? 'Select two or more benchmarks with results (Space)' : null}
                onClick={() => setCompared(results)}
              >
                Compare benchmarks
              </ActButton>
              <ActButton
                reason={over.length === 0 ? 'No job has ended' : null}
                onClick={() => void Promise.all(over.map(dismissJob))}
              >
                Dismiss all ended
              </ActButton>
              <Button onClick={() => openDialog({ kind: 'copy' })}>Copy…</Button>
            </>
          );
        }}
        empty={
          <EmptyState
            text="No jobs. Copies, images and benchmarks run here, and go on when this window is closed."
            action={{ label: 'Copy…', run: () => openDialog({ kind: 'copy' }) }}
          />
        }
      />
      {compared !== null && <CompareDialog jobs={compared} onClose={() => setCompared(null)} />}
    </div>
  );
}

function entriesOf(jobs: readonly Job[]) {
  const running = jobs.filter((job) => !isOver(job));
  const over = jobs.filter(isOver);
  const [first] = jobs;
  return [
    {
      label: 'Cancel',
      run: () => void Promise.all(running.map(cancelJob)),
      ...(running.length === 0 ? { disabled: 'It has ended' } : {}),
    },
    {
      label: 'Dismiss',
      run: () => void Promise.all(over.map(dismissJob)),
      ...(over.length === 0 ? { disabled: 'It still runs' } : {}),
    },
    {
      label: 'Copy the command',
      act: 'copy' as const,
      run: () => first !== undefined && void copyCommand(first),
    },
  ];
}
