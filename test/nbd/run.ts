import { spawn } from 'node:child_process';

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** nbdsh needs the system's own python, where another one may stand in front; mke2fs is root's. */
const PATH = `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH}`;

/** Run a program beside the server, which lives in this process, and wait for its end. */
export function run(command: string, args: readonly string[], input = ''): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      timeout: 30_000,
      killSignal: 'SIGKILL',
      env: { ...process.env, PATH },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
  });
}

/** As `run`, failing the test with the program's own words unless it ends with status 0. */
export async function runOk(command: string, args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, input);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}
