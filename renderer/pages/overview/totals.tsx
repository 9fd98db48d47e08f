import { Chart } from '../../components/chart/chart.tsx';
import styles from './overview.module.css';

const THROUGHPUT = [
  { key: 'total', column: 'read_bytes', label: 'read', role: 'read' },
  { key: 'total', column: 'written_bytes', label: 'write', role: 'write' },
] as const;
const REQUESTS = [
  { key: 'total', column: 'reads', label: 'r/s', role: 'read' },
  { key: 'total', column: 'writes', label: 'w/s', role: 'write' },
] as const;

/** All attached disks together. */
export function Totals() {
  return (
    <div className={styles.charts}>
      <div className={styles.card}>
        <Chart title="Throughput" unit="bytes" series={THROUGHPUT} height={112} />
      </div>
      <div className={styles.card}>
        <Chart title="Requests per second" unit="ops" series={REQUESTS} height={112} />
      </div>
    </div>
  );
}
