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
      const status = refusal(request);
      if (status === undefined) handle(request, response);
      else answer(response, status, { connection: 'close' });
    });
  };
  server.on('request', take);
  server.on('checkContinue', (request, response) => {
    holdLeave(request);
    take(request, response);
  });
  // Other expectations are passed over.
  server.on('checkExpectation', take);
  // No function can have the method; without a listener the connection would just end.
  server.on('connect', (_, socket) => {
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  return server;
}

/** The status for a head that the real server refuses before anybody sees it. */
function refusal(request: IncomingMessage): number | undefined {
  const { method = '', url, httpVersion, rawHeaders, headers, headersDistinct } = request;
  const line = `${method} ${url} HTTP/${httpVersion}\r\n`;
  if (line.length > requestLineBytes) return 414;
  if (rawHeaders.length > 2 * headerCount) return 431;
  if ((headersDistinct['host']?.length ?? 0) > 1) return 400;
  // Before HTTP/1.1 the end of such a body is the end of the connection.
  const isEndless = !('content-length' in headers) && !('transfer-encoding' in headers);
  const hasBody = ['POST', 'PUT'].includes(method);
  return httpVersion === '1.0' && hasBody && isEndless ? 400 : undefined;
}

/** What is left of a body is thrown away for a while; then the connection is cut. */
function drain(request: IncomingMessage): void {
  if (request.complete) return;
  setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, drainMs).unref();
}
