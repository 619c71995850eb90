/** One sync, one poll and one nested query, as a real receiver of OTLP hears of them. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import functions, { type InvocationContext, type LogHookContext } from '@azure/functions';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { startFlexibee } from 'flexibee-server';
import { pollCompany } from '../../functions/flexibee/poll-company.ts';
import { executeRun } from '../../functions/sync/execute-run.ts';
import { AppTelemetry } from '../../functions/telemetry/app-telemetry.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { announce } from '../../shared/http/outgoing.ts';
import { isTelling } from '../../shared/telemetry/telling.ts';
import { type edit, shippedJson } from '../catalog/edited.ts';
import { call, post } from '../functions/app.ts';
import { documentedMeasurements } from '../support/documented-measurements.ts';
import { startConnections } from '../support/dynsql-connections.ts';
import { soon, startStorage } from '../support/storage.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';

const user = 'Somebody with a name of her own';
const value = 'value-of-a-row-that-nobody-else-may-see';
const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
/** Of every call of a route in these tests. */
const invocation = '00000000-0000-4000-8000-000000000001';
const countries = '01B4XCTHYNDL3C5P00CA141B44';

let receiver: OtlpReceiver;
/** As the library tells of each line of the log. */
let heard: ((line: LogHookContext) => void) | undefined;
let secrets: string[];
before(async () => {
  receiver = await startOtlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = receiver.url;
  await play();
});
after(() => {
  receiver.close();
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
});

/** A catalogue with an entity that one procedure loads, beside what is shipped. */
function ownCatalog(): string {
  const catalog = shippedJson();
  const add = (list: string, one: Parameters<typeof edit>[2]) => {
    const at = (catalog as Record<string, unknown[]>)[list]?.length ?? 0;
    (catalog as Record<string, unknown[]>)[list]?.splice(at, 0, one);
  };
  add('dataSources', { code: 'own', description: 'own', system: 'own', database: 'ab' });
  add('entities', { name: 'thing', description: 'Thing', dated: false, systems: ['own'] });
  add('pipelines', {
    id: 'own',
    stages: [{ stage: 'load', kind: 'procedure', procedure: 'dbo.sp_{entity}', repeatable: true }],
  });
  return JSON.stringify(catalog);
}

function contextOf(name: string, traceParent?: string): InvocationContext {
  return new functions.InvocationContext({
    functionName: name,
    invocationId: `invocation-of-${name}`,
    logHandler: (level, ...parts) => {
      const line = { level, message: parts.join(' '), category: 'user' as const, hookData: {} };
      heard?.({ ...line, invocationContext: undefined });
    },
    ...(traceParent && { traceContext: { traceParent } }),
  });
}

/** Everything once; then all of it is sent. */
async function play(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'telemetry-'));
  await writeFile(join(directory, 'catalog.json'), ownCatalog());
  const [storage, connections, flexibee] = await Promise.all([
    startStorage(),
    startConnections(),
    startFlexibee({ companies: ['demo'] }),
  ]);
  const session = await connections.databases.session('ab', soon());
  const body = `CREATE TABLE #t (name varchar(60)); INSERT INTO #t (name) VALUES ('${value}'); PRINT '${value}'`;
  await session.batch(`CREATE PROCEDURE dbo.sp_thing AS BEGIN ${body} END`, soon());
  session.destroy();
  const environment = {
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: join(directory, 'catalog.json'),
    SQL_AB: connections.connectionString,
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  };
  const key = /AccountKey=([^;]+)/.exec(storage.connectionString)?.[1] ?? '';
  secrets = ['demo-token', 'supervisor', 'Password', connections.connectionString, key];
  const telemetry = new AppTelemetry();
  await telemetry.start(environment, {
    log: (handler) => {
      heard = handler;
    },
  });
  assert.ok(isTelling());
  const app = await App.start(environment);
  telemetry.observe(app);
  try {
    const calls = [{ code: 'own', name: 'thing' }];
    const started = await post(app, 'runs', { user, calls }, headers);
    assert.equal(started.status, 202, started.text);
    await executeRun(() => app)(started.queued, contextOf('execute_run'));
    const asked = await call(app, 'poll', {
      method: 'POST',
      params: { company: 'flexi-demo' },
      headers,
    });
    assert.equal(asked.status, 202, asked.text);
    await pollCompany(() => app)(asked.polled, contextOf('poll_company'));
    const query = { select: ['Code'], datasets: { name: 'HISTORY', select: ['EUMember'] } };
    const params = { connection: 'ab', id: countries };
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    announce(invocation, response);
    const rows = await post(app, 'dynsql_exec', query, headers, { params });
    assert.equal(rows.status, 200, rows.text);
    // The client has all of it.
    response.emit('close');
    await app.foldOverview();
    await app.current.tellLevels();
    const meters: object = metrics.getMeterProvider();
    assert.ok(meters instanceof MeterProvider);
    // As long as connections are open.
    await meters.forceFlush();
  } finally {
    await app.stop();
    await telemetry.stop();
    assert.ok(!isTelling());
    await Promise.all([connections.close(), flexibee.close()]);
    await storage.close();
    await rm(directory, { recursive: true });
  }
}

const named = (name: string) => receiver.spans.filter((span) => span.name === name);

function only(name: string): ReceivedSpan {
  const [span, ...others] = named(name);
  assert.ok(span !== undefined, `${name} is not among ${receiver.spans.map((one) => one.name)}`);
  assert.deepEqual(others, []);
  return span;
}

const childrenOf = ({ spanId }: ReceivedSpan) =>
  receiver.spans.filter(({ parentSpanId }) => parentSpanId === spanId);

test('a sync: the request, its run by a link, stage and procedure', () => {
  const request = only('POST runs');
  assert.equal(request.attributes['http.response.status_code'], 202);
  const run = only('run');
  assert.deepEqual(
    run.links.map(({ spanId }) => spanId),
    [request.spanId],
  );
  assert.equal(run.attributes['syncboard.outcome'], 'finished');
  const stage = only('stage load');
  assert.equal(stage.parentSpanId, run.spanId);
  assert.equal(stage.attributes['syncboard.state'], 'succeeded');
  const procedure = only('EXEC dbo.sp_thing');
  assert.equal(procedure.parentSpanId, stage.spanId);
  assert.equal(procedure.attributes['db.system.name'], 'microsoft.sql_server');
});

test('a poll: its request by a link, pages that are read, and what is applied', () => {
  const poll = only('poll');
  const asked = only('POST flexibee/{company}/poll');
  assert.deepEqual(
    poll.links.map(({ spanId }) => spanId),
    [asked.spanId],
  );
  const names = childrenOf(poll).map(({ name }) => name);
  assert.ok(names.includes('GET changes.json'), names.join());
  const applied = childrenOf(poll).filter(({ name }) => name === 'apply');
  assert.ok(applied.length > 0, names.join());
  for (const one of applied) {
    const inside = childrenOf(one).map(({ name }) => name);
    assert.ok(inside.every((name) => name.startsWith('EXEC ')) && inside.length > 0, inside.join());
  }
});

test('a query: its statement, and each level with its rows', () => {
  const request = only('POST {connection}/dynsql/{id}/exec');
  const statement = only('statement');
  assert.equal(statement.parentSpanId, request.spanId);
  const levels = childrenOf(statement);
  assert.ok(levels.length === 2, levels.map(({ name }) => name).join());
  const counts = levels.map(({ attributes }) => Number(attributes['syncboard.rows']));
  assert.ok(counts.every((count) => count > 0));
  const sum = counts.reduce((one, other) => one + other, 0);
  assert.equal(Number(statement.attributes['syncboard.rows']), sum);
});

test('times add up: no part begins before its whole, nor takes what comes one after the other more', () => {
  const byId = new Map(receiver.spans.map((span) => [span.spanId, span]));
  let parts = 0;
  for (const span of receiver.spans) {
    assert.ok(span.startTimeUnixNano <= span.endTimeUnixNano, span.name);
    const whole = byId.get(span.parentSpanId ?? '');
    if (whole === undefined) continue;
    parts += 1;
    // Clocks of spans are of one process, and have millisecond hands at their beginning.
    const slack = 2_000_000n;
    assert.equal(span.traceId, whole.traceId);
    assert.ok(span.startTimeUnixNano >= whole.startTimeUnixNano - slack, span.name);
    assert.ok(
      span.endTimeUnixNano <= whole.endTimeUnixNano + slack,
      `${span.name} in ${whole.name}`,
    );
  }
  assert.ok(parts > 5);
});

test('nothing secret, no value, no name of a person is in what is told', () => {
  assert.ok(secrets.every((secret) => secret !== ''));
  for (const { path, text } of receiver.bodies) {
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${path}`);
    if (path === '/v1/logs') continue;
    for (const hidden of [user, value, 'Bearer'])
      assert.ok(!text.includes(hidden), `${hidden} in ${path}`);
  }
});

test('a line of the log is in the trace of what it is about', () => {
  const { traceId, spanId } = only('run');
  const sent = receiver.bodies.filter(({ path }) => path === '/v1/logs').map(({ text }) => text);
  assert.ok(sent.some((text) => text.includes(traceId) && text.includes(spanId)));
});

test('measurements are named as the documentation says, and by the same attributes', async () => {
  const documented = await documentedMeasurements();
  for (const name of [
    'http.server.request.duration',
    ...['runs', 'run.duration', 'run.waiting', 'runs.open', 'stage.duration'],
    ...['company.polls', 'company.poll.duration', 'company.rows', 'company.lag', 'company.gaps'],
    ...['companies', 'pool.connections', 'calls', 'queue.messages', 'query.duration', 'query.rows'],
  ]) {
    const whole = name.startsWith('http.') ? name : `syncboard.${name}`;
    const attributes = receiver.metrics.get(whole);
    assert.ok(attributes, `${whole} is not among ${[...receiver.metrics.keys()]}`);
    const by = documented.get(whole)?.by ?? assert.fail(`${whole} is not documented`);
    assert.deepEqual([...attributes].sort(), [...by.keys()].sort(), whole);
  }
});
