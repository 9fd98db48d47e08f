import { formatLatency, NO_VALUE } from '../../../shared/format.ts';
import { type FigureName, figure } from '../../../shared/model/figures.ts';
import { type FigureKey, useFigures } from '../../stores/figures.ts';
import styles from './latency-bars.module.css';

const SIDES = [
  { word: 'Read', p50: 'read_p50_us', p99: 'read_p99_us', side: 'read' },
  { word: 'Write', p50: 'write_p50_us', p99: 'write_p99_us', side: 'write' },
] as const satisfies readonly {
  word: string;
  p50: FigureName;
  p99: FigureName;
  side: string;
}[];

/**
 * Latency of reads and writes side by side: half were faster than the first bar, 99 of 100 than the second.
 * @param of null: there are no figures now
 * @param top end of the scale, µs, the same for all that are compared
 */
export function LatencyBars({ of, top, label }: { of: FigureKey | null; top: number; label: string }) {
  return of === null ? (
    <Sides value={noValue} top={top} label={label} />
  ) : (
    <LiveSides of={of} top={top} label={label} />
  );
}
const noValue = () => null;

function LiveSides({ of, top, label }: { of: FigureKey; top: number; label: string }) {
  const entry = useFigures(of);
  const value = (name: FigureName) => {
    const got = entry?.held === true ? undefined : figure(entry?.row, name);
    // A percentile of no requests is none.
    return got === undefined || got === 0 ? null : got;
  };
  return <Sides value={value} top={top} label={label} />;
}

function Sides(props: { value(name: FigureName): number | null; top: number; label: string }) {
  const { value, top, label } = props;
  return (
    <div className={styles.sides}>
      {SIDES.map(({ word, p50, p99, side }) => (
        <table key={side} className={styles.side} data-side={side}>
          <caption>
            {word}
            <span className="visually-hidden"> latency of {label}</span>
          </caption>
          <tbody>
            <Bar name="p50" us={value(p50)} top={top} />
            <Bar name="p99" us={value(p99)} top={top} />
          </tbody>
        </table>
      ))}
    </div>
  );
}

function Bar({ name, us, top }: { name: string; us: number | null; top: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={styles.track}>
        {us !== null && (
          <div className={styles.bar} style={{ width: `${Math.min(100, (us / top) * 100)}%` }} />
        )}
      </td>
      <td className={`num live ${styles.value} ${us === null ? 'dim' : ''}`}>
        {us === null ? NO_VALUE : formatLatency(us)}
      </td>
    </tr>
  );
}
