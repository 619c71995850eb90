/**
 * Spans: what takes how long, within what, and by whom it was asked for. Whoever wants them has
 * telemetry started (`functions/telemetry`); until then each of these costs one comparison.
 *
 * An attribute holds names of the catalogue, ids of runs, counts and numbers of errors. Never a text
 * of a server's, a value, a user or an address with a query: rows and secrets are in those.
 */

import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { hostTellsCalls, isTelling } from './telling.ts';

export type { Attributes, Span } from '@opentelemetry/api';

export interface SpanOptions {
  kind?: 'internal' | 'client' | 'server' | 'consumer';
  attributes?: Attributes;
  /** W3C `traceparent` of whoever it is part of; else the span that is active. */
  parent?: string | undefined;
  /** W3C `traceparent`s of what asked for it through a queue or a document. */
  links?: readonly (string | undefined)[];
  /** A trace of its own: nothing that is active is its parent. */
  isRoot?: true;
}

const kinds = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
};

/**
 * Does the work within a span, which is the parent of whatever the work begins.
 *
 * @param describe is asked only where somebody wants to know
 * @throws what `work` throws, of which the span has the kind
 */
export async function inSpan<T>(
  name: string,
  describe: () => SpanOptions,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!isTelling()) return await work(undefined);
  const open = openSpan(name, describe);
  try {
    return await context.with(open.within, () => work(open.span));
  } catch (error) {
    fail(open.span, error);
    throw error;
  } finally {
    open.span.end();
  }
}

/** A span whose end is not that of a function: whoever has it ends it. */
export function beginSpan(name: string, describe: () => SpanOptions): Span | undefined {
  return isTelling() ? openSpan(name, describe).span : undefined;
}

/** Does the work with the span as the parent of whatever it begins. */
export async function within<T>(span: Span | undefined, work: () => Promise<T> | T): Promise<T> {
  if (span === undefined) return await work();
  return await context.with(trace.setSpan(context.active(), span), work);
}

/** A part of a span that is known only when it is over. @param ms times, milliseconds since 1970 */
export function tellSpan(
  parent: Span | undefined,
  name: string,
  ms: { from: number; to: number },
  attributes: Attributes,
): void {
  if (parent === undefined) return;
  const within = trace.setSpan(ROOT_CONTEXT, parent);
  const tracer = trace.getTracer('syncboard');
  tracer.startSpan(name, { startTime: ms.from, attributes }, within).end(ms.to);
}

/** The kind of an error, and its number: its text may hold values of rows. */
export function fail(span: Span | undefined, error: unknown): void {
  if (span === undefined) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  if (!(error instanceof Error)) return;
  span.setAttribute('error.type', error.name);
  for (const [key, attribute] of told) {
    const value: unknown = Reflect.get(error, key);
    if (typeof value === 'number' || (key === 'meaning' && typeof value === 'string')) {
      span.setAttribute(attribute, value);
    }
  }
}

const told = [
  ['number', 'db.response.status_code'],
  ['status', 'http.response.status_code'],
  ['meaning', 'syncboard.error.meaning'],
] as const;

/** W3C `traceparent` of the span that is active, to be kept with what is asked for; undefined: none is. */
export function activeTrace(): string | undefined {
  if (!isTelling()) return undefined;
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return undefined;
  const flags = active.traceFlags.toString(16).padStart(2, '0');
  return `00-${active.traceId}-${active.spanId}-${flags}`;
}

/** The active span comes from what `traceparent` names, through a document. */
export function linkActive(traceparent: string | undefined): void {
  if (!isTelling()) return;
  const [link] = linksOf([traceparent]);
  if (link !== undefined) trace.getActiveSpan()?.addLink(link);
}

function openSpan(name: string, describe: () => SpanOptions): { span: Span; within: Context } {
  const { kind = 'internal', attributes = {}, parent, links = [], isRoot } = describe();
  const outer = isRoot ? ROOT_CONTEXT : context.active();
  const remote = remoteOf(parent);
  const around = remote === undefined ? outer : trace.setSpanContext(outer, remote);
  const isCall = kind === 'server' || kind === 'consumer';
  const shown = isCall && hostTellsCalls() ? 'internal' : kind;
  const options = { kind: kinds[shown], attributes, links: linksOf(links) };
  const span = trace.getTracer('syncboard').startSpan(name, options, around);
  return { span, within: trace.setSpan(around, span) };
}

function linksOf(traceparents: readonly (string | undefined)[]): Link[] {
  return traceparents.flatMap((one) => {
    const found = remoteOf(one);
    return found === undefined ? [] : [{ context: found }];
  });
}

function remoteOf(traceparent: string | undefined): SpanContext | undefined {
  const parts = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  const [, traceId = '', spanId = '', flags = ''] = parts ?? [];
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const found = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}
