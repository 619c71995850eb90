/** Closing a server, a company or everything for a while, and opening it early. */

import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import { closureEvent } from '../../shared/closures/closure-event.ts';
import {
  type Closure,
  type ClosureScope,
  closureText,
  mostClosures,
  TooManyClosuresError,
} from '../../shared/closures/closures.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { type Caller, callerText } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { audited } from '../changes.ts';
import { closuresSchema, parseClosure } from '../shapes/new-closure.ts';

/** What is closed now. */
export function listClosures(app: AppServices): RouteHandler {
  return async (_request, _context, { signal }) => {
    return json(closuresSchema.parse({ closures: await app.closures.current(signal) }));
  };
}

/** From a second later on nothing new begins there. */
export function beginClosure(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a closure needs a route that asks for a token');
    const body = await readJsonObject(request, { signal, place });
    const { scope, ...closure } = parseClosure(body, app.catalog, app.now());
    authorizeScope(app, caller, scope);
    const begin = { ...scope, ...closure, ...askerOf(caller) };
    const change = { what: 'closure.begin', subject: placeOf(scope), user: closure.user } as const;
    const call = { app, request, context, caller, signal };
    const begun = await audited(call, { ...change, ...codesOf(scope), asked: begin }, async () => {
      const value = await app.closures.begin(begin, signal).catch((error: unknown) => {
        throw error instanceof TooManyClosuresError ? tooMany() : error;
      });
      return { value, after: { ...value } };
    });
    // One that is over, or opened, before anybody has looked is told of, too; where this is lost
    // whoever looks tells it.
    await app.events.tell(closureEvent(begun), signal).catch(() => {});
    context.info(`${closureText(begun)} (${begun.user}, ${callerText(caller)})`);
    return json(begun, { status: 201, headers: { location: `/closures/${begun.id}` } });
  };
}

/** Opens early what is closed. */
export function endClosure(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a closure needs a route that asks for a token');
    const closure = await namedClosure(request, app, signal);
    authorizeScope(app, caller, closure);
    const { id } = closure;
    const change = {
      what: 'closure.end',
      subject: placeOf(closure),
      before: { ...closure },
    } as const;
    const call = { app, request, context, caller, signal };
    await audited(call, { ...change, ...codesOf(closure) }, async () => {
      if ((await app.closures.end(id, signal)) === undefined) throw unknown(id);
      return { value: undefined };
    });
    await app.syncs.wakeLine();
    context.info(`Opened early (${callerText(caller)}): ${closureText(closure)}`);
    return json(closure);
  };
}

async function namedClosure(
  request: HttpRequest,
  app: AppServices,
  signal: AbortSignal,
): Promise<Closure> {
  const id = request.params['id'];
  const found = (await app.closures.current(signal)).find((closure) => closure.id === id);
  if (found === undefined) throw unknown(id);
  return found;
}

function unknown(id: unknown): HttpProblem {
  const message = `There is no closure ${show(id)}.`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'id', message, value: show(id), allowed: 'the id of one, see /closures' }],
  });
}

function tooMany(): HttpProblem {
  const message = `There are ${mostClosures} closures already: open some of them first.`;
  return new HttpProblem('invalid-value', message);
}

function placeOf({ server, company }: Pick<Closure, 'server' | 'company'>): string {
  if (server !== undefined) return `server ${server}`;
  return company === undefined ? 'everything' : `company ${company}`;
}

/** Throws `HttpProblem` 403. What closes more than a company is for whoever may touch all of them. */
function authorizeScope(
  { catalog }: AppServices,
  caller: Caller,
  { company, server }: ClosureScope,
): void {
  const field = company !== undefined ? 'company' : server === undefined ? 'everything' : 'server';
  const codes = company === undefined ? Object.keys(catalog.codes()) : [company];
  authorize(
    caller,
    codes.map((code) => ({ code, field })),
  );
}

/** What closes more than a company concerns more than data sources. */
function codesOf({ company }: Pick<Closure, 'company'>): { codes?: string[] } {
  return company === undefined ? {} : { codes: [company] };
}
