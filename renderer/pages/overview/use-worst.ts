import { useEffect, useRef, useState } from 'react';
import { useWatch } from '../../connection/index.ts';
import { figures } from '../../stores/figures.ts';
import { getRows, useRows } from '../../stores/tables.ts';
import { slowest } from './worst.ts';

/** Order taken anew so often, unless someone is in the list. */
const RANK_MS = 10_000;
const SETTLING = 3;
const EVERY = { units: 'all' } as const;

/** The slowest units, in an order that stays for a while; null before there are figures. */
export function useWorst() {
  const [ranking, setRanking] = useState<{ names: readonly string[]; at: number } | null>(null);
  const held = useRef(false);
  useWatch(EVERY);
  const count = useRows('units').length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a unit more or less is ranked at once
  useEffect(() => {
    let last = 0;
    let batches = 0;
    const rank = () => {
      const names = getRows('units').map(({ name }) => name);
      const p99 = (name: string) => {
        const [read, write] = [
          figures.value(`unit:${name}`, 'read_p99_us'),
          figures.value(`unit:${name}`, 'write_p99_us'),
        ];
        return read === undefined && write === undefined ? undefined : Math.max(read ?? 0, write ?? 0);
      };
      last = Date.now();
      setRanking({ names: slowest(names, p99), at: last });
    };
    return figures.onBatch(() => {
      // Figures of all units are there a batch or two after they were asked for.
      if (batches++ < SETTLING || (!held.current && Date.now() - last >= RANK_MS)) rank();
    });
  }, [count]);

  const hold = (value: boolean) => () => {
    held.current = value;
  };
  return {
    ranking,
    handlers: {
      onPointerMove: hold(true),
      onPointerLeave: hold(false),
      onFocusCapture: hold(true),
      onBlurCapture: hold(false),
    },
  };
}
