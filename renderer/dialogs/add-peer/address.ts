/** What someone typed or pasted as a peer's address, read far enough to advise; the host reads it for good. */
export type PeerAddress =
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly message: string }
  | {
      readonly kind: 'address';
      /** As the host is given it: `node-b:987`, `unix:/run/nas.sock`. */
      readonly text: string;
      /** `here`: the link does not leave this machine. */
      readonly reach: 'here' | 'other';
      /** The disk a URI named. */
      readonly serial: string | null;
    };

const EXAMPLE = 'for example node-b:987, [fd00::2]:987 or unix:/run/nas.sock';

/** Reads `HOST[:PORT]`, `[IPv6]:PORT`, `unix:PATH`, and takes a disk's `dmsg://` or `dmsg+unix://` URI apart. */
export function readPeerAddress(typed: string): PeerAddress {
  const text = typed.trim();
  if (text === '') return { kind: 'none' };
  if (/^dmsg(\+unix)?:\/\//i.test(text)) return fromUri(text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme?.startsWith('nbd')) return wrong('is an NBD server; peers speak DMSG');
  if (scheme !== undefined) return wrong(`begins with “${scheme}”, which is no way to reach a peer`);
  if (/\s/.test(text) && !text.startsWith('unix:')) return wrong('has spaces');
  return address(text, null);
}

function fromUri(text: string): PeerAddress {
  const match = /^dmsg(\+unix)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?socket=([^&#]+))?$/i.exec(text);
  if (match === null) return wrong('is no URI of a disk (dmsg://HOST:PORT/SERIAL)');
  const [, unix, host = '', serialPart = '', socketPart] = match;
  const serial = decoded(serialPart);
  const socket = socketPart === undefined ? '' : decoded(socketPart);
  if (serial === null || socket === null) return wrong('is not well percent-encoded');
  const disk = serial === '' ? null : serial;
  if (unix !== undefined) {
    if (host !== '' || socket === '')
      return wrong('names no socket (dmsg+unix:///SERIAL?socket=/run/nas.sock)');
    return address(`unix:${socket}`, disk);
  }
  if (host === '') return wrong('names no host (dmsg://HOST:PORT/SERIAL)');
  return address(host, disk);
}

function address(text: string, serial: string | null): PeerAddress {
  return { kind: 'address', text, reach: staysHere(text) ? 'here' : 'other', serial };
}

/** As the host decides it: a name other than localhost may lead anywhere. */
function staysHere(text: string): boolean {
  if (text.startsWith('unix:')) return true;
  const [, bracketed, plain] = /^(?:tcp:)?(?:\[([^\]]*)\]|([^:[\]]*))(?::.*)?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function wrong(problem: string): PeerAddress {
  return { kind: 'wrong', message: `This ${problem}; ${EXAMPLE}` };
}
