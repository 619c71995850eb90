import type { AppServices } from '../../shared/app/services.ts';
import { preferredProfile } from '../../shared/http/accept.ts';
import { json } from '../../shared/http/answer.ts';
import { patienceMs } from '../../shared/http/call-place.ts';
import { mayAsk } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';
import { helpAnswer, pathOf } from './read-help.ts';

/** The connections that the caller may ask, in the order of the catalogue. */
export function listConnections(app: AppServices): RouteHandler {
  return (_request, _context, { caller }) => {
    if (caller === undefined) throw new Error('this needs a route that asks for a token');
    const connections = app.catalog.connections
      .filter(({ id }) => mayAsk(caller, id))
      .map(({ id, kind, description }) => ({ id, kind, ...(description && { description }) }));
    return tagged(json({ connections }));
  };
}

/** The definitions of a connection. */
export function listDefinitions(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const connection = allowedConnection(request, app, caller);
    // ABRA Gen may be slow.
    const list = await place.aside(
      () => explained(context, caller, () => connection.list(signal)),
      patienceMs,
    );
    return tagged(json(list.map(({ id, name }) => ({ id, name }))));
  };
}

/** One definition whole, or with `Accept: application/json; profile=help` what it can be asked. */
export function readDefinition(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const connection = allowedConnection(request, app, caller);
    const id = pathParameter(request, 'id');
    const asked = <T>(ask: () => Promise<T>) =>
      place.aside(() => explained(context, caller, ask), patienceMs);
    if (preferredProfile(request.headers.get('accept'), ['help']) === 'help') {
      const described = await asked(() => connection.described(id, signal));
      const answer = helpAnswer(described, pathOf(connection, described), request, true);
      const type = 'application/json; profile=help; charset=utf-8';
      return tagged({ ...answer, headers: { ...answer.headers, 'content-type': type } });
    }
    const body = await asked(() => connection.definition(id, signal));
    const type = 'application/json; charset=utf-8';
    return tagged({ headers: { 'content-type': type, vary: 'Accept, Accept-Language' }, body });
  };
}
