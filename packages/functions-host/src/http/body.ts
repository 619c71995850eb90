/** Request bodies, within the limits of the real host's web server. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { beatMs, bodyLimitBytes, bodyRate } from './limits.ts';

/**
 * What the client sent cannot be read. Words and status are the web server's own, which the real
 * host hides behind a bare 500 where a function was to be called (azure-functions-host issue
 * 10519): here a 500 is always the app's.
 */
export class BodyError extends Error {
  override name = 'BodyError';
  readonly status: 408 | 413;

  constructor(status: 408 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/** Requests whose client waits for leave to send the body. */
const waitsForLeave = new WeakSet<IncomingMessage>();

/** Of a request with `Expect: 100-continue`, which is answered when somebody wants the body. */
export function holdLeave(request: IncomingMessage): void {
  waitsForLeave.add(request);
}

/**
 * Reads a body with a declared length, which the host needs for its binding data. A chunked body
 * is left to stream.
 * @returns undefined when there is none of a declared length.
 * @throws BodyError when it is too large or comes too slowly; Error when the client has gone
 */
export async function readDeclaredBody(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) === 0) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  watchBody(request, response, reject);
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', resolve);
  request.once('error', reject);
  await promise;
  return Buffer.concat(chunks);
}

/**
 * Begins to read a body, and calls `fail` once it is larger or slower than it may be. The time in
 * which whoever reads is not ready for more does not count, nor does that of a busy machine.
 * @returns ends the watch: Node tells a request nothing any more once it is answered
 */
export function watchBody(
  request: IncomingMessage,
  response: ServerResponse,
  fail: (error: BodyError) => void,
): () => void {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimitBytes) {
    fail(tooLarge());
    return () => {};
  }
  if (waitsForLeave.delete(request)) response.writeContinue();
  let bytes = 0;
  let elapsed = 0;
  const beat = setInterval(() => {
    if (request.isPaused()) return;
    elapsed += beatMs;
    const isSlow = (bytes * 1000) / elapsed < bodyRate.bytesPerSecond;
    if (elapsed > bodyRate.graceMs && isSlow) end(tooSlow());
  }, beatMs);
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bodyLimitBytes) end(tooLarge());
  };
  const stop = (): void => {
    clearInterval(beat);
    request.off('data', count);
  };
  const end = (error: BodyError): void => {
    stop();
    fail(error);
  };
  request.on('data', count);
  request.once('close', stop);
  return stop;
}

function tooLarge(): BodyError {
  return new BodyError(
    413,
    `Request body too large. The max request body size is ${bodyLimitBytes} bytes.`,
  );
}

function tooSlow(): BodyError {
  return new BodyError(
    408,
    'Reading the request body timed out due to data arriving too slowly. See MinRequestBodyDataRate.',
  );
}
