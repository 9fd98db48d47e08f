/** Why a link with TLS was not made or ended, as a closed set. */
export type TlsErrorCode =
  | 'timeout' // the handshake was not finished in time
  | 'plain' // the peer speaks, but not TLS
  | 'version' // another version of TLS than 1.3
  | 'protocol' // TLS, but not for DMSG: the ALPN name is not ours
  | 'certificate' // none, or one that cannot be used
  | 'closed' // the peer closed in the handshake
  | 'crowded' // no room at the listener, or no more
  | 'tampered' // bytes on the way were changed
  | 'failed';

/** The message says what the peer did, without naming it. */
export class TlsError extends Error {
  readonly code: TlsErrorCode;
  constructor(code: TlsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TlsError';
    this.code = code;
  }
}

/** An error of Node's TLS in our terms. */
export function asTlsError(error: NodeJS.ErrnoException): TlsError {
  if (error instanceof TlsError) return error;
  const code = error.code ?? '';
  switch (code) {
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_HTTP_REQUEST':
    case 'ERR_SSL_BAD_RECORD_TYPE':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return new TlsError('plain', 'the peer speaks without TLS', error);
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
    case 'ERR_SSL_VERSION_TOO_LOW':
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
      return new TlsError('version', 'the peer does not speak TLS 1.3', error);
    case 'ERR_SSL_NO_APPLICATION_PROTOCOL':
    case 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL':
      return new TlsError('protocol', 'the peer wants another protocol than DMSG (ALPN)', error);
    case 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC':
    case 'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC':
      return new TlsError('tampered', 'bytes on the way were changed', error);
    case 'ECONNRESET':
    case 'EPIPE':
      return new TlsError('closed', 'the peer closed the connection', error);
    default:
      return new TlsError('failed', code.startsWith('ERR_SSL_') ? wordsOf(code) : error.message, error);
  }
}

/** `ERR_SSL_UNEXPECTED_MESSAGE` as `TLS: unexpected message`: the messages of OpenSSL itself are for programs. */
function wordsOf(code: string): string {
  return `TLS: ${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')}`;
}
