import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import pino from 'pino';
import { configText } from '../../../electron/host/config/config-file.ts';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { ConfigError, emptyConfig, parseConfig } from '../../../electron/host/config/parse-config.ts';
import { Config } from '../../../electron/host/config/schema.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import { NumbersFile } from '../../../electron/host/state-file.ts';
import { KnownPeers } from '../../../electron/host/trust/known-peers.ts';
import { UnitNumbers } from '../../../electron/xdisk/unit-numbers.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { type Case, holds, type Target } from '../support/target.ts';
import { generate } from './generate.ts';
import { checkPrototypes } from './pollution.ts';
import { ODD_JSON, spoil } from './spoil.ts';
import { spoilText } from './spoil-text.ts';

const log = pino({ level: 'silent' });
const FINGERPRINT = `SHA256:${'k'.repeat(43)}`;
const STORE_SHARE = 0.01;
/** Opening a store writes files and waits for the disk. */
const STORE_LIMIT_MS = 2_000;
const KEYS = 8;
/** A text of so many characters, now and then: what looks at each may have no stack for them. */
const LONG = 12_000_000;
const LONG_SHARE = 0.003;
/** A config is read in the time its size asks for: a list of a million entries is no hang. */
const LIMIT_MS = 100;
const MS_PER_CHARACTER = 1e-4;

/** The files a host keeps, damaged in every way. */
export class ConfigTarget implements Target {
  readonly #directory = mkdtempSync(join(tmpdir(), 'spandrel-fuzz-'));

  async run(one: Case): Promise<void> {
    const kind = one.random.next();
    if (kind < 0.6) this.#config(one);
    else if (kind < 0.6 + STORE_SHARE) this.#store(one);
    else if (kind < 0.82) this.#knownPeers(one);
    else this.#numbers(one);
    checkPrototypes();
    // V8 keeps the text that was searched last, which may have millions of characters.
    /^/.exec('');
  }

  async close(): Promise<void> {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #config(one: Case): void {
    const { random } = one;
    const config = mutantOf(someConfig(random), random);
    // Not in files: what the system keeps of memory for them would hide what the program keeps.
    const text = random.chance(LONG_SHARE) ? `${config.slice(0, -9)}"${'x'.repeat(LONG)}"` : config;
    one.limit(LIMIT_MS + text.length * MS_PER_CHARACTER);
    one.fed();
    const taken = parsed(text);
    if (taken === undefined) return;
    // What is taken can be kept, and is the same when it is read again.
    const again = parseConfig(configText(taken));
    holds(isDeepStrictEqual(again, taken), 'a config is another one after it was written and read');
  }

  /** The store finds the config, or says what is wrong, keeps the file and uses the newest good version. */
  #store(one: Case): void {
    const { random } = one;
    one.limit(STORE_LIMIT_MS);
    const state = join(this.#directory, 'state');
    rmSync(state, { recursive: true, force: true });
    mkdirSync(join(state, 'versions'), { recursive: true });
    const version = { ...emptyConfig(), layout: { kept: one.number } };
    writeFileSync(join(state, 'versions', '1700000000000.json'), configText(version));
    const text = mutantOf(someConfig(random), random);
    writeFileSync(join(state, 'config.json'), text);
    one.fed();
    const expected = parsed(text);
    const store = ConfigStore.open(state, log);
    holds(
      store.notices.length === (expected === undefined ? 1 : 0),
      `${store.notices.length} notices of a config`,
    );
    holds(
      isDeepStrictEqual(store.config, expected ?? version),
      'the store has another config than its files',
    );
    const isKept = readdirSync(state).some((name) => name.startsWith('config.json.bad-'));
    holds(isKept === (expected === undefined), 'a damaged config is not kept aside, or a good one is');
  }

  /** The keys as the file has them, or an error: never fewer. */
  #knownPeers(one: Case): void {
    const { random } = one;
    const known = new KnownPeers(this.#directory);
    const good = {
      version: 1,
      peers: [{ address: 'nas:987', fingerprint: FINGERPRINT, first_seen: 1 }],
      revoked: [{ fingerprint: FINGERPRINT, at: 5 }],
    };
    const text = mutantOf(good, random);
    writeFileSync(known.path, text);
    one.fed();
    try {
      const { peers, revoked } = known;
      const file = JSON.parse(text) as typeof good;
      holds(
        peers.length === file.peers.length,
        `${peers.length} pins where the file has ${file.peers.length}`,
      );
      holds(
        revoked.length === file.revoked.length,
        `${revoked.length} revocations of ${file.revoked.length}`,
      );
      for (const [i, peer] of peers.entries()) {
        holds(peer.fingerprint === file.peers[i]?.fingerprint, 'a pin has another key than the file');
      }
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
    } finally {
      rmSync(known.path, { force: true });
    }
  }

  /** Numbers of units: no two disks have one, whatever the file says. */
  #numbers(one: Case): void {
    const { random } = one;
    const path = join(this.#directory, 'unit-numbers.json');
    const units = Object.fromEntries(
      Array.from({ length: random.integer(0, KEYS) }, (_, i) => [`S${i}`, random.integer(0, KEYS)]),
    );
    const text = mutantOf({ version: 1, units }, random);
    writeFileSync(path, text);
    one.fed();
    const loaded = new NumbersFile(log, this.#directory).load();
    holds(
      loaded.length > 0 || existsSync(`${path}.bad`) || isEmpty(text),
      'a damaged file is taken for an empty one',
    );
    const numbers = new UnitNumbers(loaded, () => {});
    const given = new Map<number, string>();
    for (const key of [...loaded.map(([known]) => known), 'new 1', 'new 2']) {
      const number = numbers.numberOf(key);
      const other = given.get(number);
      holds(other === undefined || other === key, `${key} and ${other} are both xa${number}`);
      given.set(number, key);
    }
    rmSync(path, { force: true });
    rmSync(`${path}.bad`, { force: true });
  }
}

function isEmpty(text: string): boolean {
  const { units } = JSON.parse(text) as { units: object };
  // zod leaves `__proto__` out of records.
  return Object.keys(units).every((key) => key === '__proto__');
}

/** The config of a text; undefined where it is none. @throws what is no ConfigError, and one that says nothing */
function parsed(text: string): Config | undefined {
  try {
    return parseConfig(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    holds(
      error.message.length > 0 && error.message.length < 2000,
      `a message of ${error.message.length} characters`,
    );
    holds(
      !error.message.includes('where the end should stand'),
      `nothing is said of the fault: ${error.message}`,
    );
    return undefined;
  }
}

function someConfig(random: Random): unknown {
  return random.chance(0.2) ? emptyConfig() : generate(Config, random);
}

function mutantOf(value: unknown, random: Random): string {
  const isSpoilt = random.chance(0.5);
  const text = JSON.stringify(isSpoilt ? spoil(value, random, ODD_JSON) : value, null, random.pick([0, 2]));
  return isSpoilt || random.chance(0.1) ? text : spoilText(text, random);
}
