import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface ProcessTimes {
  readonly parent: number;
  /** Own time, and that of its children that have ended. */
  readonly seconds: number;
}

/** CPU seconds used so far by processes and all their descendants. */
export function cpuSeconds(pids: readonly number[]): number {
  const table = readTable();
  const wanted = new Set(pids);
  // Descendants of any depth: go on until a pass over the table finds no new one.
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const [pid, { parent }] of table) if (wanted.has(parent)) wanted.add(pid);
  }
  let sum = 0;
  for (const pid of wanted) sum += table.get(pid)?.seconds ?? 0;
  return sum;
}

function readTable(): Map<number, ProcessTimes> {
  const table = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      table.set(Number(name), parseStat(readFileSync(`/proc/${name}/stat`, 'utf8')));
    } catch {
      // It ended in the meantime.
    }
  }
  return table;
}

/** proc(5): the name in parentheses may hold anything, so the fields are counted from its end. */
function parseStat(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number) as [number, number, number, number];
  return { parent: Number(fields[1]), seconds: (utime + stime + cutime + cstime) / TICKS_PER_SECOND };
}
