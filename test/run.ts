import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

/**
 * Runs everything that must hold: build, linter and formatter, types, and all test files. Names given as
 * arguments choose test files whose path contains one of them, without the other checks. The last line has
 * the counts; the exit code is 1 if anything failed.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const FILE_LIMIT_MS = 10 * 60_000;
/** These measure stalls, times and memory, or keep the whole machine busy themselves: one at a time. */
const ALONE = new RegExp(
  `^test.(${[
    'e2e.(failover|hostile|memory).test',
    'faults.(failover|seeds)',
    'fuzz',
    'host.(app.peers|jobs.(benchmark-job|rate-limit)|metrics)',
    'load',
    'nbd.(limits|tools)',
    'soak',
    'ui.(detach|failover|first-run|io|jobs|keyboard|parity|peers|restart|tables)',
    'xdisk.(stuck-writes|unit-numbers)',
  ].join('|')})\\b`,
);
/** Of the others: more only take the time from each other on two cores. */
const AT_A_TIME = 2;
/** It takes longest, so it begins first and the others run beside it. */
const LONGEST = /^test.ui.axe\b/;
const chosen = process.argv.slice(2);
let passed = 0;
/** What failed and why, to be told once more at the end: what stands before may be cut off a long log. */
const failures: string[] = [];
let skipped = 0;

function fail(name: string, why: string): void {
  failures.push(`FAIL  ${name}\n${why}`);
  console.log(failures.at(-1));
}

function check(name: string, script: string): void {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) {
    passed++;
    console.log(`ok    ${name}`);
  } else {
    fail(name, stdout + stderr);
  }
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .filter((path) => chosen.length === 0 || chosen.some((part) => path.includes(part)))
    .sort();
}

async function runFiles(files: string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const startedMs = performance.now();
  const events = run({ files, concurrency, timeout: FILE_LIMIT_MS });
  for await (const { type, data } of events) {
    if (
      type === 'test:diagnostic' &&
      data.nesting === 0 &&
      /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
    )
      continue;
    if (type === 'test:diagnostic') console.log(`        ${data.message}`);
    if (type === 'test:stderr' || type === 'test:stdout') process.stdout.write(data.message);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details.type === 'suite' && data.skip === undefined) continue;
    const where = data.file === undefined ? '' : `${relative(root, data.file)}: `;
    const reason = data.skip ?? data.todo;
    if (reason !== undefined) {
      skipped++;
      console.log(`skip  ${where}${data.name}: ${typeof reason === 'string' ? reason : 'no reason given'}`);
    } else if (type === 'test:pass') {
      passed++;
      console.log(`ok    ${where}${data.name} (${Math.round(data.details.duration_ms)} ms)`);
    } else {
      fail(where + data.name, inspect(data.details.error.cause ?? data.details.error));
    }
  }
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(`        ${files.length} files, ${concurrency} at a time: ${seconds} s`);
}

if (chosen.length === 0) {
  check('build', 'build');
  check('linter and formatter', 'lint');
  check('types', 'typecheck');
}
const files = testFiles(join(root, 'test'));
const isAlone = (path: string): boolean => ALONE.test(relative(root, path));
const isLongest = (path: string): boolean => LONGEST.test(relative(root, path));
const together = files.filter((path) => !isAlone(path));
await runFiles([...together.filter(isLongest), ...together.filter((path) => !isLongest(path))], AT_A_TIME);
await runFiles(files.filter(isAlone), 1);
if (skipped > 0) console.log(`\n${skipped} skipped, for the reasons above`);
if (failures.length > 0) console.log(`\nOnce more, what failed:\n\n${failures.join('\n\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
