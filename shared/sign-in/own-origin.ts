/**
 * Whoever is signed in by a cookie is signed in on every page that his browser shows: a request that
 * changes something must come from a page of ours (OWASP, cross-site request forgery: verifying the
 * origin with standard headers).
 */

import type { HttpRequest } from '@azure/functions';
import { HttpProblem } from '../http/problem.ts';

const harmless = ['GET', 'HEAD', 'OPTIONS'];

/**
 * @param publicUrl where the app is reached, beside the address that the request was sent to
 * @throws HttpProblem 403
 */
export function requireOwnOrigin(request: HttpRequest, publicUrl: string | undefined): void {
  if (harmless.includes(request.method)) return;
  const origin = request.headers.get('origin');
  // Behind the platform, whose front end knows nothing but TLS.
  const own = [
    `https://${new URL(request.url).host}`,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin]),
  ];
  if (origin !== null && own.includes(origin)) return;
  const message =
    origin === null
      ? 'A request of an account that the platform has signed in needs the header Origin.'
      : 'The request comes from a page of another origin.';
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'Origin', message, allowed: `one of ${own.join(', ')}` }],
  });
}
