/** A receiver of OTLP over HTTP with JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

const attributesSchema = z
  .array(z.object({ key: z.string(), value: z.looseObject({}) }))
  .default([])
  .transform((all) =>
    Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]])),
  );

const nanoseconds = z.union([z.string(), z.number()]).transform((value) => BigInt(value));

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.int(),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes: attributesSchema,
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
  status: z.object({ code: z.int().optional(), message: z.string().optional() }).default({}),
});
export type ReceivedSpan = z.infer<typeof spanSchema>;

const tracesSchema = z.object({
  resourceSpans: z.array(
    z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })) }),
  ),
});
const pointsSchema = z
  .object({ dataPoints: z.array(z.looseObject({ attributes: attributesSchema })) })
  .transform(({ dataPoints }) => dataPoints.flatMap(({ attributes }) => Object.keys(attributes)))
  .optional();
const metricSchema = z.object({
  name: z.string(),
  sum: pointsSchema,
  gauge: pointsSchema,
  histogram: pointsSchema,
});
const metricsSchema = z.object({
  resourceMetrics: z.array(
    z.looseObject({ scopeMetrics: z.array(z.looseObject({ metrics: z.array(metricSchema) })) }),
  ),
});

export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  /** By name: the attributes that any of its points had. */
  metrics: Map<string, Set<string>>;
  /** What was sent, by path. */
  bodies: { path: string; text: string }[];
  close(): void;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const metrics: OtlpReceiver['metrics'] = new Map();
  const bodies: OtlpReceiver['bodies'] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = await text(request);
    bodies.push({ path, text: body });
    if (path === '/v1/traces') {
      const { resourceSpans } = tracesSchema.parse(JSON.parse(body));
      spans.push(
        ...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
      );
    }
    if (path === '/v1/metrics') {
      for (const { scopeMetrics } of metricsSchema.parse(JSON.parse(body)).resourceMetrics) {
        for (const { metrics: sent } of scopeMetrics) {
          for (const { name, sum = [], gauge = [], histogram = [] } of sent) {
            const before = metrics.get(name) ?? [];
            metrics.set(name, new Set([...before, ...sum, ...gauge, ...histogram]));
          }
        }
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    bodies,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
