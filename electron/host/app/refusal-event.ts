import type { NewEvent } from '../journal/new-event.ts';
import type { Refusal } from '../refusals.ts';

/** What is told of somebody who was refused, with what to do about it. The log has the same for the CLI. */
export function refusalEvent({ peer, reason, line, at }: Refusal): NewEvent {
  const [host, key] = peer.split(' ');
  const who = key === undefined ? host : `${host} with the key ${key}`;
  return {
    severity: 'warning',
    kind: at.kind,
    object: `${at.name}, ${peer}`,
    object_id: at.id,
    text:
      at.kind === 'export'
        ? `A write of ${who} to ${at.name} was refused: the key may only read. ${fixOf(reason)}`
        : `${who} was refused at ${at.name}: ${whyOf(reason, line)}. ${fixOf(reason)}`.trimEnd(),
    to: `refused: ${reason}`,
    cause: line,
    actor: 'remote',
  };
}

function whyOf(reason: string, line: string): string {
  switch (reason) {
    case 'not-allowed':
      return 'its key is on no list of an export';
    case 'revoked':
      return 'its key was revoked here';
    case 'plain':
      return 'it wants a plain link, and here all links have TLS';
    case 'timeout':
      return 'its TLS handshake did not end in time';
    case 'closed':
      return 'it closed the connection in the TLS handshake';
    default:
      return line;
  }
}

function fixOf(reason: string): string {
  switch (reason) {
    case 'not-allowed':
      return 'To let it in, add the key to an export, in its Options.';
    case 'revoked':
      return 'To trust the key again, un-revoke it in Settings, Security.';
    case 'plain':
      return 'It can connect with TLS: from the command line with --tls.';
    case 'closed':
      return 'Perhaps it does not know the key of this host: give its owner the one in Settings, Security.';
    case 'timeout':
      return 'If it should be a peer, look at the network in between.';
    case 'read-only':
      return 'To let it write, allow the key more in the Options of the export.';
    default:
      return '';
  }
}
