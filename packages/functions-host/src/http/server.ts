/** The host's HTTP front: finds the function, runs it, and carries the response. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Executor,
  FunctionTimeoutError,
  newInvocationId,
  WorkerEndedError,
} from '../executor.ts';
import type { HostFunction } from '../functions.ts';
import type { Log } from '../log.ts';
import type { CorsSettings } from '../settings.ts';
import { BodyError, readDeclaredBody } from './body.ts';
import { ClientGoneError } from './carry.ts';
import { allowOrigin } from './cors.ts';
import { type Forwarder, isGone } from './forward.ts';
import { answer, joinedHeaders } from './headers.ts';
import { type Route, route } from './router.ts';
import { toRpcHttp, writeRpcHttp } from './rpc-http.ts';
import { httpTriggerMetadata } from './trigger-metadata.ts';

export interface HttpFront {
  routes: readonly Route[];
  executor: Executor;
  /** Absent: the app does not stream. */
  forwarder: Forwarder | undefined;
  /** Whether the host has a page of its own at `/`: unless AzureWebJobsDisableHomepage is true. */
  homePage: boolean;
  /** Absent: browsers of other origins get no leave. */
  cors: CorsSettings | undefined;
  log: Log;
}

/** Answers one request; never throws. */
export async function handleRequest(
  front: HttpFront,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (front.cors && allowOrigin(front.cors, request, response)) return;
    // `OPTIONS *` is about the server, which has no function for it.
    if (request.url === '*') return answer(response, 404);
    const url = requestUrl(request);
    if (!url) return answer(response, 400);
    const found = route(front.routes, request.method ?? 'GET', url.pathname);
    if (found === undefined && url.pathname === '/') return answerHome(front.homePage, response);
    if (found === undefined) return answer(response, 404);
    const body = await readDeclaredBody(request, response);
    // As when several requests come at once and the client hangs up behind them.
    if (isGone({ request, response })) return;
    const call = { request, response, url, body, parameters: found.parameters };
    await (front.forwarder
      ? streamed(front, front.forwarder, found.target, call)
      : whole(front, found.target, call));
  } catch (error) {
    // The function's own failures are in the log already; a client that left needs no line.
    front.log.host('debug', `${request.method} request failed: ${String(error)}`);
    // Nobody is there any more who could answer.
    if (error instanceof WorkerEndedError) response.destroy();
    else if (response.headersSent || response.destroyed) return;
    else if (error instanceof BodyError) answer(response, error.status, { connection: 'close' });
    else answer(response, 500);
  }
}

/**
 * The host's own page, for any method, where no function has the empty path; nothing where it is
 * switched off (HomepageMiddleware of azure-functions-host).
 */
function answerHome(isOn: boolean, response: ServerResponse): void {
  if (!isOn) {
    answer(response, 204);
    return;
  }
  const page =
    '<!DOCTYPE html><title>functions-host</title><p>Your functions are up and running</p>';
  response.writeHead(200, { 'content-type': 'text/html', 'content-length': page.length }).end(page);
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: Buffer | undefined;
  parameters: Record<string, string>;
}

async function streamed(
  front: HttpFront,
  forwarder: Forwarder,
  target: HostFunction,
  call: Call,
): Promise<void> {
  const id = newInvocationId();
  const timedOut = new AbortController();
  const transport = forwarder.forward({
    ...call,
    invocationId: id,
    path: call.url.pathname + call.url.search,
    signal: timedOut.signal,
  });
  // Awaited below. A client who is still there got an error from the host itself, of which the
  // function knows nothing.
  transport.catch((error) => {
    if (error instanceof ClientGoneError || error instanceof BodyError) return;
    front.log.host('error', `The app did not answer: ${String(error)}`, {
      name: target.name,
      invocationId: id,
    });
  });
  try {
    await front.executor.run(target, { ...invocation(id, call), input: { http: {} }, transport });
  } catch (error) {
    if (error instanceof FunctionTimeoutError) timedOut.abort(error);
    // A handler that threw has answered nothing: the client waits until the forwarder gives up,
    // as it does at the real host (azure-functions-nodejs-library issue 324).
    await transport;
  }
}

async function whole(front: HttpFront, target: HostFunction, call: Call): Promise<void> {
  const { request, response, url, parameters, body } = call;
  const { returnValue } = await front.executor.run(target, {
    ...invocation(newInvocationId(), call),
    input: { http: toRpcHttp(request, url, parameters, body) },
  });
  writeRpcHttp(response, returnValue);
}

function invocation(id: string, { request, url, body, parameters }: Call) {
  const traceParent = request.headers['traceparent'];
  return {
    id,
    isRequest: true,
    reason: `${request.method} ${url.pathname}`,
    triggerMetadata: httpTriggerMetadata({
      body: body?.toString('utf8'),
      query: url.searchParams,
      parameters,
      headers: joinedHeaders(request),
    }),
    traceParent: typeof traceParent === 'string' ? traceParent : undefined,
  };
}

/** Undefined where what the client sent makes none; the path is never taken from the host's name. */
function requestUrl(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '/';
  const host = request.headers.host || 'localhost';
  const isOwn = target.startsWith('/');
  if (isOwn && !/^[^/?#@\\\s]+$/.test(host)) return undefined;
  return URL.parse(isOwn ? `http://${host}${target}` : target) ?? undefined;
}
