import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A folder of the test's own, removed after it. */
export function folderFor(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-stream-'));
  test.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
