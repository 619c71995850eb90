/** One HTTP request whose answer is read as it comes, for as long as it comes. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type Call, Deadline, headOf, send, unpacked } from './call.ts';

export interface StreamCall extends Call {
  /** From the connection to the head of the answer, in milliseconds. */
  headMs: number;
  /** The longest silence between two pieces of the body, while somebody wants them. */
  idleMs: number;
  /** What the caller is told of an error, before the head of the answer or after. */
  explain(error: unknown): Error;
}

export interface StreamedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /**
   * Unpacked; not read ahead of who takes it. Destroying it, or its own end, releases everything;
   * a body that is cut off or stalls ends with the error.
   */
  body: Readable;
}

/**
 * @param signal holds for the body, too
 * @throws the reason of `signal`, or what `explain` makes of a DeadlineError or of the error of the
 *   connection
 */
export async function openStream(call: StreamCall, signal: AbortSignal): Promise<StreamedAnswer> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  const deadline = new Deadline(stop);
  deadline.connect(call.connectMs);
  signal.addEventListener('abort', onAbort, { once: true });
  const request = send(call, stop.signal, () => deadline.set(call.headMs, 'no answer'));
  // Of an answer that was read to the end the connection is with its agent again, and stays.
  const release = () => {
    deadline.clear();
    signal.removeEventListener('abort', onAbort);
    request.destroy();
  };
  // What stopped us says more than how the connection broke of it.
  const failed = (error: unknown) =>
    signal.aborted ? signal.reason : call.explain(stop.signal.reason ?? error);
  try {
    const response = await headOf(request);
    const body = bodyOf(response, call.idleMs, deadline, failed, release);
    // Also of an answer that is all here already, but not taken.
    stop.signal.addEventListener('abort', () => body.destroy(failed(undefined)), { once: true });
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  } catch (error) {
    release();
    throw failed(error);
  }
}

function bodyOf(
  response: IncomingMessage,
  idleMs: number,
  deadline: Deadline,
  failed: (error: unknown) => Error,
  release: () => void,
): Readable {
  const source = unpacked(response);
  const body = new Readable({
    read() {
      deadline.set(idleMs, 'nothing more of the answer');
      source.resume();
    },
    destroy(error, done) {
      release();
      done(error);
    },
  });
  deadline.clear();
  source.pause();
  source.on('data', (chunk: Buffer) => {
    if (body.push(chunk)) return deadline.set(idleMs, 'nothing more of the answer');
    // Whoever reads us is busy: that is not the server's silence.
    deadline.clear();
    source.pause();
  });
  source.on('end', () => body.push(null));
  source.on('error', (error) => body.destroy(failed(error)));
  // Nobody may listen yet, or any more.
  body.on('error', () => {});
  return body;
}
