import { Sandbox } from '../../e2e/support/sandbox.ts';

const COLLECTED = 'garbage collected';

/** Collects garbage on a signal: Node lets no option in NODE_OPTIONS do it, but a process may allow itself to. */
const COLLECTOR = `
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collect();
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    console.error('${COLLECTED}, left:', heapUsed + external);
  });
});
`;

/** A sandbox whose commands collect their garbage when they are told to, so that what stays can be measured. */
export class LoadBox extends Sandbox {
  override get env(): NodeJS.ProcessEnv {
    const module = `data:text/javascript,${encodeURIComponent(COLLECTOR)}`;
    return { ...super.env, NODE_OPTIONS: `--import ${module}` };
  }
}

interface Collecting {
  readonly pid: number;
  readonly logMark: number;
  waitForLog(texts: readonly string[], since: number): Promise<string>;
}

/** Have a command collect its garbage. @returns bytes that are in use */
export async function collect(command: Collecting): Promise<number> {
  const mark = command.logMark;
  process.kill(command.pid, 'SIGUSR2');
  const line = await command.waitForLog([COLLECTED], mark);
  return Number(/\d+$/.exec(line)?.[0]);
}
