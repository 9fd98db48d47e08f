import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conflictText, peersOf, twinsOf } from '../../../renderer/pages/disks/conflict.ts';
import { diskAccess, diskLook, healthRank } from '../../../renderer/pages/disks/disk-state.ts';
import { formatBytes } from '../../../shared/format.ts';
import type { Disk, Path } from '../../../shared/model/disk.ts';

const path = (change: Partial<Path> = {}): Path => ({
  id: 'p',
  peer_id: 'a',
  peer: 'nas',
  label: 'nas/disk',
  state: 'standby',
  use: 'standby',
  access: 'not_asked',
  link: 'up',
  preferred: false,
  distance: 0,
  failures: 0,
  recent_losses: 0,
  guarantee: null,
  last_error: null,
  changed_at: 1,
  next_check_at: null,
  ...change,
});
const lost = path({ id: 'l', state: 'lost', link: 'down', use: 'none' });
const disk = (change: Partial<Disk> = {}): Disk => ({
  id: 'S1',
  serial: 'S1',
  label: 'nas/disk',
  size_bytes: 1024 ** 3,
  block_bytes: 512,
  distance: 0,
  conflict: false,
  paths: [path()],
  unit: null,
  first_seen: 1,
  last_seen: 1,
  offered: true,
  ...change,
});
const size = (bytes: number) => formatBytes(bytes);

describe('the state of a remote disk', () => {
  it('is what its paths would make of it while it is not attached', () => {
    assert.equal(diskLook(disk(), undefined).word, 'Optimal');
    assert.equal(diskLook(disk({ paths: [path(), lost] }), undefined).word, 'Single path');
    assert.equal(diskLook(disk({ paths: [path(), path(), lost] }), undefined).word, 'Degraded');
  });

  it('says that nobody offers it, and that no path of an offered one works', () => {
    assert.equal(diskLook(disk({ offered: false, paths: [lost] }), undefined).word, 'Not offered');
    assert.equal(diskLook(disk({ paths: [path({ state: 'faulty' })] }), undefined).word, 'No path');
  });

  it('is sorted from best to worst, with those not offered last', () => {
    const ranks = [
      disk(),
      disk({ paths: [path(), path(), lost] }),
      disk({ paths: [path(), lost] }),
      disk({ paths: [path({ state: 'faulty' })] }),
      disk({ offered: false, paths: [lost] }),
    ].map((each) => healthRank(each, undefined));
    assert.deepEqual(
      ranks,
      [...ranks].sort((a, b) => a - b),
    );
    assert.equal(new Set(ranks).size, ranks.length);
  });

  it('is writable when one path grants it', () => {
    assert.equal(diskAccess([path(), path({ access: 'read_only' }), path({ access: 'granted' })]), 'granted');
    assert.equal(diskAccess([path(), path({ access: 'refused' })]), 'refused');
    assert.equal(diskAccess([]), 'not_asked');
  });
});

describe('two disks of one serial', () => {
  const small = disk({ id: 'small', conflict: true });
  const large = disk({
    id: 'large',
    label: 'nas/other',
    size_bytes: 2 * 1024 ** 3,
    conflict: true,
    paths: [path({ peer: 'b' })],
  });
  const stranger = disk({ id: 'x', serial: 'X' });

  it('name each other with size and peers', () => {
    assert.equal(
      conflictText(small, [small, large, stranger], size),
      'Also the serial of nas/other (2.00 GiB, offered by b)',
    );
    assert.deepEqual(twinsOf(large, [small, large, stranger]), [small]);
  });

  it('are not spoken of where there is only one', () => {
    assert.equal(conflictText(stranger, [small, large, stranger], size), null);
  });
});

it('a peer with two paths is named once', () => {
  assert.deepEqual(peersOf({ paths: [path(), path({ id: 'q' }), path({ id: 'r', peer: 'b' })] }), [
    'nas',
    'b',
  ]);
});
