import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import type { SecureContext } from 'node:tls';
import { tlsContext } from '../../../electron/stream/tls-handshake.ts';
import { Sandbox } from './sandbox.ts';

/** A host of a test: processes with a state directory, and so a key, of their own. */
export interface TestHost {
  readonly box: Sandbox;
  readonly fingerprint: string;
}

export async function hostOf(t: TestContext): Promise<TestHost> {
  const box = new Sandbox(t);
  return { box, fingerprint: await keyOf(box) };
}

/** The key of a host, made if there is none. */
export async function keyOf(box: Sandbox): Promise<string> {
  const [event] = await box.events('keygen');
  return event?.event === 'ready' && event.command === 'keygen' ? event.fingerprint : '';
}

/** The key of a host, for a client without an engine. */
export function contextOf(box: Sandbox): SecureContext {
  const read = (name: string): string => readFileSync(box.path(`state/keys/host.${name}`), 'utf8');
  return tlsContext(read('key'), read('crt'));
}
