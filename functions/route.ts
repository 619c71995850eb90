/** A row of the table of routes, and what the Functions host is told of it. */

import type {
  FunctionOutput,
  HttpFunctionOptions,
  HttpMethod,
  HttpRequest,
  InvocationContext,
} from '@azure/functions';
import type { AppServices } from '../shared/app/services.ts';
import { QueryFault } from '../shared/dynsql/language/query-faults.ts';
import type { Representation } from '../shared/http/accept.ts';
import { allOf, type Caller, inRole } from '../shared/http/caller.ts';
import { requireRole, unauthenticated } from '../shared/http/callers.ts';
import { httpHandler, type Method, type RouteHandler } from '../shared/http/handler.ts';
import {
  type Operation,
  type OperationDescription,
  type Tag,
  zoneHeader,
} from '../shared/http/openapi.ts';
import { originOf } from '../shared/http/origin.ts';
import { HttpProblem, type ProblemType } from '../shared/http/problem.ts';
import type { Role } from '../shared/settings/settings.ts';
import { isTransientStorageError } from '../shared/storage/storage-error.ts';
import type { ChangeKind } from './changes.ts';
import { toldRequest } from './telemetry/told-request.ts';

/**
 * Who may call: `open` everybody; `known` everybody, but whoever has a token is told more; `read`
 * likewise unless `PROTECT_READS`, then as `token`; `token` whoever has one; `body` likewise, but
 * the handler looks where there is none in the header, since it may be in the body.
 */
export type Access = 'open' | 'known' | 'read' | 'token' | 'body';

export interface Route {
  /** The function's name. */
  name: string;
  tag: Tag;
  /** Path template without the leading slash. */
  route: string;
  access: Access;
  /** How a refusal looks to a client that does not say what it accepts. */
  refusals: Representation;
  /**
   * Of strangers only what is refused is counted, and it waits in no line: it has a secret of its own,
   * or is asked by whoever restarts processes.
   */
  isUnlimited?: true;
  outputs?: readonly FunctionOutput[];
  /** Made when it is first asked for, by `methodsOf`: what is needed to register it is above. */
  methods: () => Methods;
}

export type Methods = Partial<Record<Method, RouteMethod>>;

interface RouteMethod extends OperationDescription {
  handler(app: AppServices): RouteHandler;
  /** Where it differs from the route's. */
  access?: Access;
  /** What a token must be allowed; `read` for GET and `run` for the others unless told. */
  role?: Role | 'any';
  /** Of every method but GET: what it changes, which is in the audit, or why it is not. */
  changes?: ChangeKind | { nothing: string };
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

const made = new WeakMap<Route, Methods>();

/** What is at a route, the same each time. */
export function methodsOf(route: Route): Methods {
  const known = made.get(route) ?? route.methods();
  made.set(route, known);
  return known;
}

/**
 * The options to register `route` with. The services are asked for once at each call's beginning:
 * functions are registered before the app has started, and those of the next call may be newer.
 */
export function httpFunction(route: Route, app: () => AppServices): HttpFunctionOptions {
  return {
    methods: registeredMethods,
    route: route.route,
    authLevel: 'anonymous',
    extraOutputs: [...(route.outputs ?? [])],
    handler: (request, context) =>
      toldRequest(route, request, context, () => handlerOf(route, once(app))(request, context)),
  };
}

function handlerOf(route: Route, services: () => AppServices) {
  const handlers = Object.entries(methodsOf(route)).map(([method, { handler }]) => {
    const lazily: RouteHandler = async (...call) => {
      const [request, , { caller }] = call;
      const app = services();
      const zone = app.catalog.periods.timeZone;
      try {
        const answer = await handler(app)(...call);
        const headers = new Headers(answer.headers);
        headers.set(zoneHeader, zone);
        return { ...answer, headers };
      } catch (error) {
        // A body with no good token or none that can be read, or the secret of a hook.
        if (isUnknown(error) || (caller === undefined && isUnread(error)))
          refuseTooMany(request, app);
        if (!(error instanceof HttpProblem)) throw error;
        if (app.isCatalogKept && isOfNames(error)) error.withMembers({ cure: newestIsNot });
        throw error.withHeader(zoneHeader, zone);
      }
    };
    return [method, lazily];
  });
  return httpHandler({
    methods: Object.fromEntries(handlers),
    identify: async (request, context, signal) => {
      try {
        return await identify(route, request, services(), { context, signal });
      } catch (error) {
        if (!isUnknown(error)) throw error;
        refuseTooMany(request, services());
        const isOffered = roleOf(route, request.method as Method) === 'any';
        throw isOffered ? error.withMembers({ signIn: services().signIn.offer }) : error;
      }
    },
    takePlace: (request, { caller, place }) => {
      if (route.isUnlimited) return undefined;
      const app = services();
      if (caller !== undefined) return app.calls.caller(caller, place);
      // Who it is may be in the body: the place is taken once that is known.
      if (accessOf(route, request.method as Method) === 'body') return undefined;
      return app.calls.stranger(addressOf(request, app), place);
    },
    queryOf: (method) => queryOf(route, method),
    refusals: route.refusals,
    isStorageAway: isTransientStorageError,
  });
}

/** The same for as long as it is asked. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function accessOf(route: Route, method: Method): Access {
  return methodsOf(route)[method]?.access ?? route.access;
}

/** Undefined where nobody needs a token, nor is told more with one; `any` where each will do. */
export function roleOf(route: Route, method: Method): Role | 'any' | undefined {
  if (accessOf(route, method) === 'open') return undefined;
  return methodsOf(route)[method]?.role ?? (method === 'GET' ? 'read' : 'run');
}

/** Names of the query parameters that a method declares; `where.*` stands for many. */
export function queryOf(route: Route, method: Method): string[] {
  const parameters = methodsOf(route)[method]?.parameters ?? [];
  return parameters
    .filter((one) => one.in === 'query')
    .flatMap(({ name, members }) => members ?? [name]);
}

/**
 * A token that is sent where none is needed must be good, too: whoever sends one counts on it. One
 * without the role is told there what strangers are.
 */
async function identify(
  route: Route,
  request: HttpRequest,
  app: AppServices,
  { context, signal }: { context: InvocationContext; signal: AbortSignal },
): Promise<Caller | undefined> {
  const method = (request.method === 'HEAD' ? 'GET' : request.method) as Method;
  const role = roleOf(route, method);
  const access = accessOf(route, method);
  if (role === undefined) {
    if (!route.isUnlimited) refuseTooMany(request, app);
    return undefined;
  }
  const isNeeded = access === 'token' || (access === 'read' && app.settings.protectReads);
  const warn = (text: string) => context.warn(text);
  const identity = await app.signIn.identify(request, { now: app.now(), signal, warn });
  if (identity === undefined) {
    if (isNeeded) throw unauthenticated('Authorization token is needed.');
    if (access === 'body') app.limits.perhapsKnown(addressOf(request, app));
    else if (!route.isUnlimited) refuseTooMany(request, app);
    return undefined;
  }
  app.limits.caller(identity);
  if (role === 'any') return { ...identity, ...allOf(identity) };
  const caller = inRole(identity, role);
  if (isNeeded || access === 'body') requireRole(caller, role);
  return caller.roles.includes(role) ? caller : undefined;
}

function isUnknown(error: unknown): error is HttpProblem {
  return error instanceof HttpProblem && error.status === 401;
}

/** A body in which a token may have been. */
function isUnread(error: unknown): boolean {
  const types: ProblemType[] = ['invalid-body', 'content-type', 'timeout', 'body-too-large'];
  return error instanceof HttpProblem && types.includes(error.type);
}

const newestIsNot = 'The newest catalogue is not in use, it may be there: see GET /health.';
const namedInCatalog =
  /(?:^|\.)(?:codes?|name|company|connection|server|definition|report)(?:\[\d+\])*$/;

/** Whether something was named that a newer catalogue may have. */
function isOfNames(error: HttpProblem): boolean {
  if (error.type !== 'not-found' && error.type !== 'invalid-value') return false;
  if (error.cause instanceof QueryFault && error.cause.kind === 'unknown') return true;
  return (error.document().errors ?? []).some(({ field }) => namedInCatalog.test(field));
}

/** Counts a request of somebody who is not known. Throws `HttpProblem` 429. */
function refuseTooMany(request: HttpRequest, app: AppServices): void {
  app.limits.stranger(addressOf(request, app));
}

function addressOf(request: HttpRequest, { settings }: AppServices): string | undefined {
  return originOf(request, settings.inAzure).address;
}

/** The route's operations, for `/openapi.json`. */
export function operations(route: Route, protectReads: boolean): Operation[] {
  const known = methodsOf(route);
  const methods = Object.keys(known) as Method[];
  return methods.flatMap((method) => {
    const operation = known[method];
    if (operation === undefined) return [];
    const access = accessOf(route, method);
    const isOptional = access === 'known' || (access === 'read' && !protectReads);
    return {
      ...operation,
      id: methods.length === 1 ? route.name : `${route.name}_${method.toLowerCase()}`,
      tag: route.tag,
      method,
      route: route.route,
      role: roleOf(route, method),
      isTokenOptional: isOptional,
    };
  });
}
