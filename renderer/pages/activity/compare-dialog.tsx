import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import type { Job } from '../../../shared/model/job.ts';
import { download } from '../../components/chart/download.ts';
import { benchmarkJson } from '../../drawers/job/benchmark-rows.ts';
import { BenchmarkTable } from '../../drawers/job/benchmark-table.tsx';

/** Benchmarks side by side; differences are to the oldest. */
export function CompareDialog({ jobs, onClose }: { jobs: readonly Job[]; onClose(): void }) {
  const oldestFirst = [...jobs].sort((a, b) => a.created_at - b.created_at);
  return (
    <Modal opened onClose={onClose} title="Compare benchmarks" size={860}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Differences are to the oldest run. More IOPS are better, less latency is.
        </Text>
        <BenchmarkTable jobs={oldestFirst} />
        <Group justify="flex-end" gap="xs">
          <Button
            variant="default"
            leftSection={<Download size={13} />}
            onClick={() =>
              download('spandrel-benchmarks.json', benchmarkJson(oldestFirst), 'application/json')
            }
          >
            Save as JSON
          </Button>
          <Button onClick={onClose}>Close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
