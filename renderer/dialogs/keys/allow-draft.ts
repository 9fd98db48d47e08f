import { useState } from 'react';
import type { AllowedKey } from '../../../shared/model/trust.ts';
import { readKey } from './read-key.ts';

/** A list of keys as it is edited: with what is typed for the next one. */
export interface AllowDraft {
  readonly keys: readonly AllowedKey[];
  readonly typed: string;
  /** What is wrong with what is typed. */
  readonly problem: string | undefined;
  /** Why the list cannot be used as it is; null: it can. */
  readonly blocked: string | null;
  type(text: string): void;
  /** Take the typed key into the list, to read and write. */
  add(): void;
  /** Take a key into the list whose owner is known. */
  addKnown(fingerprint: string, name: string): void;
  change(fingerprint: string, part: Partial<Pick<AllowedKey, 'access' | 'name'>>): void;
  remove(fingerprint: string): void;
  reset(keys: readonly AllowedKey[]): void;
}

export function useAllowDraft(initial: readonly AllowedKey[] = []): AllowDraft {
  const [keys, setKeys] = useState(initial);
  const [typed, setTyped] = useState('');
  const read = readKey(typed);
  const twice = read.kind === 'key' && keys.some(({ fingerprint }) => fingerprint === read.fingerprint);
  const put = (fingerprint: string, name: string | null) =>
    setKeys([...keys, { fingerprint, access: 'rw', name }]);
  return {
    keys,
    typed,
    problem: read.kind === 'wrong' ? read.message : twice ? 'It is in the list already' : undefined,
    blocked: read.kind === 'none' ? null : 'Add the key that is typed, or clear it',
    type: setTyped,
    add: () => {
      if (read.kind !== 'key' || twice) return;
      put(read.fingerprint, null);
      setTyped('');
    },
    addKnown: put,
    change: (fingerprint, part) =>
      setKeys(keys.map((key) => (key.fingerprint === fingerprint ? { ...key, ...part } : key))),
    remove: (fingerprint) => setKeys(keys.filter((key) => key.fingerprint !== fingerprint)),
    reset: (next) => {
      setKeys(next);
      setTyped('');
    },
  };
}
