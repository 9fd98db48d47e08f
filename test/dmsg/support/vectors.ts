import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';

/** One message of a recorded conversation: on the link of which peer, from whom, its bytes. */
export interface Recorded {
  readonly peer: string;
  readonly from: string;
  readonly bytes: Buffer;
}

export interface Recording {
  /** `libdmsg-2014/io` */
  readonly name: string;
  readonly dialect: Dialect;
  readonly messages: readonly Recorded[];
}

const folders = { '2014': 'libdmsg-2014', current: 'libdmsg-current' } as const;

/** All recordings of a generation of libdmsg. */
export function recordings(dialect: Dialect): Recording[] {
  const folder = new URL(`../../vectors/${folders[dialect]}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => ({
      name: `${folders[dialect]}/${basename(file, '.jsonl')}`,
      dialect,
      messages: readFileSync(new URL(file, folder), 'utf8').trim().split('\n').map(parse),
    }));
}

/** The recording `name` (`io`, `ping`, …) of a generation. */
export function recording(dialect: Dialect, name: string): Recording {
  const found = recordings(dialect).find((candidate) => candidate.name.endsWith(`/${name}`));
  if (found === undefined) throw new Error(`no recording ${name} of ${dialect}`);
  return found;
}

export const ALL_RECORDINGS: readonly Recording[] = [...recordings('2014'), ...recordings('current')];

function parse(line: string): Recorded {
  const { peer, from, hex } = JSON.parse(line) as { peer: string; from: string; hex: string };
  return { peer, from, bytes: Buffer.from(hex, 'hex') };
}
