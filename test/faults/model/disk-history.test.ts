import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCK_BYTES, fillBlock, readBlock } from './block-content.ts';
import { DiskHistory, type WriteTicket } from './disk-history.ts';

/** The version a write has in its first block. */
const versionOf = (ticket: WriteTicket): number => ticket.blocks[0]?.written.version ?? 0;

function look(history: DiskHistory, version: number): string | undefined {
  const ticket = history.read();
  const problem = history.problemOf(ticket, 0, version);
  history.readOver(ticket);
  return problem;
}

function acknowledged(history: DiskHistory, fua = false): number {
  const ticket = history.write(0, 1, fua);
  history.written(ticket);
  return versionOf(ticket);
}

test('what was acknowledged last must be found', () => {
  const history = new DiskHistory(4);
  assert.equal(look(history, 0), undefined);
  const first = acknowledged(history);
  const second = acknowledged(history);
  assert.equal(look(history, second), undefined);
  assert.match(String(look(history, first)), /version 1 was found, though 2/);
  assert.match(String(look(history, 0)), /version 0 was found/);
  assert.match(String(look(history, 3)), /never written/);
});

test('a write without an answer may show or not, but hides nothing', () => {
  const history = new DiskHistory(4);
  const first = acknowledged(history);
  const open = history.write(0, 1, false);
  assert.equal(look(history, first), undefined);
  assert.equal(look(history, versionOf(open)), undefined);
  const third = acknowledged(history);
  assert.equal(look(history, versionOf(open)), undefined, 'it may still come');
  assert.equal(look(history, third), undefined);
  assert.match(String(look(history, first)), /though 3/);
});

test('of writes at the same time either may win, and a read at the same time as one may see the older', () => {
  const history = new DiskHistory(4);
  const a = history.write(0, 1, false);
  const b = history.write(0, 1, false);
  const early = history.read();
  history.written(b);
  history.written(a);
  assert.equal(look(history, versionOf(a)), undefined);
  assert.equal(look(history, versionOf(b)), undefined);
  assert.equal(history.problemOf(early, 0, 0), undefined);
  assert.match(String(look(history, 0)), /version 0 was found/);
});

test('what power took may be gone; what was flushed, before or after, may not', () => {
  const history = new DiskHistory(4);
  const first = acknowledged(history);
  history.flushed(history.flush());
  const second = acknowledged(history);
  history.powerLost();
  assert.equal(look(history, first), undefined);
  assert.equal(look(history, second), undefined);
  assert.match(String(look(history, 0)), /version 0/);
  history.flushed(history.flush());
  assert.match(String(look(history, first)), /though 2/, 'a flush vouches for what was acknowledged before');
  const third = acknowledged(history, true);
  history.powerLost();
  assert.match(String(look(history, second)), /though 3/, 'FUA is stable');
  acknowledged(history);
  history.powerLost();
  history.unflushed();
  history.flushed(history.flush());
  assert.equal(look(history, third), undefined, 'a flush that failed takes the promise back');
});

test('a long history is forgotten, and what is older is still told', () => {
  const history = new DiskHistory(4);
  for (let i = 0; i < 200; i++) acknowledged(history, true);
  assert.equal(look(history, 200), undefined);
  assert.match(String(look(history, 3)), /version 3 was found/);
});

test('a block that is torn, of another place or of another disk is told', () => {
  const words = new Uint32Array(BLOCK_BYTES / 4);
  const bytes = new Uint8Array(words.buffer);
  assert.equal(readBlock(bytes, 7, 3), 0);
  fillBlock(words, 7, 3, 9);
  assert.equal(readBlock(bytes, 7, 3), 9);
  assert.match(String(readBlock(bytes, 7, 4)), /content of block 3/);
  assert.match(String(readBlock(bytes, 8, 3)), /content of disk 7/);
  words[1000] = 1;
  assert.match(String(readBlock(bytes, 7, 3)), /torn at byte 4000/);
  words[0] = 5;
  assert.match(String(readBlock(bytes, 7, 3)), /foreign/);
});
