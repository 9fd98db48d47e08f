import assert from 'node:assert/strict';
import { BlockOp } from '../../../electron/block/device.ts';
import type { UnitUser } from '../../../electron/xdisk/unit-user.ts';
import { type Request, submit } from '../../block/support/requests.ts';

/** Writes of 4096 bytes each, one behind the other, of which each has its own content. */
export function writes(user: UnitUser, count: number): Request[] {
  return Array.from({ length: count }, (_, i) =>
    submit(user, BlockOp.write, { offset: i * 4096, data: Buffer.alloc(4096, i + 1) }),
  );
}

/** All have ended well, and what they wrote is there. */
export async function allStand(requests: readonly Request[], content: Buffer): Promise<void> {
  for (const [i, request] of requests.entries()) {
    assert.equal(await request.ended, null, `request ${i}`);
    assert.ok(content.subarray(i * 4096, (i + 1) * 4096).equals(Buffer.alloc(4096, i + 1)), `block ${i}`);
  }
}
