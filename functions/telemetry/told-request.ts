/** What telemetry is told of calls of routes. */

import type {
  HttpRequest,
  HttpResponse,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { outgoing } from '../../shared/http/outgoing.ts';
import { measured } from '../../shared/telemetry/measurements.ts';
import { beginSpan, fail, within } from '../../shared/telemetry/spans.ts';
import { isTelling } from '../../shared/telemetry/telling.ts';
import type { Route } from '../route.ts';

type Answer = HttpResponseInit | HttpResponse;

/**
 * A call with its span, in the trace of the host's: until the client has the answer, which may be
 * streamed, or has gone.
 */
export async function toldRequest<T extends Answer>(
  { route, name }: Pick<Route, 'route' | 'name'>,
  { method }: Pick<HttpRequest, 'method'>,
  { traceContext, invocationId }: Pick<InvocationContext, 'traceContext' | 'invocationId'>,
  answer: () => Promise<T> | T,
): Promise<T> {
  if (!isTelling()) return await answer();
  const startedAt = performance.now();
  const own = { 'http.request.method': method, 'http.route': `/${route}` };
  const span = beginSpan(`${method} ${route}`, () => ({
    kind: 'server',
    parent: traceContext?.traceParent,
    attributes: { ...own, 'faas.name': name },
  }));
  const end = (status: number) => {
    span?.setAttribute('http.response.status_code', status);
    span?.end();
    const seconds = (performance.now() - startedAt) / 1000;
    measured()?.requestDuration.record(seconds, { ...own, 'http.response.status_code': status });
  };
  const response = outgoing(invocationId);
  try {
    const given = await within(span, answer);
    const { status = 200 } = given;
    if (response === undefined || response.closed) end(status);
    else response.once('close', () => end(status));
    return given;
  } catch (error) {
    fail(span, error);
    end(500);
    throw error;
  }
}
