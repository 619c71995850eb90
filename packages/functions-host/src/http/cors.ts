/** Calls from browsers of other origins, as Core Tools allows them: any method, any header. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsSettings } from '../settings.ts';

/**
 * Sets the headers that let an allowed origin read the answer.
 * @returns true when it was a preflight, which is answered then
 */
export function allowOrigin(
  { origins, credentials }: CorsSettings,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const method = request.headers['access-control-request-method'];
  const isPreflight = request.method === 'OPTIONS' && method !== undefined;
  const anyone = origins.includes('*');
  if (anyone || origins.includes(origin)) {
    response.setHeader('access-control-allow-origin', anyone ? '*' : origin);
    if (!anyone) response.appendHeader('vary', 'Origin');
    if (credentials && !anyone) response.setHeader('access-control-allow-credentials', 'true');
    if (isPreflight) {
      response.setHeader('access-control-allow-methods', method);
      const headers = request.headers['access-control-request-headers'];
      if (headers !== undefined) response.setHeader('access-control-allow-headers', headers);
    }
  }
  if (isPreflight) response.writeHead(204).end();
  return isPreflight;
}
