import { Group } from '@mantine/core';
import { HEALTH_ORDER } from '../../../shared/health.ts';
import { Page } from '../../components/page.tsx';
import { Badge, SeverityBadge } from '../../components/status/badges.tsx';
import { HEALTH_LOOKS } from '../../components/status/words.ts';
import { Time } from '../../components/values.tsx';
import { useJournal } from '../../stores/journal.ts';
import { useRows } from '../../stores/tables.ts';

export function OverviewPage() {
  const units = useRows('units');
  const events = useJournal();
  return (
    <Page title="Overview">
      <Group gap="lg">
        {HEALTH_ORDER.map((health) => (
          <Badge
            key={health}
            look={HEALTH_LOOKS[health]}
            word={`${units.filter((unit) => unit.health === health).length} ${HEALTH_LOOKS[health].word}`}
          />
        ))}
      </Group>
      <h2>Last events</h2>
      {events.slice(0, 10).map((event) => (
        <Group key={event.id} gap="sm">
          <Time at={event.last_at} /> <SeverityBadge severity={event.severity} /> {event.text}
        </Group>
      ))}
    </Page>
  );
}
