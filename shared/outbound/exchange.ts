/** One HTTP request and its whole answer: bounded in time and size, released on every path. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Call, Deadline, headOf, OversizeError, send, unpacked } from './call.ts';

export interface BoundedCall extends Call {
  /** From the connection to the end of the answer, in milliseconds. */
  deadlineMs: number;
  /** Of the body, unpacked. */
  maxBytes: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * @throws DeadlineError, OversizeError, the reason of `signal`, or the error of the connection
 *   as Node gives it
 */
export async function exchange(call: BoundedCall, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  const deadline = new Deadline(stop);
  deadline.connect(call.connectMs);
  signal.addEventListener('abort', onAbort, { once: true });
  const request = send(call, stop.signal, () => deadline.set(call.deadlineMs, 'no whole answer'));
  try {
    const response = await headOf(request);
    const body = await readBody(response, call.maxBytes);
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  } catch (error) {
    request.destroy();
    // What stopped us says more than how the connection broke of it.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    deadline.clear();
    signal.removeEventListener('abort', onAbort);
  }
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const oversize = new OversizeError(`an answer of more than ${maxBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw oversize;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of unpacked(response) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw oversize;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
