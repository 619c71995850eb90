/** One HTTP request up to the head of its answer. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
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
  /** For a connection to come up, in milliseconds. */
  connectMs: number;
}

/** The server was silent for longer than it is given. */
export class DeadlineError extends Error {}
/** It was not even reached, so that nothing of what was asked can have been too much for it. */
export class NotReachedError extends DeadlineError {}
export class OversizeError extends Error {}

/** A limit of time that stops a request. */
export class Deadline {
  readonly #stop: AbortController;
  #timer: NodeJS.Timeout | undefined;

  constructor(stop: AbortController) {
    this.#stop = stop;
  }

  /** For the connection. */
  connect(ms: number): void {
    this.#set(ms, new NotReachedError(`no connection within ${ms / 1000} s`));
  }

  /** In the place of the one before. @param what did not come, such as `no answer` */
  set(ms: number, what: string): void {
    this.#set(ms, new DeadlineError(`${what} within ${ms / 1000} s`));
  }

  #set(ms: number, error: DeadlineError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop.abort(error), ms);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** @param onConnected is called as soon as the request has a connection */
export function send(call: Call, signal: AbortSignal, onConnected: () => void): ClientRequest {
  const { method, url, headers, body, agent, rejectUnauthorized } = call;
  const isTls = url.protocol === 'https:';
  const options = { method, headers, agent, rejectUnauthorized, signal };
  const request = isTls ? httpsRequest(url, options) : httpRequest(url, options);
  // Errors after the first have nobody waiting; unheard they would end the process.
  request.on('error', () => {});
  request.once('socket', (socket) => {
    if (!socket.connecting) onConnected();
    else socket.once(isTls ? 'secureConnect' : 'connect', onConnected);
  });
  request.end(body);
  return request;
}

/** @throws the error of the connection as Node gives it */
export async function headOf(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** The body as it was before it was packed for the way. */
export function unpacked(response: IncomingMessage): Readable {
  const isPacked = /^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '');
  // Whoever reads hears of an error from the stream that is read.
  return isPacked ? pipeline(response, createGunzip(), () => {}) : response;
}
