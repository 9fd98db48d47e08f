/**
 * Takes each protection of `list.ts` out of a copy of this tree, and sees the test named there fail:
 * `npm run protections -- [WORD…]`. Ends with 1 where a test passes without what it is there for.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTECTIONS, type Protection } from './list.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tree = mkdtempSync(join(tmpdir(), 'spandrel-protections-'));
const words = process.argv.slice(2);
let failed = 0;

try {
  copyTree();
  const chosen = PROTECTIONS.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  for (const protection of chosen) {
    const problem = withoutIt(protection);
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
function withoutIt({ file, code, instead, test, processes = false }: Protection): string | undefined {
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
    const { status, stdout } = spawnSync('node', ['--import', 'tsx', 'test/run.ts', test], {
      cwd: tree,
      encoding: 'utf8',
      timeout: 10 * 60_000,
    });
    if (!/\d+ passed, \d+ failed/.test(stdout)) return `${test} did not run: ${stdout.slice(-300)}`;
    return status === 0 || !stdout.includes('FAIL') ? `${test} passes without it` : undefined;
  } finally {
    writeFileSync(path, before);
    if (processes) build();
  }
}

/** For tests that start whole processes: they run what was built. */
function build(): void {
  spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck'], { cwd: tree });
}
