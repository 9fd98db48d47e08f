import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FallocatePuncher } from '../../electron/target/media/fallocate-puncher.ts';
import { canPunch, temporaryFile, temporaryFolder } from './folder.ts';

const onLinux = { skip: process.platform === 'linux' ? false : 'only Linux has this puncher' };

/** A tool that notes the ranges it is given and then runs `line` of shell. */
function toolThat(t: TestContext, line: string) {
  const folder = temporaryFolder(t);
  const log = join(folder, 'log');
  const tool = join(folder, 'tool');
  fs.writeFileSync(log, '');
  fs.writeFileSync(tool, `#!/bin/sh\necho "$3 $5" >> '${log}'\n${line}\n`, { mode: 0o755 });
  const ranges = () => fs.readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return { tool, ranges };
}

function openFor(t: TestContext, tool?: string) {
  const path = temporaryFile(t, 1 << 20, 1);
  const fd = fs.openSync(path, 'r+');
  t.after(() => fs.closeSync(fd));
  const puncher = new FallocatePuncher(fd, tool);
  const punch = (offset: number, length: number) =>
    new Promise<boolean>((resolve) => puncher.punch(offset, length, resolve));
  return { path, puncher, punch };
}

test('a hole is there when done says so', onLinux, async (t) => {
  if (!canPunch(t)) return;
  const { path, puncher, punch } = openFor(t);
  const before = fs.statSync(path).blocks;
  assert.equal(await punch(65536, 131072), true);
  assert.ok(fs.statSync(path).blocks <= before - 256);
  assert.ok(fs.readFileSync(path).equals(Buffer.alloc(1 << 20, 1).fill(0, 65536, 65536 + 131072)));
  await puncher.close();
});

test('a file whose name is gone is still the one that is punched', onLinux, async (t) => {
  if (!canPunch(t)) return;
  const { path, puncher, punch } = openFor(t);
  fs.renameSync(path, `${path}.old`);
  fs.writeFileSync(path, Buffer.alloc(1 << 20, 2));
  assert.equal(await punch(0, 4096), true);
  assert.equal(fs.readFileSync(`${path}.old`)[0], 0);
  assert.equal(fs.readFileSync(path)[0], 2);
  await puncher.close();
});

test('what comes while it is busy is merged', onLinux, async (t) => {
  const { tool, ranges } = toolThat(t, 'exit 0');
  const { puncher, punch } = openFor(t, tool);
  const first = punch(0, 4096);
  const others = [
    punch(8192, 4096),
    punch(65536, 4096),
    punch(4096, 4096),
    punch(10000, 4096),
    punch(8192, 512),
  ];
  assert.deepEqual(await Promise.all([first, ...others]), Array(6).fill(true));
  assert.deepEqual(ranges(), ['0 4096', '4096 10000', '65536 4096']);
  await puncher.close();
});

test('the first failure ends it', onLinux, async (t) => {
  const { tool, ranges } = toolThat(t, 'exit 1');
  const { puncher, punch } = openFor(t, tool);
  assert.deepEqual(await Promise.all([punch(0, 4096), punch(8192, 4096)]), [false, false]);
  assert.equal(await punch(16384, 4096), false);
  assert.deepEqual(ranges(), ['0 4096']);
  await puncher.close();
});

test('a tool that is not there is no harm', onLinux, async (t) => {
  const { puncher, punch } = openFor(t, '/nonexistent/fallocate');
  assert.equal(await punch(0, 4096), false);
  await puncher.close();
});

test('when the shell dies all that waits is answered', onLinux, async (t) => {
  const { tool } = toolThat(t, 'kill -9 $PPID');
  const { puncher, punch } = openFor(t, tool);
  assert.deepEqual(await Promise.all([punch(0, 4096), punch(8192, 4096)]), [false, false]);
  assert.equal(await punch(16384, 4096), false);
  await puncher.close();
});

test('when the shell dies nothing is answered while the tool still runs', onLinux, async (t) => {
  const gate = join(temporaryFolder(t), 'gate');
  execFileSync('mkfifo', [gate]);
  const { tool, ranges } = toolThat(
    t,
    `kill -9 $PPID; read -r line < '${gate}'; echo ended >> "\${0%/*}/log"`,
  );
  const { puncher, punch } = openFor(t, tool);
  let isAnswered = false;
  const punching = punch(0, 4096).finally(() => {
    isAnswered = true;
  });
  const gateHandle = await fs.promises.open(gate, 'w');
  // The shell is dead; its end would be seen in the first of these turns.
  for (let turn = 0; turn < 50; turn++) await fs.promises.stat(gate);
  assert.equal(isAnswered, false);
  await gateHandle.close();
  assert.equal(await punching, false);
  assert.deepEqual(ranges(), ['0 4096', 'ended']);
  await puncher.close();
});

test('when this process goes, the shell does not go on with what waits', onLinux, async (t) => {
  const gate = join(temporaryFolder(t), 'gate');
  execFileSync('mkfifo', [gate]);
  const letToolEnd = async () => (await fs.promises.open(gate, 'w')).close();
  const { tool, ranges } = toolThat(t, `read -r line < '${gate}'; exit 0`);
  const { puncher, punch } = openFor(t, tool);
  const [first, second, third] = [punch(0, 512), punch(4096, 512), punch(8192, 512)];
  await letToolEnd();
  assert.equal(await first, true);
  // To the shell, this is what the end of the process is.
  const closing = puncher.close();
  await letToolEnd();
  assert.deepEqual(await Promise.all([second, third]), [true, false]);
  await closing;
  assert.deepEqual(ranges(), ['0 512', '4096 512']);
});

test('more than it may queue is refused, the rest is done', onLinux, async (t) => {
  const { tool, ranges } = toolThat(t, 'exit 0');
  const { puncher, punch } = openFor(t, tool);
  const punches = Array.from({ length: 1100 }, (_, index) => punch(index * 512, 512));
  const punched = await Promise.all(punches);
  assert.ok(punched.slice(0, 1025).every((done) => done));
  assert.ok(punched.slice(1025).every((done) => !done));
  assert.deepEqual(ranges(), ['0 512', '512 524288']);
  await puncher.close();
});

test('an idle one does not keep the process alive', onLinux, async (t) => {
  if (!canPunch(t)) return;
  const path = temporaryFile(t, 1 << 20, 1);
  const module = new URL('../../electron/target/media/medium.ts', import.meta.url).href;
  const program = `const { openMedium } = await import(${JSON.stringify(module)});
    const medium = await openMedium(${JSON.stringify(path)});
    medium.submit({ op: 3, offset: 0, length: 65536, fua: false, done: (error) => console.log('done', error) });`;
  const options = ['--import', 'tsx', '--input-type=module', '--eval', program];
  // A process that waits for the shell ends here by the signal, and that throws.
  const output = execFileSync(process.execPath, options, { encoding: 'utf8', timeout: 10_000 });
  assert.equal(output.trim(), 'done null');
  assert.equal(fs.readFileSync(path)[0], 0);
});

test('closing one that never punched is done at once', onLinux, async (t) => {
  await openFor(t).puncher.close();
});
