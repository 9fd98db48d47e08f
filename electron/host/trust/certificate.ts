import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

/**
 * Certificates around our keys. TLS wants one, though nothing in it matters to us but the key: a fixed name, no
 * end, nothing to revoke. Node reads certificates and cannot make them; this one shape takes fewer lines than
 * the packages for all shapes (with their ASN.1 libraries, a dozen) are files.
 */

const NAME = 'spandrel';
const OID = {
  commonName: [0x55, 0x04, 0x03],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
};
const NOT_BEFORE = '20200101000000Z';
/** RFC 5280: has no end that is known. */
const NOT_AFTER = '99991231235959Z';

/**
 * A self-signed X.509 certificate of version 1, PEM.
 * @param key private, ECDSA on P-256
 */
export function selfSigned(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const algorithm = sequence(tagged(0x06, Buffer.from(OID.ecdsaWithSha256)));
  const name = sequence(
    tagged(0x31, sequence(tagged(0x06, Buffer.from(OID.commonName)), tagged(0x0c, Buffer.from(NAME)))),
  );
  const validity = sequence(tagged(0x18, Buffer.from(NOT_BEFORE)), tagged(0x18, Buffer.from(NOT_AFTER)));
  const body = sequence(integer(serialOf(spki)), algorithm, name, validity, name, spki);
  const signature = sign('sha256', body, key);
  const bits = tagged(0x03, Buffer.from([0]), signature);
  const base64 = sequence(body, algorithm, bits).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** The same for the same key: 8 bytes, positive. */
function serialOf(spki: Buffer): Buffer {
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}

/** A value in DER: tag, length in the shortest form, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}
