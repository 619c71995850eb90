/**
 * The streamed path: the app's library runs an HTTP server of its own (`HttpUri`), and the host
 * passes each request on to it under the invocation's id.
 */

import { once } from 'node:events';
import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { answer, forwardedHeaders } from './headers.ts';

/** As the real host's forwarder: without a byte either way for so long, it gives up. */
const activityTimeoutMilliseconds = 240_000;

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
   * @throws when either side breaks off or falls silent; the client has got 504 or 500 then, or
   *   a broken connection where the response had begun.
   */
  forward(exchange: Exchange): Promise<void>;
  /** Cuts off whatever is under way. */
  close(): void;
}

export function createForwarder(httpUri: string): Forwarder {
  const agent = new Agent({ keepAlive: true });
  /** Resolves with the response, whose body is still to come; the client may leave at any time. */
  const send = async (exchange: Exchange): Promise<IncomingMessage> => {
    const { request, response, body, invocationId, path, signal } = exchange;
    const upstream = httpRequest(new URL(path, httpUri), {
      method: request.method,
      headers: upstreamHeaders(request, invocationId),
      agent,
      signal,
    });
    upstream.setTimeout(activityTimeoutMilliseconds, () => upstream.destroy(new SilenceError()));
    const leave = (): void => {
      if (!response.writableFinished) upstream.destroy(new Error('The client has gone.'));
    };
    response.once('close', leave);
    upstream.once('close', () => response.off('close', leave));
    const streams = body === undefined && request.headers['transfer-encoding'] !== undefined;
    // A failure here destroys `upstream`, whose error event carries it on.
    if (streams) pipeline(request, upstream).catch(() => {});
    else upstream.end(body);
    try {
      const [reply] = (await once(upstream, 'response')) as [IncomingMessage];
      return reply;
    } catch (error) {
      // The app closed a connection that was kept, just then: it has not seen the request. The
      // real host's client sends it again, too, where it has the body still.
      const unseen = upstream.reusedSocket && wasReset(error);
      if (unseen && !streams && !response.destroyed) return await send(exchange);
      throw error;
    }
  };
  return {
    close: () => agent.destroy(),
    forward: async (exchange) => {
      const { response } = exchange;
      try {
        const reply = await send(exchange);
        response.statusCode = reply.statusCode ?? 500;
        for (const [name, value] of forwardedHeaders(reply)) response.appendHeader(name, value);
        response.flushHeaders();
        await pipeline(reply, response);
      } catch (error) {
        if (response.headersSent) response.destroy();
        else answer(response, error instanceof SilenceError ? 504 : 500);
        throw error;
      }
    },
  };
}

class SilenceError extends Error {
  constructor() {
    super(`Neither side sent anything for ${activityTimeoutMilliseconds / 1000} s.`);
  }
}

function wasReset(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function upstreamHeaders(request: IncomingMessage, invocationId: string): string[] {
  const pairs = forwardedHeaders(request).filter(([name]) => !isSetHere(name));
  pairs.push(
    ['x-ms-invocation-id', invocationId],
    ['x-forwarded-host', request.headers.host ?? 'localhost'],
    ['x-forwarded-proto', 'http'],
  );
  return pairs.flat();
}

/** The library takes its request's URL and identity from these: never from the client. */
function isSetHere(name: string): boolean {
  return ['x-ms-invocation-id', 'x-forwarded-host', 'x-forwarded-proto'].includes(
    name.toLowerCase(),
  );
}
