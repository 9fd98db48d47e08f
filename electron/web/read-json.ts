import type { IncomingMessage } from 'node:http';

/** A body that is not taken; the status says why. */
export class BodyError extends Error {
  readonly status: 400 | 413 | 415;
  constructor(status: BodyError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The JSON of a request's body, unchecked. How long it may take is the server's `requestTimeout`.
 * @throws BodyError
 */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  // A form of another site can send any other type without asking first.
  if (!/^application\/json(\s*;\s*charset=utf-8)?$/i.test(request.headers['content-type'] ?? '')) {
    throw new BodyError(415, 'the body must be application/json');
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop must not destroy the request: with it the answer would go.
  const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) throw new BodyError(413, `the body may have ${maxBytes} bytes`);
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    throw new BodyError(400, 'the body is not JSON');
  }
}
