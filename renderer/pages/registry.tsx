import {
  Activity,
  ChartLine,
  Cloud,
  HardDrive,
  LayoutDashboard,
  type LucideIcon,
  Network,
  Settings,
  Upload,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { PageName } from '../stores/route.ts';
import { ActivityPage } from './activity/index.tsx';
import { DisksPage } from './disks/index.tsx';
import { ExportsPage } from './exports/index.tsx';
import { OverviewPage } from './overview/index.tsx';
import { PeersPage } from './peers/index.tsx';
import { PerformancePage } from './performance/index.tsx';
import { SettingsPage } from './settings/index.tsx';
import { UnitsPage } from './units/index.tsx';

interface PageEntry {
  readonly label: string;
  /** What it is in the words of the field. */
  readonly hint: string;
  readonly icon: LucideIcon;
  readonly component: ComponentType;
}

/** The pages, in the order of the rail and of Ctrl+1 … 8. */
export const PAGE_ENTRIES: Readonly<Record<PageName, PageEntry>> = {
  overview: {
    label: 'Overview',
    hint: 'What needs attention',
    icon: LayoutDashboard,
    component: OverviewPage,
  },
  disks: {
    label: 'Remote disks',
    hint: 'Remote disks (spans) peers offer',
    icon: Cloud,
    component: DisksPage,
  },
  units: { label: 'Attached disks', hint: 'Disks attached here (xa)', icon: HardDrive, component: UnitsPage },
  peers: { label: 'Peers', hint: 'Machines this one connects to', icon: Network, component: PeersPage },
  exports: {
    label: 'Exports',
    hint: 'Disks of this machine offered to peers',
    icon: Upload,
    component: ExportsPage,
  },
  performance: { label: 'Performance', hint: 'Charts', icon: ChartLine, component: PerformancePage },
  activity: { label: 'Activity', hint: 'Jobs, events and log', icon: Activity, component: ActivityPage },
  settings: {
    label: 'Settings',
    hint: 'Looks, addresses, metrics, backups',
    icon: Settings,
    component: SettingsPage,
  },
};
