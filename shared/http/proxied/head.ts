/**
 * What a request's own line and head say. The host merges members of a JSON body, query and route
 * into one dictionary without case and puts the headers beside them only where nothing has their
 * name, and the library reads that dictionary: a client who names a member `headers`, `ID` or
 * `NAME` would hide what the host says.
 */

import type { IncomingMessage } from 'node:http';

/** A value of the worker protocol. */
export interface TypedData {
  string?: string;
  json?: string;
}

/** Set by the host to what the client asked for; `Host` is the library's own server by then. */
const originalHost = 'x-forwarded-host';
const originalProtocol = 'x-forwarded-proto';

/**
 * The trigger's metadata as the library takes headers and parameters from it.
 *
 * @param route template of the function, without the prefix of host.json: `runs/{id}/log`
 */
export function ownMetadata(request: IncomingMessage, route: string): Record<string, TypedData> {
  const values = routeValues(route, request.url ?? '/');
  const parameters = Object.entries(values).map(([name, value]) => [name, { string: value }]);
  return {
    ...Object.fromEntries(parameters),
    Headers: { json: JSON.stringify(ownHeaders(request)) },
  };
}

/** The library makes the request's URL of these two, and fails where they make none. */
export function mendOrigin({ headers }: IncomingMessage): void {
  const protocol = headers[originalProtocol];
  if (protocol !== 'http' && protocol !== 'https') headers[originalProtocol] = 'https';
  if (!isAuthority(headers[originalHost])) headers[originalHost] = 'localhost';
}

function isAuthority(host: string | string[] | undefined): boolean {
  return typeof host === 'string' && /^[^/?#@\\\s]+$/.test(host) && URL.canParse(`http://${host}/`);
}

/** Each as one value; `Host` as the client sent it. */
function ownHeaders(request: IncomingMessage): Record<string, string> {
  const values = Object.entries(request.headersDistinct).map(([name, all = []]) => [
    name,
    all.join(name === 'cookie' ? '; ' : ', '),
  ]);
  const host = request.headersDistinct[originalHost]?.[0];
  return Object.fromEntries(host === undefined ? values : [...values, ['host', host]]);
}

/**
 * The parameters of a route template in a path that fits it.
 *
 * @param target of the request line: path and query
 */
export function routeValues(route: string, target: string): Record<string, string> {
  return Object.fromEntries(
    paired(route, target).flatMap(([part, segment]) => {
      const name = parameterName(part);
      return name === undefined ? [] : [[name, decoded(segment)]];
    }),
  );
}

/** Whether a path is one of the route's: all but its parameters are the same in any case. */
export function fitsRoute(route: string, target: string): boolean {
  return paired(route, target).every(
    ([part, segment]) =>
      (segment !== '' || part.endsWith('?}')) &&
      (parameterName(part) !== undefined || part.toLowerCase() === decoded(segment).toLowerCase()),
  );
}

/** Each part of the route with its segment: the last ones of the path, behind the host's prefix. */
function paired(route: string, target: string): [part: string, segment: string][] {
  const [path = ''] = target.split('?');
  const parts = route.split('/');
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').slice(-parts.length);
  return parts.map((part, index) => [part, segments[index] ?? '']);
}

function parameterName(part: string): string | undefined {
  return /^\{(\w+)(?:[:?=].*)?\}$/.exec(part)?.[1];
}

/** An escaped slash stays escaped, as in the host; so does what is no escape of UTF-8. */
function decoded(segment: string): string {
  try {
    return segment
      .split(/(%2f)/i)
      .map((part, index) => (index % 2 ? part : decodeURIComponent(part)))
      .join('');
  } catch {
    return segment;
  }
}
