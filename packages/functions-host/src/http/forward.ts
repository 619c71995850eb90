/**
 * The streamed path: the app's library runs an HTTP server of its own (`HttpUri`), and the host
 * passes each request on to it under the invocation's id.
 */

import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { begunAt } from './begun.ts';
import { BodyError, watchBody } from './body.ts';
import { ClientGoneError, carry } from './carry.ts';
import { answer, forwardedHeaders } from './headers.ts';

/** As the real host's forwarder: without a byte either way for so long, it gives up. */
const activityTimeoutMilliseconds = 240_000;

/** As the real host's `RetryProxyHandler`: a request that was not taken is sent again. */
const tries = 10;
const firstWaitMs = 50;
const mostWaitMs = 250;

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Read already; absent: the request's own stream. */
  body: Buffer | undefined;
  invocationId: string;
  /** Path and query. */
  path: string;
  /** Aborted when the function timed out. */
  signal: AbortSignal;
}

export interface Forwarder {
  /**
   * Streams both ways with back-pressure until the response is through.
   * @throws when either side breaks off or falls silent; the client has got 504 or 500 then (or
   *   408, 413 for its body), or a broken connection where the response had begun.
   */
  forward(exchange: Exchange): Promise<void>;
  /** Cuts off whatever is under way. */
  close(): void;
}

export function createForwarder(httpUri: string): Forwarder {
  const agent = new Agent({ keepAlive: true });
  const watchBegin = begunAt(Number(new URL(httpUri).port));
  /** Resolves with the response, whose body is still to come; the client may leave at any time. */
  const send = async (exchange: Exchange, attempt = 1): Promise<IncomingMessage> => {
    const { request, response, body, invocationId, path, signal } = exchange;
    const streams = body === undefined && request.headers['transfer-encoding'] !== undefined;
    const upstream = httpRequest(new URL(path, httpUri), {
      method: request.method,
      headers: upstreamHeaders(request, invocationId, new URL(httpUri).host),
      // A body that passes through cannot be sent again: it gets no connection that was kept.
      agent: streams ? false : agent,
      signal,
    });
    const hasBegun = watchBegin(upstream);
    let reply: IncomingMessage | undefined;
    // Of an answer that has come and waits, a request that is destroyed would leave a piece.
    const cut = (error: Error): unknown => (reply ?? upstream).destroy(error);
    upstream.setTimeout(activityTimeoutMilliseconds, () => cut(new SilenceError()));
    const leave = (): void => {
      if (!response.writableFinished) onceConnected(upstream, () => cut(new ClientGoneError()));
    };
    response.once('close', leave);
    upstream.once('close', () => response.off('close', leave));
    let hasPassed = false;
    const passThrough = (): void => {
      hasPassed = true;
      const stop = watchBody(request, response, cut);
      // A client that leaves here closes `response`, too.
      request.on('error', () => {}).pipe(upstream);
      // What the app did not want is thrown away: a connection that nobody reads sees no end.
      upstream.once('close', () => {
        stop();
        request.resume();
      });
    };
    upstream.once('response', (message) => {
      reply = message;
      // What goes wrong with the rest of the request is no matter; with the answer, it says so itself.
      upstream.on('error', () => {});
      message.once('end', () => {
        if (hasPassed && !request.complete) upstream.destroy();
      });
    });
    if (streams) {
      upstream.flushHeaders();
      upstream.once('socket', (socket: Socket) => socket.once('connect', passThrough));
    } else upstream.end(body);
    try {
      const [answered] = (await once(upstream, 'response')) as [IncomingMessage];
      return answered;
    } catch (error) {
      response.off('close', leave);
      const isOurs = error instanceof SilenceError || response.destroyed || signal.aborted;
      if (isOurs || hasPassed || hasBegun()) throw error;
      // The app closed a connection that was kept, just then.
      if (upstream.reusedSocket) return await send(exchange, attempt);
      if (attempt === tries) throw error;
      await sleep(Math.min(firstWaitMs * 2 ** (attempt - 1), mostWaitMs));
      return await send(exchange, attempt + 1);
    }
  };
  return {
    close: () => agent.destroy(),
    forward: async (exchange) => {
      const { response } = exchange;
      try {
        const reply = await send(exchange);
        if (isGone(exchange)) {
          // What is read no more would be waited for: the app holds a large answer back.
          reply.destroy();
          throw new ClientGoneError();
        }
        response.statusCode = reply.statusCode ?? 500;
        for (const [name, value] of forwardedHeaders(reply)) response.appendHeader(name, value);
        response.flushHeaders();
        await carry(reply, response);
      } catch (error) {
        // What has begun is broken off by now, and whose fault it was is told.
        if (response.headersSent) throw error;
        if (isGone(exchange)) throw new ClientGoneError();
        if (error instanceof BodyError) {
          answer(response, error.status, { connection: 'close' });
        } else answer(response, error instanceof SilenceError ? 504 : 500);
        throw error;
      }
    },
  };
}

/** Also behind a half-close, of which this server makes a whole one. */
export function isGone({ request, response }: Pick<Exchange, 'request' | 'response'>): boolean {
  return response.destroyed || request.socket.destroyed || !request.socket.writable;
}

/** The app sees the head of each request whose invocation it gets, or would wait for it. */
function onceConnected(upstream: ClientRequest, act: () => void): void {
  const connected = (socket: Socket): void => {
    if (socket.connecting) socket.once('connect', () => setImmediate(act));
    else setImmediate(act);
  };
  if (upstream.socket) connected(upstream.socket);
  else upstream.once('socket', connected);
}

class SilenceError extends Error {
  constructor() {
    super(`Neither side sent anything for ${activityTimeoutMilliseconds / 1000} s.`);
  }
}

/** The real host adds the invocation's id only where the client has sent none of that name. */
function upstreamHeaders(request: IncomingMessage, invocationId: string, host: string): string[] {
  const pairs = forwardedHeaders(request).filter(([name]) => !isSetHere(name));
  const isNamed = request.headers['x-ms-invocation-id'] !== undefined;
  if (!isNamed) pairs.push(['x-ms-invocation-id', invocationId]);
  // Node frames no body of a GET by itself: what follows would be read as another request.
  const isChunked = request.headers['transfer-encoding'] !== undefined;
  if (isChunked) pairs.push(['transfer-encoding', 'chunked']);
  pairs.push(
    // An app that is to close would reset what it has not read, and its own answer with it.
    ['connection', 'keep-alive'],
    // Also for a client of HTTP/1.0, which need not name one.
    ['host', host],
    ['x-forwarded-host', request.headers.host || 'localhost'],
    ['x-forwarded-proto', 'http'],
  );
  return pairs.flat();
}

/** The library takes its request's URL from these: never from the client. */
function isSetHere(name: string): boolean {
  return ['host', 'x-forwarded-host', 'x-forwarded-proto'].includes(name.toLowerCase());
}
