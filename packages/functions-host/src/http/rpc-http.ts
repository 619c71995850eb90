/** The path without streaming: request and response travel whole, in the worker protocol. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RpcHttp, RpcHttpCookie, TypedData } from '../worker/protocol.ts';
import { answer, joinedHeaders } from './headers.ts';

/**
 * @param body only one of a declared length: the real host drops a chunked body on this path.
 */
export function toRpcHttp(
  request: IncomingMessage,
  url: URL,
  parameters: Record<string, string>,
  body: Buffer | undefined,
): RpcHttp {
  return {
    url: url.href,
    method: request.method ?? 'GET',
    nullableHeaders: nullable(joinedHeaders(request)),
    nullableQuery: nullable(Object.fromEntries(url.searchParams)),
    nullableParams: nullable(parameters),
    body: body ? { bytes: body } : null,
  };
}

function nullable(values: Record<string, string>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

/** Writes what the function returned; nothing returned is 204. */
export function writeRpcHttp(
  response: ServerResponse,
  returned: TypedData | null | undefined,
): void {
  const http = returned?.http;
  if (!http) {
    answer(response, 204);
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) response.setHeader(name, value);
  for (const cookie of http.cookies ?? []) {
    response.appendHeader('set-cookie', serializeCookie(cookie));
  }
  response.end(http.body?.bytes ?? http.body?.string ?? http.body?.json);
}

function serializeCookie(cookie: RpcHttpCookie): string {
  const expires = cookie.expires && new Date(cookie.expires.value.seconds * 1000).toUTCString();
  const sameSite = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' }[
    cookie.sameSite ?? 'none'
  ];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge && `Max-Age=${cookie.maxAge.value}`,
    expires && `Expires=${expires}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    cookie.secure?.value && 'Secure',
    sameSite && `SameSite=${sameSite}`,
    cookie.httpOnly?.value && 'HttpOnly',
  ]
    .filter(Boolean)
    .join('; ');
}
