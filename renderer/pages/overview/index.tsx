import { RangePicker } from '../../components/chart/range-picker.tsx';
import { Page } from '../../components/page.tsx';
import { useReady, useRows } from '../../stores/tables.ts';
import { DemoBanner } from './demo-banner.tsx';
import { FirstRun } from './first-run.tsx';
import { HealthStrip } from './health-strip.tsx';
import { LastEvents } from './last-events.tsx';
import { Notices } from './notices.tsx';
import styles from './overview.module.css';
import { RunningJobs } from './running-jobs.tsx';
import { Totals } from './totals.tsx';
import { WorstUnits } from './worst-units.tsx';

/** What needs attention, at a glance. */
export function OverviewPage() {
  const ready = useReady();
  const configured = useRows('peers').length + useRows('exports').length + useRows('units').length > 0;
  if (ready && !configured)
    return (
      <Page title="Overview">
        <Notices />
        <FirstRun />
      </Page>
    );
  return (
    <Page title="Overview" actions={<RangePicker />}>
      <div className={styles.page}>
        <Notices />
        <DemoBanner />
        <HealthStrip />
        <Totals />
        <div className={styles.columns}>
          <div className={styles.column}>
            <WorstUnits />
            <RunningJobs />
          </div>
          <LastEvents />
        </div>
      </div>
    </Page>
  );
}
