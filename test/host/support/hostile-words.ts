import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeBlkError } from '../../../electron/dmsg/blk.ts';
import { Command, Flag, PeerType, Wire } from '../../../electron/dmsg/constants.ts';
import type { Link } from '../../../electron/dmsg/link.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { Random } from '../../dmsg/support/random.ts';
import type { Net } from '../../target/support/net.ts';
import { DISK, startFake } from '../../xdisk/support/fake-exporter.ts';

/** What may call itself anything: names that mean something to a terminal, a log, a path, a shell, a page, an object. */
const WORDS: readonly string[] = [
  '\x1b[2J\x1b[1;1Hroot@nas:~#',
  '\x1b]0;title\x07\x9b31m\x90q\x9c',
  'two\nlines\r\n{"level":60,"msg":"forged"}',
  'back\b\b\b\bspace\x7f',
  '../../../../etc/cron.d/x',
  '/dev/sda',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  '\u{1f4be}\u{1d11e}\u{20bb7}',
  'safe\u202egpj.exe\u2066\u2069',
  '\u200f\u200e\u061c\ufeff',
  'para\u2028graph\u2029',
  '"; rm -rf ~ #$(reboot)`id`',
  "'%s%n%p{}\\",
  '<img src=x onerror=alert(1)>',
  'a"b\\c} 1\n# HELP x y',
  '=cmd|calc',
  '\ud800 alone \udfff',
  '\x01'.repeat(127),
  'e\u0301'.repeat(60),
];

/** Pieces random words are made of. */
const PIECES = [
  '\x1b[',
  '\n',
  '\r',
  '\t',
  '\x85',
  '\u202e',
  '../',
  '"',
  "'",
  '\\',
  '$',
  '\u{1f600}',
  '\u{e0041}',
  'ab',
  '\x07',
];

/** Hostile words, no two alike in the 127 bytes a label has. */
export function hostileWords(random: Random): string[] {
  const made = Array.from({ length: 9 }, (_, i) =>
    Array.from({ length: random.integer(1, 20) }, () => random.pick(PIECES))
      .join('')
      .concat(`${i}`),
  );
  return [...WORDS, ...made];
}

/** Offers a disk by each word, calls itself by one, says all on the console, and fails every command with one. */
export function startHostile(net: Net, words: readonly string[]): Promise<Address> {
  const spans = words.map((word) => ({ ...DISK, pfsLabel: word, peerLabel: word }));
  const said = words
    .filter((word) => word.length < 60)
    .join('')
    .slice(0, 100);
  return startFake(net, spans, {
    conn: { ...exporterConn(), peerType: PeerType.BLOCK, peerLabel: said },
    up: (link) => {
      for (const word of words) say(link, word);
    },
    command: (link, transaction) => {
      const { mux } = link;
      const at = mux.begin(transaction, Command.BLK_ERROR, true, Wire.IO);
      const text = words[Number(transaction.idLow) % words.length] as string;
      writeBlkError(mux.writer.view, at, true, { keyidLow: 0, keyidHigh: 0, residual: 0, text });
      mux.writer.finish();
    },
  });
}

function say(link: Link, text: string): void {
  const { writer } = link.mux;
  writer.begin((Command.DBG_SHELL | Flag.REPLY) >>> 0, 0, 0, 0, 0, 0);
  writer.finishWith(Buffer.from(text), () => {});
}

/** By code points, not as `printable` finds them: C0, DEL, C1, marks that turn or hide text, ends of lines, halves. */
const ODD =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;

/** In the key of a disk of these tests there is a tab of ours, which no peer's text has. */
const KEY = /\t1048576\/512/g;

/** A text that stands on one line and does nothing to a terminal. */
export function assertPlain(given: string, where: string): void {
  const text = given.replace(KEY, '/1048576/512');
  const odd = ODD.exec(text);
  if (odd === null) return;
  const around = JSON.stringify(text.slice(Math.max(0, odd.index - 40), odd.index + 40));
  assert.fail(`${where}: U+${odd[0].codePointAt(0)?.toString(16)} in ${around}`);
}

/** The same of each line. */
export function assertPlainLines(text: string, where: string): void {
  for (const line of text.split('\n')) assertPlain(line, where);
}

/** The same of every text and key within a value. */
export function assertPlainValue(value: unknown, where: string): void {
  if (typeof value === 'string') assertPlain(value, where);
  else if (value instanceof Map) {
    for (const [key, of] of value) {
      assertPlainValue(key, where);
      assertPlainValue(of, where);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, of] of Object.entries(value)) {
      assertPlain(key, where);
      assertPlainValue(of, `${where}.${key}`);
    }
  }
}

/** Every text file below a folder is plain, and so is the name of each. @returns how many there are */
export function assertPlainFolder(folder: string, skip: RegExp): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => !skip.test(name) && statSync(join(folder, name)).isFile());
  for (const name of names) assertPlain(name, folder);
  for (const name of files) assertPlainLines(readFileSync(join(folder, name), 'utf8'), name);
  return files.length;
}

/** Fails where something was added to, or taken from, what all objects inherit. */
export function watchPrototypes(): () => void {
  const look = (): string =>
    JSON.stringify([Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames));
  const before = look();
  return () => assert.equal(look(), before, 'a prototype was changed');
}
