/** A row of the table of routes, and what the Functions host is told of it. */

import type {
  FunctionOutput,
  HttpFunctionOptions,
  HttpMethod,
  HttpRequest,
} from '@azure/functions';
import type { Representation } from '../shared/http/accept.ts';
import { httpHandler, type Method, type RouteHandler } from '../shared/http/handler.ts';
import type { Operation, OperationDescription } from '../shared/http/openapi.ts';
import { authenticate, bearerToken } from '../shared/http/tokens.ts';
import type { ApiToken } from '../shared/settings.ts';
import type { AppServices } from './services.ts';

/**
 * Who may call: `open` everybody; `known` everybody, but whoever has a token is told more; `read`
 * likewise unless `PROTECT_READS`, then as `token`; `token` whoever has one; `body` likewise, but
 * the handler looks where there is none in the header, since it may be in the body.
 */
export type Access = 'open' | 'known' | 'read' | 'token' | 'body';

export interface Route {
  /** The function's name. */
  name: string;
  /** Path template without the leading slash. */
  route: string;
  access: Access;
  /** How a refusal looks to a client that does not say what it accepts. */
  refusals: Representation;
  outputs?: readonly FunctionOutput[];
  methods: Partial<Record<Method, RouteMethod>>;
}

interface RouteMethod extends OperationDescription {
  handler(app: AppServices): RouteHandler;
  /** Where it differs from the route's. */
  access?: Access;
}

/** All of them, since the host answers a bare 404 for a method that is not registered. */
const registeredMethods: HttpMethod[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
];

/**
 * The options to register `route` with. The services are asked for at each call: functions are
 * registered before the app has started.
 */
export function httpFunction(route: Route, app: () => AppServices): HttpFunctionOptions {
  const handlers = Object.entries(route.methods).map(([method, { handler }]) => {
    const lazily: RouteHandler = (...call) => handler(app())(...call);
    return [method, lazily];
  });
  return {
    methods: registeredMethods,
    route: route.route,
    authLevel: 'anonymous',
    extraOutputs: [...(route.outputs ?? [])],
    handler: httpHandler({
      methods: Object.fromEntries(handlers),
      identify: (request) => identify(accessOf(route, request.method), request, app()),
      refusals: route.refusals,
    }),
  };
}

function accessOf({ access, methods }: Route, method: string): Access {
  return methods[(method === 'HEAD' ? 'GET' : method) as Method]?.access ?? access;
}

/** A token that is sent where none is needed must be good, too: whoever sends one counts on it. */
function identify(access: Access, request: HttpRequest, app: AppServices): ApiToken | undefined {
  if (access === 'open') return undefined;
  const { protectReads, tokens } = app.settings;
  const presented = bearerToken(request);
  const needed = access === 'token' || (access === 'read' && protectReads);
  return needed || presented !== undefined ? authenticate(presented, tokens) : undefined;
}

/** The route's operations, for `/openapi.json`. */
export function operations(route: Route, protectReads: boolean): Operation[] {
  const methods = Object.entries(route.methods);
  return methods.map(([method, operation]) => {
    const access = accessOf(route, method);
    return {
      ...operation,
      id: methods.length === 1 ? route.name : `${route.name}_${method.toLowerCase()}`,
      method: method as Method,
      route: route.route,
      needsToken: access === 'token' || access === 'body' || (access === 'read' && protectReads),
    };
  });
}
