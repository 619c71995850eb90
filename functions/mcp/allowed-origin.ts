/** Which pages of browsers may call `/mcp`. */

import type { HttpRequest } from '@azure/functions';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { isLoopback } from '../../shared/settings/keyword-text.ts';
import type { Settings } from '../../shared/settings/settings.ts';

/**
 * Programs send no `Origin`, and pages of browsers always do (Model Context Protocol, Streamable
 * HTTP, Security Warning). A page that a name server has given our address (DNS rebinding) has an
 * origin of the very host that the request is sent to: over TLS its certificate would not fit, and
 * without TLS only this machine's own names count.
 *
 * @throws HttpProblem 403 for a page of another origin than ours and those of `MCP_ORIGINS`
 */
export function requireAllowedOrigin(
  { headers, url }: Pick<HttpRequest, 'headers' | 'url'>,
  { hooks, mcpOrigins }: Pick<Settings, 'hooks' | 'mcpOrigins'>,
): void {
  const origin = headers.get('origin');
  if (origin === null) return;
  const { host, hostname } = new URL(url);
  const own = [
    `https://${host}`,
    ...(isLoopback(hostname) ? [`http://${host}`] : []),
    ...(hooks.publicUrl === undefined ? [] : [new URL(hooks.publicUrl).origin]),
    ...mcpOrigins,
  ];
  if (own.includes(origin)) return;
  const message = 'The request comes from a page of another origin.';
  const allowed = `no Origin, or one of ${own.join(', ')} (those of MCP_ORIGINS, too)`;
  throw new HttpProblem('forbidden', message, {
    errors: [{ field: 'Origin', message, value: show(origin), allowed }],
  });
}
