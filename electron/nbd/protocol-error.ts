/** The peer broke the protocol or a limit: the connection ends. The message says what it did. */
export class ProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolError';
  }
}
