import { Button, Progress } from '@mantine/core';
import { JobBadge } from '../../components/status/badges.tsx';
import { isOver, partOf } from '../../drawers/job/job-acts.ts';
import { useRows } from '../../stores/tables.ts';
import { openObject, openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';

const SHOWN = 3;

/** The jobs that run; room for three, whether they are there or not. */
export function RunningJobs() {
  const jobs = useRows('jobs').filter((job) => !isOver(job));
  return (
    <section className={styles.card} aria-labelledby="jobs">
      <div className={styles.cardHead}>
        <h2 id="jobs">Jobs</h2>
        {jobs.length > SHOWN && (
          <span className={styles.note}>
            {SHOWN} of {jobs.length} that run
          </span>
        )}
        <Button variant="subtle" size="compact-xs" onClick={() => openPage('activity', 'jobs')}>
          All jobs
        </Button>
      </div>
      <div className={styles.three}>
        {jobs.length === 0 && <span className="dim">No job runs.</span>}
        {jobs.slice(0, SHOWN).map((job) => {
          const part = partOf(job);
          const percent = (part ?? 0) * 100;
          return (
            <div key={job.id} className={styles.job}>
              <button
                type="button"
                className={styles.link}
                onClick={() => openObject({ kind: 'job', id: job.id })}
              >
                {job.title}
              </button>
              <JobBadge job={job} />
              <span className="num">{part === null ? '–' : `${percent.toFixed(1)} %`}</span>
              {part !== null && (
                <Progress value={percent} aria-label={`${job.title}: ${percent.toFixed(0)} %`} />
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}
