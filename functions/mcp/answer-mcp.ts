/** `/mcp`: what models may ask and do, by the Model Context Protocol over HTTP. */

import type { HttpResponseInit } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { clientGone } from '../../shared/http/outgoing.ts';
import type { Route } from '../route.ts';
import { requireAllowedOrigin } from './allowed-origin.ts';

/** Bytes: a query with several lists of a thousand values. */
const bodyLimit = 1024 * 1024;

/** Clients of the SDK give up after 60 s. A tool is told to end: what it changes is done first. */
const longestMs = 55_000;

/** After so long nothing is waited for: neither a tool that does not end, nor the SDK. */
const lastMs = 58_000;

/**
 * Answers one message; tools ask `routes` as whoever calls. Batches, which newer versions of the
 * protocol do not have, are refused.
 */
export function answerMcp(routes: readonly Route[]): (app: AppServices) => RouteHandler {
  return (app) =>
    async (request, context, { caller, signal, place }) => {
      if (caller === undefined) throw new Error('this needs a route that asks for a token');
      requireAllowedOrigin(request, app.settings);
      const message = await readJsonObject(request, { signal, place }, { limit: bodyLimit });
      const { answer } = await import('./server.ts');
      const within = AbortSignal.any([
        AbortSignal.timeout(longestMs),
        clientGone(context.invocationId),
        app.stopping,
      ]);
      const { name, roles } = caller;
      const asking = {
        app,
        request,
        context,
        routes,
        place,
        message,
        caller: name,
        roles,
        signal: within,
        last: AbortSignal.timeout(lastMs),
      };
      return await shown(await answer(asking));
    };
}

async function shown(response: Response): Promise<HttpResponseInit> {
  const { status, headers } = response;
  const type = headers.get('content-type');
  const body = await response.text();
  return {
    status,
    ...(type !== null && { headers: { 'content-type': type } }),
    ...(body !== '' && { body: `${body}\n` }),
  };
}
