/** The functions over the real service and real storage; only the worker that executes is missing. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { startStorage, type TestStorage } from '../support/storage.ts';
import { call, post } from './app.ts';

let storage: TestStorage;
let app: App;
before(async () => {
  storage = await startStorage();
  app = await App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
});
after(async () => {
  await app.stop();
  await storage.close();
});

const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };
const body = {
  token: 'demo-token',
  user: 'оператор',
  code: ['0c10', 'mo', '0c01'],
  name: 'payment',
  month: 7,
  year: 2019,
};

test('a run over several data sources is started, seen, cancelled, and is one run', async () => {
  const started = await post(app, 'entity_sync', body, headers);
  assert.equal(started.status, 202);
  const { id } = JSON.parse(started.text);
  const busy = await post(app, 'entity_sync', { ...body, code: 'mo' }, headers);
  assert.equal(busy.status, 409);
  assert.deepEqual(JSON.parse(busy.text).servers, ['sql01comfort']);

  const status = JSON.parse((await call(app, 'sync_status', { headers })).text);
  assert.equal(status.running, true);
  const [active] = status.runs;
  assert.equal(status.runs.length, 1);
  assert.deepEqual(active.codes, body.code);
  // Three exports, one crude, one heap.
  assert.deepEqual(active.progress, {
    stagesDone: 0,
    stagesSkipped: 0,
    stagesTotal: 5,
    running: [],
    estimate: { endsAt: null, unknownStages: 5, text: 'No earlier run to estimate from.' },
  });

  const params = { id };
  const run = JSON.parse((await call(app, 'run', { headers, params })).text);
  assert.deepEqual(run.servers, ['dcdb', 'sql01comfort']);
  assert.deepEqual(run.progress, active.progress);
  const page = JSON.parse((await call(app, 'runs', { headers })).text);
  assert.deepEqual(
    page.runs.map((row: { id: string; codes: string[] }) => [row.id, row.codes]),
    [[id, body.code]],
  );

  const cancel = () => call(app, 'cancel_run', { method: 'POST', headers, params });
  assert.equal((await cancel()).status, 202);
  const again = await cancel();
  assert.equal(again.status, 409);
  assert.equal(JSON.parse(again.text).state, 'queued');
  assert.match(JSON.parse(again.text).detail, /is being cancelled already/);
});
