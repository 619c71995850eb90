/** The host's web server, with the limits and the order of the real one's. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { holdLeave } from './body.ts';
import { answer } from './headers.ts';
import {
  beatMs,
  drainMs,
  headerCount,
  headersBytes,
  headersMs,
  keepAliveMs,
  requestLineBytes,
} from './limits.ts';
import { inTurn } from './turns.ts';

/** @param handle answers one request, after those before it on its connection */
export function createWebServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    // A whole request may take as long as it likes: its body has a rate instead.
    requestTimeout: 0,
    connectionsCheckingInterval: beatMs,
    maxHeaderSize: requestLineBytes + headersBytes,
  });
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    response.once('close', () => {
      // A connection that is kept alive would hold a server that is closing.
      if (!server.listening) server.closeIdleConnections();
    });
    response.once('finish', () => drain(request));
    inTurn(request, response, () => {
      const tooLong = overLimit(request);
      if (tooLong === undefined) handle(request, response);
      else answer(response, tooLong, { connection: 'close' });
    });
  };
  server.on('request', take);
  server.on('checkContinue', (request, response) => {
    holdLeave(request);
    take(request, response);
  });
  // Other expectations are passed over.
  server.on('checkExpectation', take);
  return server;
}

/** The status for a head that the real server refuses before anybody sees it. */
function overLimit({ method, url, httpVersion, rawHeaders }: IncomingMessage): number | undefined {
  const line = `${method} ${url} HTTP/${httpVersion}\r\n`;
  if (line.length > requestLineBytes) return 414;
  return rawHeaders.length > 2 * headerCount ? 431 : undefined;
}

/** What is left of a body is thrown away for a while; then the connection is cut. */
function drain(request: IncomingMessage): void {
  if (request.complete) return;
  setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, drainMs).unref();
}
