import type { ComponentType } from 'react';
import { AboutSection } from './sections/about.tsx';
import { ConnectionsSection } from './sections/connections.tsx';
import { DiagnosticsSection } from './sections/diagnostics.tsx';
import { FailoverSection } from './sections/failover.tsx';
import { GeneralSection } from './sections/general.tsx';
import { ImportExportSection } from './sections/import-export.tsx';
import { LimitsSection } from './sections/limits.tsx';
import { MetricsSection } from './sections/metrics.tsx';
import { NotificationsSection } from './sections/notifications.tsx';
import { RetentionSection } from './sections/retention.tsx';
import { SecuritySection } from './sections/security.tsx';
import { UnitsSection } from './sections/units.tsx';

interface SectionEntry {
  /** `[a-z_]+`: it stands in the address bar. */
  readonly id: string;
  readonly label: string;
  readonly component: ComponentType;
}

export const SECTIONS = [
  { id: 'general', label: 'General', component: GeneralSection },
  { id: 'units', label: 'Units & locale', component: UnitsSection },
  { id: 'connections', label: 'Connections', component: ConnectionsSection },
  { id: 'security', label: 'Security', component: SecuritySection },
  { id: 'limits', label: 'Limits per peer', component: LimitsSection },
  { id: 'failover', label: 'Failover policy', component: FailoverSection },
  { id: 'notifications', label: 'Notifications', component: NotificationsSection },
  { id: 'retention', label: 'Retention', component: RetentionSection },
  { id: 'metrics', label: 'Metrics endpoint', component: MetricsSection },
  { id: 'import_export', label: 'Import & export', component: ImportExportSection },
  { id: 'diagnostics', label: 'Diagnostics', component: DiagnosticsSection },
  { id: 'about', label: 'About', component: AboutSection },
] as const satisfies readonly SectionEntry[];
