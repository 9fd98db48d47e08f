import { existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../../electron/host/atomic-file.ts';
import { locked } from '../../../electron/host/file-lock.ts';

/**
 * A process that counts under a lock without end, to be killed: `lock-holder.ts DIRECTORY`. Others do the same.
 * It ends with a line on standard error where another one is inside with it.
 */
const [directory = ''] = process.argv.slice(2);
const count = join(directory, 'count');
const inside = join(directory, 'inside');
for (;;) {
  const counted = locked(count, () => {
    if (existsSync(inside) && isAlive(Number(readFileSync(inside, 'utf8')))) {
      process.stderr.write(`process ${readFileSync(inside, 'utf8')} is inside too\n`);
      process.exit(1);
    }
    writeFileSync(inside, String(process.pid));
    writeSync(1, 'inside\n');
    const next = Number(existsSync(count) ? readFileSync(count, 'utf8') : 0) + 1;
    replaceFile(count, String(next), true);
    rmSync(inside);
    return next;
  });
  writeSync(1, `${counted}\n`);
}

function isAlive(pid: number): boolean {
  try {
    // Without a pid it was killed before it could write it.
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
