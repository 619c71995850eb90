import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestError } from '@azure/storage-blob';
import type { Run } from '../../shared/sync/syncs.ts';
import { call, runId, testApp } from './app.ts';

const headers = { authorization: 'Bearer demo-token' };

const run: Run = {
  id: runId,
  kind: 'entity',
  state: 'running',
  user: 'оператор',
  token: 'demo',
  codes: ['0c10'],
  names: ['payment'],
  period: { month: 7, year: 2019 },
  createdAt: '2019-07-31T10:00:00.000Z',
  locks: [{ server: 'dcdb', leaseId: 'f0000000-0000-4000-8000-00000000000f' }],
  holder: 'a0000000-0000-4000-8000-00000000000a',
  stages: [
    {
      id: 'export:payment:0c10',
      kind: 'procedure',
      stage: 'export',
      entity: 'payment',
      code: '0c10',
      server: 'dcdb',
      database: 'hcs',
      procedure: { schema: 'dbo', name: 'sp_export_to_bill_ab_payment' },
      parameters: [{ name: 'CurDataAreaId', type: 'varchar(4)', value: '0c10' }],
      setOptions: [],
      repeatable: true,
      needs: [],
      state: 'running',
      attempts: [{ startedAt: '2019-07-31T10:00:01.000Z' }],
      messages: { count: 3, last: { at: '2019-07-31T10:00:02.000Z', text: '1000 строк' } },
    },
  ],
  freshness: [],
  log: [],
};

test('/runs/{id}: the run document without lease ids and holder', async () => {
  const app = testApp();
  app.syncs.runs.set(runId, run);
  const reply = await call(app, 'run', { headers, params: { id: runId } });
  assert.equal(reply.status, 200);
  const { locks, holder, ...rest } = run;
  const progress = {
    stagesDone: 0,
    stagesSkipped: 0,
    stagesTotal: 1,
    running: [
      {
        stage: 'export:payment:0c10',
        server: 'dcdb',
        since: '2019-07-31T10:00:01.000Z',
        message: '1000 строк',
      },
    ],
    estimate: { endsAt: null, unknownStages: 1, text: 'No earlier run to estimate from.' },
  };
  assert.deepEqual(JSON.parse(reply.text), {
    ...rest,
    errors: [],
    servers: ['dcdb'],
    progress,
    warnings: 0,
  });
  assert.doesNotMatch(reply.text, new RegExp(`${locks[0]?.leaseId}|${holder}`));
});

test('/runs/{id}: 404 for an unknown run and for what cannot be one', async () => {
  const app = testApp();
  for (const id of [
    '20190731-0',
    '../runs',
    'A',
    '',
    'x'.repeat(65),
    'is_dated',
    'a/b',
    '\u0000',
  ]) {
    const reply = await call(app, 'run', { headers, params: { id } });
    assert.equal(reply.status, 404);
    assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(JSON.parse(reply.text).errors[0].field, 'id');
  }
});

test('/runs/{id}: a run that has ended has no estimate', async () => {
  const app = testApp();
  const ended = { ...run, state: 'succeeded' as const, stages: [], endedAt: run.createdAt };
  app.syncs.runs.set(runId, ended);
  const reply = await call(app, 'run', { headers, params: { id: runId } });
  assert.deepEqual(JSON.parse(reply.text).progress, {
    stagesDone: 0,
    stagesSkipped: 0,
    stagesTotal: 0,
    running: [],
  });
});

test('/runs: a page, its limit and the link to the next one', async () => {
  const app = testApp();
  app.syncs.page = { runs: [], next: 'a+b/c=' };
  const first = await call(app, 'runs', { headers });
  assert.deepEqual(JSON.parse(first.text), {
    runs: [],
    next: '/runs?limit=50&after=a%2Bb%2Fc%3D',
  });
  const next = new URL(JSON.parse(first.text).next, 'http://localhost');
  app.syncs.page = { runs: [] };
  const second = await call(app, 'runs', { headers, url: next.href });
  assert.deepEqual(JSON.parse(second.text), { runs: [] });
  assert.deepEqual(app.syncs.listed, [{ limit: 50 }, { limit: 50, from: 'a+b/c=' }]);
});

test('/runs: limit 1 to 200, every bad parameter named', async () => {
  const app = testApp();
  for (const limit of ['1', '9', '10', '99', '100', '199', '200']) {
    assert.equal((await call(app, 'runs', { headers, query: { limit } })).status, 200);
  }
  for (const limit of ['0', '201', '-1', '1.5', '', '1e2', '0x10', 'ten']) {
    const reply = await call(app, 'runs', { headers, query: { limit, after: 'с начала' } });
    assert.equal(reply.status, 400);
    const problem = JSON.parse(reply.text);
    assert.equal(problem.detail, `Invalid limit value: ${limit}.`);
    assert.deepEqual(
      problem.errors.map(({ field }: { field: string }) => field),
      ['limit', 'after'],
    );
  }
  assert.equal(app.syncs.listed.length, 7);
});

test('/runs: a mark that the storage does not know is a 400, its outage a 503', async () => {
  const app = testApp();
  app.syncs.failure = new RestError('OutOfRangeInput', { statusCode: 400 });
  const reply = await call(app, 'runs', { headers, query: { after: 'x' } });
  assert.equal(reply.status, 400);
  assert.equal(JSON.parse(reply.text).errors[0].field, 'after');
  assert.equal((await call(app, 'runs', { headers })).status, 500);
  app.syncs.failure = new RestError('Server busy', { statusCode: 503 });
  const unavailable = await call(app, 'runs', { headers });
  assert.equal(unavailable.status, 503);
  assert.equal(unavailable.headers.get('retry-after'), '30');
});

for (const [name, method] of [
  ['runs', 'GET'],
  ['run', 'GET'],
  ['cancel_run', 'POST'],
] as const) {
  test(`${name} needs a token`, async () => {
    const refused = await call(testApp(), name, { method, params: { id: runId } });
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer realm="syncboard"');
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/);
    const accept = { accept: 'text/plain' };
    const init = { method, params: { id: runId }, headers: accept };
    const text = await call(testApp(), name, init);
    assert.equal(text.text, 'Authorization token is needed.');
  });
}
