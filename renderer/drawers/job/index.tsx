import { Button, Progress, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { formatBytes, formatDuration } from '../../../shared/format.ts';
import type { Job } from '../../../shared/model/job.ts';
import { download } from '../../components/chart/download.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Fields } from '../../components/fields.tsx';
import { RawView } from '../../components/raw-view.tsx';
import { JobBadge } from '../../components/status/badges.tsx';
import { Age, Duration, Rate, Time } from '../../components/values.tsx';
import { useUnits } from '../../stores/settings.ts';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';
import { EventsTab } from '../events/events-tab.tsx';
import { benchmarkJson } from './benchmark-rows.ts';
import { BenchmarkTable } from './benchmark-table.tsx';
import { cancelJob, dismissJob, isOver, partOf } from './job-acts.ts';

/** A job: how far it is, what came of it, and the command that does the same. */
export function JobDrawer({ id }: { id: string }) {
  const job = useRow('jobs', id);
  if (job === undefined) return <Gone what="This job" />;
  const over = isOver(job);
  return (
    <DrawerPage
      title={job.title}
      sub={<JobBadge job={job} />}
      actions={
        <Button
          variant="default"
          disabled={job.state === 'cancelling'}
          onClick={() => void (over ? dismissJob(job) : cancelJob(job))}
        >
          {over ? 'Dismiss' : 'Cancel'}
        </Button>
      }
      tabs={[
        { id: 'summary', label: 'Summary', render: () => <Summary job={job} /> },
        { id: 'events', label: 'Events', render: () => <EventsTab objectId={id} /> },
        { id: 'raw', label: 'Raw', render: () => <RawView value={job} command={job.command} /> },
      ]}
    />
  );
}

function Summary({ job }: { job: Job }) {
  const units = useUnits();
  const over = isOver(job);
  const part = partOf(job);
  const of = job.size_bytes > 0 ? ` of ${formatBytes(job.size_bytes, units)}` : '';
  return (
    <Stack gap="md">
      {part !== null && (
        <Progress
          size="lg"
          value={part * 100}
          color={job.state === 'failed' ? 'err' : job.state === 'stalled' ? 'warn' : 'info'}
          aria-label={`Progress: ${(part * 100).toFixed(0)} %`}
        />
      )}
      {job.error !== null && (
        <ErrorPanel
          title={`${job.title} ${job.state === 'cancelled' ? 'was cancelled' : 'failed'}`}
          error={job.error}
        />
      )}
      {job.summary !== null && job.benchmark.length === 0 && <Text size="sm">{job.summary}</Text>}
      <Fields
        items={[
          part === null
            ? null
            : {
                name: 'Done',
                value: (
                  <span className="num">
                    {(part * 100).toFixed(1)} %, {formatBytes(job.done_bytes, units)}
                    {of}
                  </span>
                ),
              },
          over ? null : { name: 'Phase', value: job.phase === '' ? 'Starting' : job.phase },
          over ? null : { name: 'Rate', value: <Rate bytesPerSecond={job.rate_bytes} /> },
          over
            ? null
            : {
                name: 'Time left',
                value:
                  job.state === 'stalled' ? (
                    'Not known: no progress for 10 s'
                  ) : (
                    <Duration ms={job.eta_seconds === null ? null : job.eta_seconds * 1000} />
                  ),
              },
          { name: 'Started', value: <Time at={job.created_at} /> },
          job.ended_at === null
            ? { name: 'Runs for', value: <Age at={job.created_at} /> }
            : { name: 'Took', value: formatDuration(job.ended_at - job.created_at) },
        ]}
      />
      {job.benchmark.length > 0 && (
        <Stack gap="xs">
          <BenchmarkTable jobs={[job]} />
          <Button
            variant="default"
            style={{ alignSelf: 'flex-start' }}
            leftSection={<Download size={13} />}
            onClick={() => download('spandrel-benchmark.json', benchmarkJson([job]), 'application/json')}
          >
            Save results as JSON
          </Button>
        </Stack>
      )}
      <CodeBlock label="command" text={job.command} />
    </Stack>
  );
}
