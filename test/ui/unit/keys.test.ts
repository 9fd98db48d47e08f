import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowSentence, allowText, listProblem } from '../../../renderer/dialogs/keys/allow-words.ts';
import { KEY_EXAMPLE, readKey } from '../../../renderer/dialogs/keys/read-key.ts';

const KEY = `SHA256:${'k'.repeat(43)}`;
const allow = (count: number) =>
  Array.from({ length: count }, () => ({ fingerprint: KEY, access: 'rw' as const, name: null }));

test('a key is read as it is pasted, and what is none is told with an example that is one', () => {
  assert.deepEqual(readKey(` ${KEY}\n`), { kind: 'key', fingerprint: KEY });
  assert.deepEqual(readKey(`${KEY}  nas:987, since 2026-01-01`), { kind: 'key', fingerprint: KEY });
  assert.deepEqual(readKey('  '), { kind: 'none' });
  for (const wrong of [
    'nas',
    KEY.slice(0, -1),
    `${KEY}k`,
    KEY.replace('SHA256', 'MD5'),
    `SHA256:${'!'.repeat(43)}`,
  ]) {
    const read = readKey(wrong);
    assert.ok(read.kind === 'wrong' && read.message.includes(KEY_EXAMPLE), wrong);
  }
  assert.equal(readKey(KEY_EXAMPLE).kind, 'key');
});

test('who may use an export, by number and in a sentence', () => {
  const [tls, plain] = [{ insecure_plain: false }, { insecure_plain: true }];
  assert.deepEqual(
    [0, 1, 2].map((count) => allowText({ allow: allow(count) }, tls)),
    ['This machine only', '1 key', '2 keys'],
  );
  assert.equal(allowText({ allow: [] }, plain), 'Anyone, plain');
  assert.match(allowSentence(0, tls), /^This machine alone/);
  assert.match(allowSentence(0, plain), /whoever reaches/);
  assert.match(allowSentence(1, tls), /nobody else/);
});

test('a list that lets nobody in is warned of, and no other', () => {
  const here = { export_listen: ['127.0.0.1:987', 'unix:/run/a'], export_connect: [], insecure_plain: false };
  assert.match(listProblem(1, here) ?? '', /within this machine/);
  assert.equal(listProblem(0, here), null);
  assert.equal(listProblem(1, { ...here, export_connect: ['router:987'] }), null);
  assert.equal(listProblem(1, { ...here, export_listen: ['127.0.0.1:987', '0.0.0.0:987'] }), null);
  assert.equal(
    listProblem(1, { ...here, export_listen: [] }),
    null,
    'that nobody can reach it is told elsewhere',
  );
  assert.match(
    listProblem(1, { ...here, export_listen: ['0.0.0.0:987'], insecure_plain: true }) ?? '',
    /plain/,
  );
});
