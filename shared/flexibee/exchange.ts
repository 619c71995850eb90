/** One HTTP request and its whole answer: bounded in time and size, released on every path. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: URL;
  headers: Record<string, string>;
  body?: string | undefined;
  /** False: a connection of its own, closed afterwards. */
  agent: Agent | false;
  /** Whether the server's certificate must be one that this machine trusts. */
  rejectUnauthorized: boolean;
  connectMs: number;
  deadlineMs: number;
  /** Of the body, unpacked. */
  maxBytes: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export class DeadlineError extends Error {}
export class OversizeError extends Error {}

/**
 * @throws DeadlineError, OversizeError, the reason of `signal`, or the error of the connection
 *   as Node gives it
 */
export async function exchange(call: Call, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  const expire = (ms: number, what: string) =>
    setTimeout(() => stop.abort(new DeadlineError(`${what} within ${ms / 1000} s`)), ms);
  let timer = expire(call.connectMs, 'no connection');
  signal.addEventListener('abort', onAbort, { once: true });
  const request = send(call, stop.signal);
  request.once('socket', (socket) => {
    const onConnected = () => {
      clearTimeout(timer);
      timer = expire(call.deadlineMs, 'no whole answer');
    };
    if (!socket.connecting) onConnected();
    else socket.once(call.url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
  });
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const body = await readBody(response, call.maxBytes);
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  } catch (error) {
    request.destroy();
    // What stopped us says more than how the connection broke of it.
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function send(
  { method, url, headers, body, agent, rejectUnauthorized }: Call,
  signal: AbortSignal,
) {
  const options = { method, headers, agent, rejectUnauthorized, signal };
  const request =
    url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
  // Errors after the first have nobody waiting; unheard they would end the process.
  request.on('error', () => {});
  request.end(body);
  return request;
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const oversize = new OversizeError(`an answer of more than ${maxBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw oversize;
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw oversize;
      chunks.push(chunk);
    }
  };
  const isPacked = /^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '');
  try {
    await (isPacked ? pipeline(response, createGunzip(), collect) : pipeline(response, collect));
  } catch (error) {
    // Leaving in the middle breaks the stream, and the pipeline may report that first.
    throw size > maxBytes ? oversize : error;
  }
  return Buffer.concat(chunks, size);
}
