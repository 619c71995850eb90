import type { AppServices } from '../../shared/app/services.ts';
import { json } from '../../shared/http/answer.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';

/** The definitions of a connection. */
export function listDefinitions(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const connection = allowedConnection(request, app, caller);
    const list = await explained(context, () => connection.list(signal));
    return json(list.map(({ id, name }) => ({ id, name })));
  };
}

/** One definition whole. */
export function readDefinition(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    const connection = allowedConnection(request, app, caller);
    const id = pathParameter(request, 'id');
    const body = await explained(context, () => connection.definition(id, signal));
    return { headers: { 'content-type': 'application/json; charset=utf-8' }, body };
  };
}
