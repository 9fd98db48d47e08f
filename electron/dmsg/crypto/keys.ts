import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** The two RSA-2048 keys an encrypted link works with. */
export interface LinkKeys {
  /** Our private key. */
  readonly own: KeyObject;
  /** The peer's public key. */
  readonly peer: KeyObject;
}

/** Why a peer is refused. */
export type RefusalCode =
  | 'address' // no file can be named after this address
  | 'unknown-peer' // no key of the peer, nor leave for a plain link
  | 'own-key-missing'
  | 'own-key-exposed' // others can read the private key
  | 'bad-key'; // a key file that cannot be used

/** How to speak to one peer. A refusal's message names the file and the fix. */
export type LinkPolicy =
  | { readonly kind: 'encrypted'; readonly keys: LinkKeys }
  | { readonly kind: 'plain' }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

const MODULUS_BITS = 2048; // the handshake is made of blocks of 256 bytes
const GROUP_AND_OTHERS = 0o077;

/**
 * Decide from a libdmsg key directory how to speak to a peer: `remote/<address>.pub` holds its public key,
 * an empty `remote/<address>.none` allows a plain link, `rsa.prv` and `rsa.pub` are our own pair. It reads
 * the files anew each time, and synchronously, because an accepted stream must be started in its own turn.
 * @param peerAddress the peer's IP address or host name, without a port
 */
export function loadLinkKeys(directory: string, peerAddress: string): LinkPolicy {
  try {
    return decide(directory, peerAddress);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', code: error.code, message: error.message };
    throw error;
  }
}

class Refusal extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

function decide(directory: string, peerAddress: string): LinkPolicy {
  const name = fileNameOf(peerAddress);
  const peerPath = join(directory, 'remote', `${name}.pub`);
  const plainPath = join(directory, 'remote', `${name}.none`);
  // A key wins over leave for a plain link, as in dmsg_crypto_negotiate.
  const peerPem = readKeyFile(peerPath);
  if (peerPem === undefined) {
    if (existsSync(plainPath)) return { kind: 'plain' };
    throw new Refusal(
      'unknown-peer',
      `${peerAddress} is unknown: copy the rsa.pub of that machine to ${peerPath} (or create an empty ${plainPath} for a link without encryption)`,
    );
  }
  const peer = parse(peerPath, peerPem, createPublicKey);
  return { kind: 'encrypted', keys: { own: loadOwnKey(directory), peer } };
}

function loadOwnKey(directory: string): KeyObject {
  const privatePath = join(directory, 'rsa.prv');
  const publicPath = join(directory, 'rsa.pub');
  const privatePem = readKeyFile(privatePath, GROUP_AND_OTHERS);
  if (privatePem === undefined) {
    throw new Refusal(
      'own-key-missing',
      `${privatePath} is missing: make one with "openssl genrsa -out ${privatePath} ${MODULUS_BITS} && chmod 600 ${privatePath}"`,
    );
  }
  const own = parse(privatePath, privatePem, createPrivateKey);
  const remake = `make it with "openssl rsa -in ${privatePath} -pubout -out ${publicPath}"`;
  const publicPem = readKeyFile(publicPath);
  if (publicPem === undefined) throw new Refusal('own-key-missing', `${publicPath} is missing: ${remake}`);
  // Not needed for the handshake, but it is the file people copy to their peers.
  if (!createPublicKey(own).equals(parse(publicPath, publicPem, createPublicKey))) {
    throw new Refusal('bad-key', `${publicPath} does not belong to ${privatePath}: ${remake}`);
  }
  return own;
}

/** libdmsg names the files after the numeric address of an IPv4 socket, so a mapped one is unwrapped. */
function fileNameOf(peerAddress: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(peerAddress)?.[1];
  if (mapped !== undefined) return mapped;
  if (isIP(peerAddress) !== 0 || /^[a-z0-9][a-z0-9._-]*$/i.test(peerAddress)) return peerAddress;
  throw new Refusal(
    'address',
    `"${peerAddress}" is no IP address or host name, so no key can be kept for it`,
  );
}

/** The text of a key file, undefined where there is none. `forbiddenMode`: permission bits it may not have. */
function readKeyFile(path: string, forbiddenMode = 0): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    // Windows has no such permission bits; Node makes them up.
    if (process.platform !== 'win32' && (fstatSync(file).mode & forbiddenMode) !== 0) {
      throw new Refusal(
        'own-key-exposed',
        `${path} can be read by other users: "chmod 600 ${path}" (and make a new pair if they may have read it)`,
      );
    }
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Refusal('bad-key', `${path} cannot be read: ${message}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function parse(path: string, pem: string, create: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = create(pem);
  } catch {
    throw new Refusal('bad-key', `${path} holds no RSA key in PEM form`);
  }
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  if (bits === MODULUS_BITS) return key;
  throw new Refusal(
    'bad-key',
    `${path} is not an RSA key of ${MODULUS_BITS} bits, the only kind libdmsg uses`,
  );
}
