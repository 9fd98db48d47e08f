/** Compares Spandrel with nbdkit on this machine, over loopback. See USAGE for its options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import { machineFacts } from './machine.ts';
import { parseOptions, USAGE } from './options.ts';
import { markdown, type Result, resultOf } from './report.ts';
import { type Comparison, WORKLOADS } from './workload.ts';

const COMPARISONS: readonly Comparison[] = ['engine', 'gateway', 'tls'];

async function bench(args: string[]): Promise<void> {
  const options = parseOptions(args);
  const machine = machineFacts();
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  const results: Result[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true }));
  for (const comparison of COMPARISONS) {
    const workloads = WORKLOADS.filter(({ name }) => `${comparison}/${name}`.includes(options.only));
    if (workloads.length === 0) continue;
    const rows = await compare(comparison, workloads, { ...options, directory }, (line) =>
      console.error(line),
    );
    results.push(...rows.map(resultOf));
  }
  if (results.length === 0) throw new Error(`--only ${options.only}: no row has such a name`);
  console.log(markdown(machine, command, results));
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine, command, options, results }, null, 2)}\n`);
  }
}

// Ending the process kills the children (see children.ts) and removes the directory.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

if (process.argv.includes('--help')) console.log(USAGE);
else {
  await bench(process.argv.slice(2)).catch((error: Error) => {
    console.error(`bench: ${error.message}`);
    process.exitCode = 1;
  });
}
