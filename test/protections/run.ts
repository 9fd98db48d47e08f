/**
 * Takes each protection of `list.ts` out of a copy of this tree, and sees the test named there fail:
 * `npm run protections -- [WORD…]`. Ends with 1 where a test passes without what it is there for.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTECTIONS, type Protection } from './list.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'spandrel-protections-'));
const LIMIT_MS = 150_000;
const words = process.argv.slice(2);
let failed = 0;

try {
  copyTree();
  const chosen = PROTECTIONS.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  for (const protection of chosen) {
    const problem = await withoutIt(protection);
    if (problem !== undefined) failed++;
    console.log(
      `${problem === undefined ? 'ok   ' : 'FAIL '} ${protection.name}: ${problem ?? `seen by ${protection.test}`}`,
    );
  }
  console.log(`\n${chosen.length - failed} of ${chosen.length} protections are seen by a test`);
} finally {
  rmSync(tree, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

/** The files git knows and those not yet added, the packages, and what was built. */
function copyTree(): void {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const path of stdout.split('\n').filter((name) => name !== '')) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    cpSync(join(root, path), join(tree, path));
  }
  cpSync(join(root, 'dist'), join(tree, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
}

/** @returns why it cannot be said that the test sees the protection */
async function withoutIt(protection: Protection): Promise<string | undefined> {
  const { file, code, instead, test, processes = false } = protection;
  const path = join(tree, file);
  const before = readFileSync(path, 'utf8');
  const count = before.split(code).length - 1;
  if (count !== 1) return `its code is ${count} times in ${file}`;
  try {
    writeFileSync(
      path,
      before.replace(code, () => instead),
    );
    if (processes) build();
    const output = await run(test);
    if (output === undefined) return undefined; // it waits for what does not come any more
    if (!/\d+ passed, \d+ failed/.test(output)) return `${test} did not run: ${output.slice(-300)}`;
    return output.includes('FAIL') ? undefined : `${test} passes without it`;
  } finally {
    writeFileSync(path, before);
    if (processes) build();
  }
}

/** @returns what the test printed; undefined where it did not end in time */
async function run(test: string): Promise<string | undefined> {
  const child = spawn('node', ['--import', 'tsx', 'test/run.ts', test], { cwd: tree, detached: true });
  let output = '';
  child.stdout.on('data', (part: Buffer) => {
    output += part;
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    // Its own group: with it go the processes the test started.
    process.kill(-(child.pid as number), 'SIGKILL');
  }, LIMIT_MS);
  await once(child, 'close');
  clearTimeout(timer);
  return late ? undefined : output;
}

/** For tests that start whole processes: they run what was built. */
function build(): void {
  spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck'], { cwd: tree });
}
