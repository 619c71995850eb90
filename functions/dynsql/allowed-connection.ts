import type { HttpRequest } from '@azure/functions';
import type { DynsqlConnection } from '../../shared/app/connections/connection.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { norAny, oneOf } from '../../shared/faults/one-of.ts';
import { show } from '../../shared/faults/show.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorizeConnection, mayAsk } from '../../shared/http/callers.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

/** The connection that the path names. Throws `HttpProblem` 404, or 403 for whoever may not. */
export function allowedConnection(
  request: HttpRequest,
  app: AppServices,
  caller: Caller | undefined,
): DynsqlConnection {
  if (caller === undefined) throw new Error('this needs a route that asks for a token');
  const id = pathParameter(request, 'connection');
  const connection = app.dynsql.find(id);
  if (connection !== undefined) {
    authorizeConnection(caller, connection.id);
    return connection;
  }
  const theirs = app.dynsql.all.filter((known) => mayAsk(caller, known.id));
  const ids = theirs.map((known) => known.id);
  const message = `There is no connection ${show(id)}${norAny(ids, 'that you may ask')}.`;
  const allowed = oneOf(ids);
  throw new HttpProblem('not-found', message, {
    errors: [{ field: 'connection', message, value: show(id), allowed }],
  });
}

/**
 * A part of the path. Members of the body hide those of the same name in another case: the host
 * compares names without regard to case and keeps the spelling of whoever came first.
 */
export function pathParameter(request: HttpRequest, name: string): string {
  const members = Object.entries(request.params);
  return members.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
}
