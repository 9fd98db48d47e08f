import { formatByteRate, formatLatency, formatOps } from '../../../shared/format.ts';
import type { BenchmarkResult, Job } from '../../../shared/model/job.ts';
import { NoValue, Time } from '../../components/values.tsx';
import { useUnits } from '../../stores/settings.ts';
import { benchmarkRows, differenceText } from './benchmark-rows.ts';
import styles from './job.module.css';

const FIGURES = [
  { id: 'requests_per_second', header: 'IOPS' },
  { id: 'bytes_per_second', header: 'Rate' },
  { id: 'p50_us', header: 'p50' },
  { id: 'p99_us', header: 'p99' },
  { id: 'p999_us', header: 'p99.9' },
] as const satisfies readonly { id: keyof BenchmarkResult; header: string }[];

/** Results of one benchmark, or of several compared with the first. */
export function BenchmarkTable({ jobs }: { jobs: readonly Job[] }) {
  const units = useUnits();
  const compared = jobs.length > 1;
  const text = (figure: (typeof FIGURES)[number]['id'], value: number) =>
    figure === 'requests_per_second'
      ? formatOps(value)
      : figure === 'bytes_per_second'
        ? formatByteRate(value, units)
        : formatLatency(value);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className={styles.scroll} tabIndex={0} aria-label="Results">
      <table className={styles.results}>
        <thead>
          <tr>
            <th scope="col">Test</th>
            {compared && <th scope="col">Run</th>}
            {FIGURES.map(({ id, header }) => (
              <th key={id} scope="col" className={styles.number}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {benchmarkRows(jobs).map(({ test, results }) =>
            results.map((result, index) => (
              <tr key={`${test} ${jobs[index]?.id}`} className={index === 0 ? styles.first : ''}>
                {index === 0 && (
                  <th scope="rowgroup" rowSpan={results.length}>
                    {test}
                  </th>
                )}
                {compared && (
                  <th scope="row">
                    {jobs[index]?.title.replace(/^Benchmark of /, '')}, <Time at={jobs[index]?.created_at} />
                  </th>
                )}
                {FIGURES.map(({ id }) => (
                  <td key={id}>
                    {result === undefined ? <NoValue /> : text(id, result[id])}
                    {index > 0 && <div className="dim">{differenceText(result?.[id], results[0]?.[id])}</div>}
                  </td>
                ))}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  );
}
