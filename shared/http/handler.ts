/**
 * The one wrapper around every HTTP function. With HTTP streams on, a handler that throws, that
 * returns nothing, or whose answer cannot be sent leaves the client without any answer
 * (azure-functions-nodejs-library issue 324), so none of that may leave this file.
 */

import functions, {
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  type HttpResponseInit,
  type InvocationContext,
} from '@azure/functions';
import { Deadline } from '../async/deadline.ts';
import { show } from '../faults/show.ts';
import type { Representation } from './accept.ts';
import { refusal } from './answer.ts';
import { CallPlace } from './call-place.ts';
import type { Caller } from './caller.ts';
import { codingFor, compressed, worthBytes } from './compression.ts';
import { isKnown } from './conditional.ts';
import { laidOut } from './json-layout.ts';
import { HttpProblem } from './problem.ts';
import { prettyOf, requireKnownQuery } from './query-parameters.ts';
import { inLog, tellFailure } from './told-failure.ts';

/**
 * Milliseconds for one call, body included, but not what it waits in line: as long for whoever waited
 * as for the others. Azure's front end gives up after 230 s.
 */
const defaultDeadline = 30_000;

const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  // By TLS alone, as browsers take it (RFC 6797).
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
};

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Call {
  /** Who calls; absent where the route is open. */
  caller: Caller | undefined;
  /** Aborted at the call's deadline, and by nothing once it is answered; every I/O of it is given it. */
  signal: AbortSignal;
  /** Among the calls that work at once; it is given back when the answer is made. */
  place: CallPlace;
  /** Whether JSON is to be indented, which whoever streams it sees to. */
  isPretty: boolean;
}

export type RouteHandler = (
  request: HttpRequest,
  context: InvocationContext,
  call: Call,
) => HttpResponseInit | Promise<HttpResponseInit>;

export interface HandlerOptions {
  /** HEAD is answered as GET, OPTIONS with the methods there are, anything else with 405. */
  methods: Partial<Record<Method, RouteHandler>>;
  /** Names the caller, or throws `HttpProblem` 401; undefined where no token is needed. */
  identify(
    request: HttpRequest,
    context: InvocationContext,
    signal: AbortSignal,
  ): Caller | undefined | Promise<Caller | undefined>;
  /** Has a call take its place, or leaves that to its handler; nobody waits unless told. */
  takePlace?(request: HttpRequest, call: Pick<Call, 'caller' | 'place'>): Promise<void> | undefined;
  /** Names of the query parameters that a method has. */
  queryOf(method: Method): readonly string[];
  /** How a refusal looks to a client that does not say what it accepts. */
  refusals: Representation;
  /** Whether storage is to blame for what was thrown, and may be well again soon. */
  isStorageAway(error: unknown): boolean;
  deadlineMilliseconds?: number;
}

/** A handler for the Functions host that always answers and never throws. */
export function httpHandler(options: HandlerOptions): HttpHandler {
  return async (request, context) => {
    const deadline = new Deadline(options.deadlineMilliseconds ?? defaultDeadline);
    const { signal } = deadline;
    const isPretty = prettyOf(request.query) ?? false;
    const place = new CallPlace(context.invocationId, deadline);
    let isStreamed = false;
    try {
      const answer = await dispatch(options, request, context, { signal, place, isPretty });
      isStreamed = answer.body instanceof ReadableStream;
      return await finished(request, answer, isPretty);
    } catch (error) {
      const isAway = signal.aborted || options.isStorageAway(error);
      const problem = asProblem(error, context, isAway);
      return await finished(request, refusal(request, problem, options.refusals), isPretty);
    } finally {
      place.end();
      // What is still being made while it is sent keeps its bound.
      if (!isStreamed) deadline.end();
    }
  };
}

async function dispatch(
  options: HandlerOptions,
  request: HttpRequest,
  context: InvocationContext,
  call: Omit<Call, 'caller'>,
): Promise<HttpResponseInit> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = Object.hasOwn(options.methods, method)
    ? options.methods[method as Method]
    : undefined;
  if (handler !== undefined) {
    const caller = await options.identify(request, context, call.signal);
    requireKnownQuery(request.query, options.queryOf(method as Method));
    await options.takePlace?.(request, { caller, place: call.place });
    return await handler(request, context, { ...call, caller });
  }
  const methods = Object.keys(options.methods);
  const allow = methods.includes('GET') ? ['HEAD', ...methods] : methods;
  const headers = { allow: allow.join(', ') };
  if (method === 'OPTIONS') return { status: 204, headers };
  throw new HttpProblem(
    'method-not-allowed',
    `Method ${show(request.method)} is not allowed here, use ${methods.join(' or ')}.`,
    { headers },
  );
}

/** Built here rather than by the library, whose failure would come too late to be answered. */
async function finished(
  request: HttpRequest,
  answer: HttpResponseInit,
  isPretty: boolean,
): Promise<HttpResponse> {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  const { body } = answer;
  // Of what is written the header says that there must be none (RFC 9110, 13.1.2).
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && isKnown(request, headers.get('etag'))) {
    for (const name of ['content-type', 'content-language']) headers.delete(name);
    return new functions.HttpResponse({ status: 304, headers });
  }
  if (typeof body !== 'string') return new functions.HttpResponse({ ...answer, headers });
  const isJson = /^application\/(problem\+)?json/.test(headers.get('content-type') ?? '');
  const text = laidOut(body, isPretty && isJson);
  return new functions.HttpResponse({
    ...answer,
    headers,
    body: await sent(request, text, headers),
  });
}

/** Compressed where that pays and the client takes it; a header says so. */
async function sent(
  request: HttpRequest,
  text: string,
  headers: Headers,
): Promise<string | Buffer> {
  if (text.length < worthBytes) return text;
  headers.append('vary', 'Accept-Encoding');
  const coding = codingFor(request.headers.get('accept-encoding'));
  if (coding === undefined) return text;
  headers.set('content-encoding', coding);
  return await compressed(text, coding);
}

function asProblem(error: unknown, context: InvocationContext, isAway: boolean): HttpProblem {
  if (error instanceof HttpProblem) return error;
  tellFailure(context, error);
  const members = { invocation: context.invocationId };
  return isAway
    ? new HttpProblem('unavailable', 'The storage does not answer, try again later.', {
        members,
        headers: { 'retry-after': '30' },
      })
    : new HttpProblem('internal', `Internal error. ${inLog(context)}`, { members });
}
