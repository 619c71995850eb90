/** ETags, 304, gzip, views and held answers, over real storage. */

import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { after, before, test } from 'node:test';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { openContainer } from '../../shared/storage/container.ts';
import type { Run } from '../../shared/sync/run.ts';
import { newRunId, RunStore } from '../../shared/sync/run-store.ts';
import { pipelines, run, stage } from '../support/runs.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post, runId, testApp } from './app.ts';

const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

let storage: TestStorage;
let app: App;
let runs: RunStore;
before(async () => {
  storage = await startStorage();
  app = await App.start({ ...sample.Values, AzureWebJobsStorage: storage.connectionString });
  runs = new RunStore(await openContainer(app.current.settings.storage, soon()));
});
after(async () => {
  await app.stop();
  await storage.close();
});

/** Requests of this process to storage, by path. */
const requested: string[] = [];
subscribe('http.client.request.start', (message) => {
  requested.push((message as { request: ClientRequest }).request.path);
});
const requestsFor = (id: string) => requested.filter((path) => path.includes(`runs/${id}`)).length;

/** A run that is stored, and what changes it. */
async function storedRun(change: Partial<Run> = {}) {
  const document = { ...run(newRunId(new Date()), pipelines(['payment', 'meter'])), ...change };
  let etag = await runs.create(document, soon());
  return {
    id: document.id,
    async write(change: (document: Run) => void) {
      change(document);
      etag = await runs.replace(document, etag, soon());
    },
  };
}

const conditional: [name: string, query: string][] = [
  ['sync_status', ''],
  ['valid_codes', ''],
  ['valid_codes', '?view=form'],
  ['valid_names', ''],
  ['valid_names', '?view=form'],
  ['runs', ''],
  ['runs', '?state=queued'],
  ['run', ''],
  ['run', '?view=progress'],
];

for (const [name, query] of conditional) {
  test(`${name}${query}: an ETag, a 304 for whoever has it, another one for another answer`, async () => {
    const { id } = await storedRun();
    const params = { id, code: '0c10' };
    const ask = (more: Record<string, string> = {}, method = 'GET') =>
      call(app, name, {
        method,
        params,
        url: `http://localhost/${query}`,
        headers: { ...headers, ...more },
      });
    const first = await ask();
    assert.equal(first.status, 200);
    const etag = first.headers.get('etag') ?? '';
    for (const known of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const reply = await ask({ 'if-none-match': known });
      assert.equal(reply.status, 304, known);
      assert.equal(reply.text, '');
      assert.equal(reply.headers.get('etag'), etag);
      assert.equal(reply.headers.get('cache-control'), 'private, no-cache');
    }
    assert.equal((await ask({ 'if-none-match': etag }, 'HEAD')).status, 304);
    for (const other of ['W/"other"', '', etag.slice(0, -3)]) {
      assert.equal((await ask({ 'if-none-match': other })).status, 200, other);
    }
  });
}

test('an ETag holds while nothing happens, and goes with any change of the run', async () => {
  const { id, write } = await storedRun({ state: 'running' });
  const etagOf = async (query = '') => {
    const url = `http://localhost/${query}`;
    return (await call(app, 'run', { params: { id }, url, headers })).headers.get('etag');
  };
  await write(({ stages: [first] }) => {
    assert.ok(first);
    const startedAt = new Date().toISOString();
    Object.assign(first, { state: 'running', expectedMs: 5_000, attempts: [{ startedAt }] });
  });
  const first = await etagOf();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal(await etagOf(), first);
  await write(({ stages: [first] }) => {
    if (first) first.messages = { count: 1, last: { at: new Date().toISOString(), text: 'half' } };
  });
  assert.notEqual(await etagOf(), first);
});

test('JSON of more than a kilobyte is compressed for whoever takes it', async () => {
  const taking: [accepted: string | undefined, name: string, coding: string | null][] = [
    ['gzip', 'valid_codes', 'gzip'],
    ['br, gzip;q=0.5', 'valid_codes', 'br'],
    ['br;q=0.5, gzip', 'valid_codes', 'gzip'],
    ['gzip, deflate, br', 'valid_codes', 'br'],
    ['*', 'valid_codes', 'br'],
    ['*, br;q=0', 'valid_codes', 'gzip'],
    ['GZIP', 'valid_codes', 'gzip'],
    ['gzip;q=0', 'valid_codes', null],
    ['*;q=0', 'valid_codes', null],
    ['*;q=0, gzip;q=0.001', 'valid_codes', 'gzip'],
    ['deflate, zstd, identity', 'valid_codes', null],
    ['gzip;q=lots', 'valid_codes', null],
    [undefined, 'valid_codes', null],
    ['gzip', 'sync_status', null],
  ];
  const plain = (await call(testApp(), 'openapi')).text;
  for (const [accepted, small, coding] of taking) {
    const name = small === 'valid_codes' ? 'openapi' : small;
    const encoding = accepted === undefined ? {} : { 'accept-encoding': accepted };
    const reply = await call(testApp(), name, { headers: encoding });
    assert.equal(reply.headers.get('content-encoding'), coding, accepted);
    assert.equal(reply.text, name === 'openapi' ? plain : 'Synchronization is not running.');
    const varies = reply.headers.get('vary')?.includes('Accept-Encoding') ?? false;
    assert.equal(varies, name === 'openapi');
    if (coding !== null) assert.ok(reply.bytes.length * 4 < plain.length);
  }
});

test('?view=progress: how far a run is, under 4 KB for fifteen sources', async () => {
  const codes = Array.from({ length: 15 }, (_, index) => `source-with-a-long-code-${index}`);
  const entities = Array.from({ length: 58 }, (_, index) => `entity_with_a_long_name_${index}`);
  const stages = entities.flatMap((entity) => [
    ...codes.map((code, index) => stage(`export:${entity}:${code}`, `server-${index % 4}`)),
    stage(`crude:${entity}`, 'ab'),
    stage(`heap:${entity}`, 'ab'),
  ]);
  const { id, write } = await storedRun({ stages, codes, names: entities, state: 'running' });
  const startedAt = new Date().toISOString();
  await write((document) => {
    for (const [index, one] of document.stages.entries()) {
      if (index < 400) {
        const message = `${'"Очень\u0001 длинная" '.repeat(50)}`;
        Object.assign(one, {
          state: 'failed',
          error: { message, meaning: 'permanent', number: 50000 },
        });
        one.attempts = [{ startedAt, endedAt: startedAt }];
      }
    }
    for (const server of ['server-0', 'server-1', 'server-2', 'server-3', 'ab']) {
      const next = document.stages.find((one) => one.server === server && one.state === 'pending');
      assert.ok(next);
      const last = { at: startedAt, text: '"строка"\n\t'.repeat(60) };
      Object.assign(next, { state: 'running', attempts: [{ startedAt }], expectedMs: 60_000 });
      next.messages = { count: 9, last };
    }
  });
  const url = 'http://localhost/?view=progress';
  const reply = await call(app, 'run', { params: { id }, url, headers });
  assert.ok(Buffer.byteLength(reply.text) < 4_096, `${Buffer.byteLength(reply.text)} bytes`);
  const progress = JSON.parse(reply.text);
  assert.equal(progress.errorCount, 400);
  assert.equal(progress.stagesFailed, 400);
  assert.equal(progress.errors.length, 3);
  assert.equal(progress.running.length, 5);
  assert.equal(progress.stagesTotal, stages.length);
  const [running] = progress.running;
  assert.equal(
    Date.parse(running.endsAt),
    Math.ceil((Date.parse(startedAt) + 60_000) / 1000) * 1000,
  );
  assert.match(running.message, /…$/);
});

const refused: [name: string, query: string, field: string][] = [
  ['run', 'view=all', 'view'],
  ['run', 'view=', 'view'],
  ['run', 'wait=0', 'wait'],
  ['run', 'wait=26', 'wait'],
  ['run', 'wait=1.5', 'wait'],
  ['run', 'wait=', 'wait'],
  ['valid_codes', 'view=progress', 'view'],
  ['valid_names', 'view=forms', 'view'],
];
for (const [name, query, field] of refused) {
  test(`${name}?${query} is a 400 that names ${field}`, async () => {
    const double = testApp();
    double.syncs.runs.set(runId, run(runId, []));
    const params = { id: runId, code: '0c10' };
    const reply = await call(double, name, { params, headers, url: `http://localhost/?${query}` });
    assert.equal(reply.status, 400);
    assert.equal(JSON.parse(reply.text).errors[0].field, field);
  });
}

test('?wait holds an answer until there is another one, or the time is over', async () => {
  const { id, write } = await storedRun({ state: 'running' });
  const ask = (query: string, known?: string) =>
    call(app, 'run', {
      params: { id },
      url: `http://localhost/?${query}`,
      headers: { ...headers, ...(known && { 'if-none-match': known }) },
    });
  for (const view of ['view=progress', '']) {
    const first = await ask(`${view}&wait=25`);
    assert.equal(first.status, 200, 'nothing is known: at once');
    const known = first.headers.get('etag') ?? '';
    const held = ask(`${view}&wait=25`, known);
    await write(({ log }) => log.push({ at: new Date().toISOString(), text: 'seen in all of it' }));
    await write((document) => {
      document.state = document.state === 'running' ? 'failed' : 'running';
    });
    const changed = await held;
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), known);
    // It may have been answered between the two writes.
    const settled = (await ask(view)).headers.get('etag') ?? '';
    const begun = performance.now();
    const still = await ask(`${view}&wait=1`, settled);
    assert.equal(still.status, 304);
    assert.ok(performance.now() - begun > 900);
  }
});

test('fifty who wait for one run cost a look a second, and all hear of its change', async () => {
  const { id, write } = await storedRun({ state: 'running' });
  const known = (
    await call(app, 'run', { params: { id }, url: 'http://localhost/?view=progress', headers })
  ).headers.get('etag');
  const before = requestsFor(id);
  const begun = performance.now();
  const held = Array.from({ length: 50 }, () =>
    call(app, 'run', {
      params: { id },
      url: 'http://localhost/?view=progress&wait=20',
      headers: { ...headers, 'if-none-match': known ?? '' },
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const looks = requestsFor(id) - before;
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(looks <= seconds + 2, `${looks} looks in ${seconds} s`);
  await write((document) => {
    document.state = 'failed';
  });
  const replies = await Promise.all(held);
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
});

test('forms: what is dated, for all areas, in which order, which months', async () => {
  const ask = async (name: string, code?: string) =>
    JSON.parse(
      (
        await call(testApp(), name, {
          url: 'http://localhost/?view=form',
          ...(code !== undefined && { params: { code } }),
        })
      ).text,
    );
  const { catalog } = testApp();
  const codes = await ask('valid_codes');
  assert.deepEqual(codes.months, { from: '2018-01', to: '2019-07' });
  const plain = JSON.parse((await call(testApp(), 'valid_codes')).text);
  assert.deepEqual(
    Object.fromEntries(
      codes.codes.map((one: { code: string; description: string }) => [one.code, one.description]),
    ),
    plain,
  );
  const of = (code: string) => codes.codes.find((one: { code: string }) => one.code === code);
  assert.deepEqual(
    { ...of('0c10'), description: undefined },
    {
      code: '0c10',
      description: undefined,
      server: 'dcdb',
      needsMonth: true,
      standsFor: false,
      entities: catalog.entityOrder('0c10').length,
    },
  );
  assert.equal(of('all').standsFor, true);
  assert.equal(of('all').needsMonth, false);
  for (const code of Object.keys(plain)) {
    const form = await ask('valid_names', code);
    const names = catalog.entityOrder(code);
    assert.deepEqual(
      form.names.map((one: { name: string; order: number }) => [one.order, one.name]),
      names.map((name, index) => [index + 1, name]),
    );
    for (const one of form.names) {
      assert.equal(one.dated, catalog.isDated(one.name), one.name);
      const [exported] = catalog.stages({ name: one.name, code, period: { month: 1, year: 2019 } });
      assert.equal(one.exportedBy, exported?.code, `${code} ${one.name}`);
    }
  }
});

test('Retry-After is in the body of a refusal, too', async () => {
  const double = testApp();
  double.syncs.outcome = { outcome: 'busy', servers: ['dcdb'], runs: [] };
  const body = { token: 'demo-token', user: 'me', code: '0c10', name: 'city' };
  const reply = await post(double, 'entity_sync', body, headers);
  assert.equal(reply.status, 409);
  assert.equal(reply.headers.get('retry-after'), String(JSON.parse(reply.text).retryAfter));
});
