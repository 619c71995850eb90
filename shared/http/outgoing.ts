/**
 * The responses under way on the streamed path, by the id of the invocation.
 *
 * The library's own writer of streamed bodies waits for nobody and tells nobody (@azure/functions
 * 4.16.5, `sendProxyResponse`): chunks pile up in memory behind a slow client, one who has gone is
 * not noticed, and a body that fails leaves the response open for good. It keeps the response to
 * itself; Node announces it, in whose process the library's server runs.
 *
 * Import it where the app starts: a request that came before is not known here.
 */

import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const responses = new Map<string, ServerResponse>();

subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const id = request.headers['x-ms-invocation-id'];
  if (typeof id !== 'string') return;
  responses.set(id, response);
  response.once('close', () => responses.delete(id));
});

/** Undefined where the app does not stream, and once the response is closed. */
export function outgoing(invocationId: string): ServerResponse | undefined {
  return responses.get(invocationId);
}
