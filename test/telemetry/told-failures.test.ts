/** Whoever looks after the app hears that telemetry does not arrive, once, and without a secret. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { AppTelemetry } from '../../functions/telemetry/app-telemetry.ts';
import { tellingFailures } from '../../functions/telemetry/told-failures.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { measured } from '../../shared/telemetry/measurements.ts';
import { beginSpan } from '../../shared/telemetry/spans.ts';

test('a receiver that refuses is told of, once for each that is sent, whatever it answers', async (t) => {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(401, 'Unauthorized').end('the key hunter2 is no good');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const warn = t.mock.method(console, 'warn', () => {});
  const telemetry = new AppTelemetry();
  const environment = {
    ...sample.Values,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:hunter2@127.0.0.1:${port}`,
  };
  // The exporter reads it where it is made.
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  t.after(() => delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT']);
  await telemetry.start(environment, { log: () => {} });
  beginSpan('run', () => ({ kind: 'server' }))?.end();
  measured()?.requestDuration.record(1);
  await telemetry.stop();
  const told = warn.mock.calls.map(({ arguments: [text] }) => String(text));
  const lost = 'by OTLP do not arrive and are lost meanwhile: 401 Unauthorized';
  assert.deepEqual(told.sort(), [`Telemetry: measurements ${lost}`, `Telemetry: traces ${lost}`]);
});

test('a header that cannot be sent is told of without what is in it', async () => {
  const told: string[] = [];
  const exporter = tellingFailures(
    // As somebody may write it who forgets the name.
    new OTLPTraceExporter({ url: 'http://127.0.0.1:9', headers: { 'Bearer hunter2': 'x' } }),
    'traces',
    { warn: (text) => told.push(text) },
  );
  await new Promise((resolve) => exporter.export([], resolve));
  const lost = 'Telemetry: traces do not arrive and are lost meanwhile:';
  assert.deepEqual(told, [`${lost} ERR_INVALID_HTTP_TOKEN: see OTEL_EXPORTER_OTLP_HEADERS`]);
});

test('one that comes and goes is told of each ten minutes at most', () => {
  const results: ExportResult[] = [];
  let now = 0;
  const told: string[] = [];
  const exporter = tellingFailures(
    { export: (_: never, done: (result: ExportResult) => void) => done(results[0] ?? { code: 0 }) },
    'traces',
    { warn: (text) => told.push(text), now: () => now },
  );
  const sent = (result: ExportResult) => {
    results[0] = result;
    let handed: ExportResult | undefined;
    exporter.export([] as never, (one) => {
      handed = one;
    });
    assert.equal(handed, result);
    return told.splice(0);
  };
  const away = { code: 1, error: new Error('connect ECONNREFUSED') };
  assert.deepEqual(sent({ code: 0 }), []);
  assert.match(sent(away)[0] ?? '', /traces do not arrive.*ECONNREFUSED/);
  assert.deepEqual(sent(away), []);
  assert.deepEqual(sent({ code: 0 }), ['Telemetry: traces arrive again.']);
  now = 599_999;
  assert.deepEqual([...sent(away), ...sent({ code: 0 })], []);
  now = 600_000;
  assert.match(sent({ code: 1 })[0] ?? '', /no reason is known/);
});
