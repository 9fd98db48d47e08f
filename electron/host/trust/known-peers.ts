import { type FSWatcher, readFileSync, statSync, watch, watchFile } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { FingerprintText } from '../../../shared/model/trust.ts';
import type { Fingerprint } from '../../stream/fingerprint.ts';
import { replaceFile } from '../atomic-file.ts';
import { fileError, isMissing } from '../file-error.ts';
import { locked } from '../file-lock.ts';
import { HostError } from '../host-error.ts';

const MAX_ENTRIES = 4096;
const POLL_MS = 500;

const KnownPeer = z.object({
  address: z.string().min(1).max(300),
  fingerprint: FingerprintText,
  /** When it was pinned, ms since 1970. */
  first_seen: z.number().int().min(0),
});
export type KnownPeer = z.infer<typeof KnownPeer>;

const RevokedKey = z.object({ fingerprint: FingerprintText, at: z.number().int().min(0) });
export type RevokedKey = z.infer<typeof RevokedKey>;

const File = z.object({
  version: z.literal(1),
  peers: z.array(KnownPeer).max(MAX_ENTRIES),
  revoked: z.array(RevokedKey).max(MAX_ENTRIES),
});
type File = z.infer<typeof File>;

/**
 * Which key each peer has shown, and which keys are trusted no more: `known-peers.json` in the state directory,
 * shared by all processes that use it. A file that cannot be read is an error, never an empty one: that would
 * trust everybody anew.
 */
export class KnownPeers {
  readonly path: string;
  #stamp = '';
  #content: File = { version: 1, peers: [], revoked: [] };

  constructor(directory: string) {
    this.path = join(directory, 'known-peers.json');
  }

  /** @throws HostError 'local' naming the file and what to do */
  get peers(): readonly KnownPeer[] {
    return this.#read().peers;
  }
  get revoked(): readonly RevokedKey[] {
    return this.#read().revoked;
  }

  pinOf(address: string): KnownPeer | undefined {
    return this.peers.find((peer) => peer.address === address);
  }

  revocationOf(fingerprint: Fingerprint): RevokedKey | undefined {
    return this.revoked.find((key) => key.fingerprint === fingerprint);
  }

  /** Remember the key of an address, in the place of another if there is one. */
  pin(address: string, fingerprint: Fingerprint): void {
    this.#change((file) => {
      const others = file.peers.filter((peer) => peer.address !== address);
      return { ...file, peers: [...others, { address, fingerprint, first_seen: Date.now() }] };
    });
  }

  /** Forget pins and revocations of a key. @returns what was forgotten */
  forget(fingerprint: Fingerprint): { addresses: string[]; revoked: boolean } {
    let forgotten = { addresses: [] as string[], revoked: false };
    this.#change((file) => {
      const gone = file.peers.filter((peer) => peer.fingerprint === fingerprint);
      const revoked = file.revoked.filter((key) => key.fingerprint !== fingerprint);
      forgotten = {
        addresses: gone.map(({ address }) => address),
        revoked: revoked.length < file.revoked.length,
      };
      return { ...file, peers: file.peers.filter((peer) => !gone.includes(peer)), revoked };
    });
    return forgotten;
  }

  /** Trust a key no more, whatever pins and lists say. */
  revoke(fingerprint: Fingerprint): void {
    this.#change((file) =>
      file.revoked.some((key) => key.fingerprint === fingerprint)
        ? file
        : { ...file, revoked: [...file.revoked, { fingerprint, at: Date.now() }] },
    );
  }

  /** Hear of changes, by whatever process; this keeps no process alive. @returns a disposer */
  watch(changed: () => void): () => void {
    try {
      const watcher: FSWatcher = watch(dirname(this.path), { persistent: false }, (_event, name) => {
        if (name === null || name === basename(this.path)) changed();
      });
      watcher.on('error', () => {});
      return () => watcher.close();
    } catch {
      // No watches left, or none on this file system.
      const poll = watchFile(this.path, { interval: POLL_MS, persistent: false }, changed);
      return () => poll.removeListener('change', changed);
    }
  }

  #change(change: (file: File) => File): void {
    locked(this.path, () => {
      const before = this.#read();
      const after = change(before);
      if (after === before) return;
      if (after.peers.length > MAX_ENTRIES || after.revoked.length > MAX_ENTRIES) {
        throw new HostError('local', `${this.path} holds ${MAX_ENTRIES} keys, and no more: forget some`);
      }
      try {
        replaceFile(this.path, `${JSON.stringify(after, null, 2)}\n`, true);
      } catch (error) {
        throw fileError(this.path, 'written', error);
      }
    });
  }

  #read(): File {
    try {
      const { ino, mtimeMs, size } = statSync(this.path);
      const stamp = `${ino}/${mtimeMs}/${size}`;
      if (stamp === this.#stamp) return this.#content;
      this.#content = File.parse(JSON.parse(readFileSync(this.path, 'utf8')));
      this.#stamp = stamp;
    } catch (error) {
      this.#stamp = '';
      if (isMissing(error)) {
        this.#content = { version: 1, peers: [], revoked: [] };
      } else if (error instanceof SyntaxError || error instanceof z.ZodError) {
        throw new HostError(
          'local',
          `${this.path} is damaged, and without it no key can be trusted: put back a good copy, or remove it and ` +
            'confirm the key of each peer anew',
          error,
        );
      } else throw fileError(this.path, 'read', error);
    }
    return this.#content;
  }
}
