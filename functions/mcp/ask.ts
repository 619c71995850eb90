/** Tools ask the app's own routes, in process: whoever calls, what he may do and what is checked is there. */

import functions, { type HttpRequest, type InvocationContext } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import type { CallPlace } from '../../shared/http/call-place.ts';
import { goesWith } from '../../shared/http/outgoing.ts';
import { parseExact } from '../../shared/json/exact-json.ts';
import { httpFunction, type Route } from '../route.ts';
import { boundedText, type Reading } from './bounded-text.ts';
import { problemText } from './problem-text.ts';
import { ToolError } from './tool-error.ts';

export interface Asked {
  method?: 'GET' | 'POST';
  /** Of the path. */
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** How much of the answer is read; 4 MiB unless told, more is refused. */
  reading?: Reading;
}

export interface Answer {
  /** 200 to 299, or 304. */
  status: number;
  headers: Headers;
  text: string;
  /** Of the text; numbers as `parseExact`. */
  json(): unknown;
}

/** @throws ToolError with what the route refuses, or for an answer that is too long or too late */
export type Ask = (route: string, asked?: Asked) => Promise<Answer>;

/** Bytes. */
const longest: Reading = { bytes: 4 * 1024 * 1024, take: 'all' };

/** Of the outer request, what speaks of its body, its answer and its connection. */
const notPassedOn =
  /^(accept|content|if|transfer)-|^(accept|connection|expect|host|idempotency-key|range|te|upgrade)$/;

export interface Outer {
  app: AppServices;
  request: HttpRequest;
  context: InvocationContext;
  routes: readonly Route[];
  /** Of the call itself: what it asks takes places of its own. */
  place: Pick<CallPlace, 'end'>;
  /** Ends whatever is asked. */
  signal: AbortSignal;
}

/** Calls routes as whoever sent `request`: with his token, from where he is. */
export function asker(outer: Outer): Ask {
  const { app, request, context, routes, place, signal } = outer;
  let count = 0;
  return async (name, asked = {}) => {
    const route = routes.find((one) => one.name === name);
    if (route === undefined) throw new RangeError(`There is no route ${name}`);
    count += 1;
    place.end();
    // A body that breaks off closes the response of its own invocation, not the outer one.
    const invocationId = `${context.invocationId}-${count}`;
    const inner = new functions.InvocationContext({
      functionName: name,
      invocationId,
      ...(context.traceContext && { traceContext: context.traceContext }),
      logHandler: (level, ...parts) => logOf(context, level)(...parts),
    });
    const forget = goesWith(invocationId, signal);
    try {
      const handler = httpFunction(route, () => app).handler;
      const response = await handler(requestOf(request, route, asked), inner);
      if (!(response instanceof functions.HttpResponse)) throw new TypeError(`${name}: no answer`);
      for (const output of route.outputs ?? []) {
        const value = inner.extraOutputs.get(output);
        if (value !== undefined) context.extraOutputs.set(output, value);
      }
      const { status, headers, body } = response;
      // A refusal is read whole: what is wanted of an answer is not in it.
      const reading = status >= 400 ? longest : (asked.reading ?? longest);
      const text = await boundedText(body, reading, context);
      signal.throwIfAborted();
      if (status >= 400) throw new ToolError(problemText(text));
      return { status, headers, text, json: () => parseExact(text) };
    } finally {
      forget();
    }
  };
}

function requestOf(outer: HttpRequest, route: Route, asked: Asked): HttpRequest {
  const { method = 'GET', params = {}, query = {}, headers = {}, body } = asked;
  const own = [...outer.headers].filter(([name]) => !notPassedOn.test(name));
  return new functions.HttpRequest({
    method,
    url: new URL(route.route, new URL(outer.url).origin).href,
    params: { ...params },
    query: { ...query },
    headers: {
      ...Object.fromEntries(own),
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: { string: JSON.stringify(body) } }),
  });
}

function logOf(context: InvocationContext, level: string) {
  if (level === 'error' || level === 'critical') return context.error.bind(context);
  if (level === 'warning') return context.warn.bind(context);
  return level === 'information' ? context.info.bind(context) : context.debug.bind(context);
}
