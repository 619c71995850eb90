/** Boards over HTTP and real storage, by two workers; only the host is missing. */

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { HttpRequestInit } from '@azure/functions';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, type Reply, testApp } from './app.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const narrow = { name: 'narrow', sha256: digest('narrow'), codes: ['0c10'] };

let storage: TestStorage;
let app: App;
let other: App;
before(async () => {
  storage = await startStorage();
  [app, other] = await Promise.all([start(), start()]);
});
after(async () => {
  await Promise.all([app.stop(), other.stop()]);
  await storage.close();
});

function start(): Promise<App> {
  return App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([...JSON.parse(sample.Values.API_TOKENS), narrow]),
  });
}

interface Asking extends Omit<HttpRequestInit, 'body'> {
  json?: unknown;
  text?: string;
}

/** @param path `PUT mine`, `PATCH mine meter.0c10`, `POST run mine` */
function ask(path: string, { json, text, ...init }: Asking = {}, by = app): Promise<Reply> {
  const [method = 'GET', ...rest] = path.split(' ');
  const kind = { run: 'run_board', import: 'import_board', history: 'board_history' }[
    rest[0] ?? ''
  ];
  const [board = '', id] = kind === undefined ? rest : rest.slice(1);
  const name = kind ?? (id === undefined ? (board === '' ? 'boards' : 'board') : 'board_call');
  const params = { ...(board !== '' && { board }), ...(id !== undefined && { call: id }) };
  const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
  const type = text === undefined ? 'application/json' : 'text/x-python';
  return call(by.current, name, {
    ...{ method, params, ...init },
    headers: {
      authorization: 'Bearer demo-token',
      ...(body !== undefined && { 'content-type': type }),
      ...init.headers,
    },
    ...(body !== undefined && { body: { string: body } }),
  });
}

async function good(path: string, asking: Asking = {}, by = app) {
  const reply = await ask(path, asking, by);
  assert.ok(reply.status < 300, `${path}: ${reply.status} ${reply.text}`);
  return { ...reply, json: JSON.parse(reply.text), etag: reply.headers.get('etag') ?? '' };
}

async function refused(path: string, asking: Asking, status: number, type: string) {
  const reply = await ask(path, asking);
  assert.equal(reply.status, status, `${path}: ${reply.text}`);
  const problem = JSON.parse(reply.text);
  assert.equal(problem.type, `urn:syncboard:problem:${type}`);
  return problem;
}

const meter = { code: '0c10', name: 'meter', run: true };
const payment = { code: '0c10', name: 'payment', month: -1, note: 'by hand' };

test('shipped ones are listed and read; one that is written is what was written, for everybody', async () => {
  const { json } = await good('GET');
  assert.partialDeepStrictEqual(json.boards, [
    { name: 'all', calls: 202, on: 0, revision: 0, errors: [] },
    { name: 'month-end', revision: 0, errors: [] },
    { name: 'nightly', revision: 0, errors: [] },
  ]);
  assert.equal((await good('GET all')).json.calls.length, 202);
  const body = { description: 'ours', calls: [meter, payment], user: 'Jana' };
  const put = await good('PUT mine', { json: body });
  assert.equal(put.status, 201);
  const shown = {
    ...{ name: 'mine', revision: 1, description: 'ours', on: 1, errors: [] },
    changedBy: { token: 'demo', user: 'Jana' },
    calls: [
      { id: 'meter.0c10', ...meter },
      { id: 'payment.0c10', ...payment, run: false },
    ],
  };
  assert.partialDeepStrictEqual(put.json, shown);
  const got = await good('GET mine', {}, other);
  assert.deepEqual(got.json, put.json);
  assert.equal(got.etag, put.etag);
  const again = { headers: { 'if-none-match': put.etag } };
  assert.equal((await ask('GET mine', again, other)).status, 304);
  // What was given may come back as it is.
  const back = await good('PUT mine', {
    json: { ...got.json, calls: got.json.calls.toReversed() },
  });
  assert.deepEqual(back.json.calls, got.json.calls.toReversed());
  assert.equal(back.status, 200);
});

test('whoever has not seen the latest change is refused, and undoes nothing', async () => {
  const first = await good('PUT race', { json: { calls: [meter] } });
  const second = await good('PATCH race meter.0c10', { json: { run: false } }, other);
  const headers = { 'if-match': first.etag };
  for (const [path, json] of [
    ['PUT race', { calls: [] }],
    ['PATCH race meter.0c10', { run: true }],
    ['DELETE race', undefined],
  ] as const) {
    const reply = await ask(path, { json, headers });
    assert.equal(reply.status, 412, reply.text);
    assert.equal(reply.headers.get('etag'), second.etag);
  }
  assert.deepEqual((await good('GET race')).json, second.json);
  await refused(
    'PUT nowhere',
    { json: { calls: [] }, headers: { 'if-match': '*' } },
    412,
    'changed',
  );
  const writers = Array.from({ length: 6 }, (_, index) =>
    ask(
      'PATCH race meter.0c10',
      { json: { note: `by ${index}` }, headers: { 'if-match': second.etag } },
      index % 2 ? app : other,
    ),
  );
  const statuses = (await Promise.all(writers)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 412, 412, 412, 412, 412]);
  const history = await good('GET history race');
  assert.deepEqual(
    history.json.revisions.map(({ revision, on }: Record<string, number>) => [revision, on]),
    [
      [3, 0],
      [2, 0],
      [1, 1],
    ],
  );
  const before = await good('GET race', { query: { revision: '1' } });
  assert.equal(before.json.on, 1);
  assert.equal(history.json.isShipped, false);
  for (const revision of ['9', '0', '01', 'x']) {
    await refused('GET race', { query: { revision } }, 404, 'not-found');
  }
});

test('what was before is the current one again: as it was shipped, too, and for who may touch it', async () => {
  const shipped = await good('GET nightly', { query: { revision: '0' } });
  assert.deepEqual(shipped.json, (await good('GET nightly')).json);
  await good('PUT nightly', { json: { calls: [meter] } });
  assert.equal((await good('GET history nightly')).json.isShipped, true);
  const wide = await refused(
    'GET nightly',
    { query: { revision: '0' }, headers: { authorization: 'Bearer narrow' } },
    403,
    'forbidden',
  );
  assert.match(wide.detail, /not allowed for code/);
  const { etag } = await good('GET nightly');
  const { calls, description } = (await good('GET nightly', { query: { revision: '0' } })).json;
  const json = { calls, description, user: 'Jana' };
  const back = await good('PUT nightly', { json, headers: { 'if-match': etag } });
  assert.deepEqual([back.json.revision, back.json.calls], [2, shipped.json.calls]);
});

test('a new one is made where there is none of its name, and by one alone of those that begin at once', async () => {
  const headers = { 'if-none-match': '*' };
  const json = { calls: [meter] };
  const dry = { headers, json, query: { dry: 'true' } };
  assert.equal((await good('PUT fresh', dry)).status, 200);
  const made = await Promise.all(
    [app, other, app, other].map((by) => ask('PUT fresh', { json, headers }, by)),
  );
  assert.deepEqual(made.map(({ status }) => status).sort(), [201, 412, 412, 412]);
  const { etag } = await good('GET fresh');
  for (const [path, asking] of [
    ['PUT fresh', dry],
    ['PUT fresh', { json, headers: { 'if-none-match': `"x", ${etag}` } }],
    ['POST import fresh', { text: 'sync_entity(M, STACK_MO)', headers }],
    ['PUT all', { json, headers }],
  ] as const) {
    const problem = await refused(path, asking, 412, 'exists');
    assert.match(problem.detail, /^There is a board (fresh|all) already\.$/);
  }
  assert.equal((await ask('PUT fresh', { json, headers })).headers.get('etag'), etag);
  // Of another state than that one it is no new one, and is written.
  await good('PUT fresh', { json, headers: { 'if-none-match': '"x"' } });
  await good('DELETE fresh');
  assert.equal((await good('PUT fresh', { json, headers })).json.revision, 4);
});

test('a switch and a note are changed alone, and a note may go', async () => {
  await good('PUT one', { json: { calls: [meter, payment] } });
  const noted = await good('PATCH one payment.0c10', { json: { run: true, note: 'now' } });
  assert.deepEqual(noted.json.calls[1], { id: 'payment.0c10', ...payment, run: true, note: 'now' });
  const bare = await good('PATCH one payment.0c10', { json: { note: null } });
  assert.equal(bare.json.calls[1].note, undefined);
  assert.equal(bare.json.calls[1].run, true);
  const missing = await refused(
    'PATCH one payment.0c01',
    { json: { run: true } },
    404,
    'not-found',
  );
  assert.match(missing.detail, /did you mean payment\.0c10\?/);
  for (const [json, field] of [
    [{}, 'run'],
    [{ run: 'yes' }, 'run'],
    [{ run: true, note: 'two\nlines' }, 'note'],
    [{ rum: true, run: true }, 'rum'],
  ] as const) {
    const problem = await refused('PATCH one meter.0c10', { json }, 400, 'invalid-value');
    assert.equal(problem.errors[0].field, field);
  }
});

test('what the catalogue does not have is refused, each fault with its field and a near name', async () => {
  const cases: [unknown, string, RegExp][] = [
    [[{ code: '0c10', name: 'paymnt', month: 0 }], 'calls[0].name', /did you mean payment\?/],
    [[meter, { code: '0c1', name: 'meter' }], 'calls[1].code', /did you mean/],
    [[{ code: 'stek', name: 'city' }], 'calls[0].name', /stek has no city/],
    [[{ code: '0c10', name: 'payment' }], 'calls[0].month', /needed/],
    [[{ ...meter, runs: true }], 'calls[0].runs', /did you mean run\?/],
    [[{ ...meter, run: 1 }], 'calls[0].run', /true or false/],
    [[{ ...meter, id: 'a/b' }], 'calls[0].id', /must be/],
    [
      [
        { ...meter, id: 'x' },
        { ...payment, id: 'x' },
      ],
      'calls[1].id',
      /as calls\[0\]\.id is/,
    ],
    [[{ ...meter, note: 'n'.repeat(401) }], 'calls[0].note', /400/],
    [[{ ...meter, note: { en: 'ours', cs: 'naše' } }], 'calls[0].note', /must be a text of up to/],
    [['meter'], 'calls[0]', /an object/],
    [{}, 'calls', /an array/],
    [Array.from({ length: 501 }, () => meter), 'calls', /501/],
  ];
  for (const [calls, field, message] of cases) {
    const problem = await refused('PUT bad', { json: { calls } }, 400, 'invalid-value');
    assert.equal(problem.errors[0].field, field);
    assert.match(problem.errors[0].message, message);
  }
  const texts = { description: { en: 'ours', cs: 'naše' }, calls: [] };
  const told = await refused('PUT bad', { json: texts }, 400, 'invalid-value');
  assert.match(told.errors[0].message, /^description must be a text of up to 400 characters/);
  await refused('PUT Bad', { json: { calls: [] } }, 400, 'invalid-value');
  await refused('PUT bad', { json: { calls: [], name: 'good' } }, 400, 'invalid-value');
  const near = await refused('GET nightli', {}, 404, 'not-found');
  assert.match(near.detail, /did you mean nightly\?/);
  assert.equal(
    (await good('PUT bad', { json: { calls: [] }, query: { dry: 'true' } })).json.revision,
    0,
  );
  await refused('GET bad', {}, 404, 'not-found');
});

test('what is switched on becomes one run that names its board, once for a key', async () => {
  const calls = [meter, payment, { code: ['mo', 'stek'], name: 'equipment', run: true }];
  await good('PUT started', { json: { calls } });
  const dry = await good('POST run started', { json: { user: 'Jana' }, query: { dry: 'true' } });
  assert.deepEqual(dry.json.codes, ['0c10', 'mo', 'stek']);
  assert.deepEqual(dry.json.names, ['equipment', 'meter']);
  const key = { 'idempotency-key': randomUUID() };
  const run = await good('POST run started', { json: { user: 'Jana' }, headers: key });
  assert.equal(run.status, 202);
  const { id } = run.json;
  assert.equal(run.queued, id);
  const stored = await app.current.syncs.read(id, soon());
  assert.partialDeepStrictEqual(stored, {
    ...{ board: 'started', user: 'Jana', kind: 'calls', codes: ['0c10', 'mo', 'stek'] },
    calls: [{ names: ['meter'] }, { names: ['equipment'] }],
  });
  const listed = await call(app.current, 'runs', {
    query: { board: 'started' },
    headers: { authorization: 'Bearer demo-token' },
  });
  const ids = JSON.parse(listed.text).runs.map((one: { id: string }) => one.id);
  assert.deepEqual(ids, [id]);
  await refused('POST run started', { json: { user: 'Jana' } }, 409, 'busy');
  const waiting = await good('POST run started', { json: { user: 'Jana', whenBusy: 'wait' } });
  assert.equal(waiting.json.state, 'waiting');
  // The same request finds its run, whatever is switched on by now.
  for (const switched of ['meter.0c10', 'equipment.mo-and-1-more']) {
    await good(`PATCH started ${switched}`, { json: { run: false } });
  }
  await refused('POST run started', { json: { user: 'Jana' } }, 409, 'nothing-to-run');
  const again = await good('POST run started', { json: { user: 'Jana' }, headers: key }, other);
  assert.equal(again.json.id, id);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  await refused('POST run started', { json: {} }, 400, 'invalid-value');
  await refused('POST run started', { json: { user: 'me', calls: [] } }, 400, 'invalid-value');
});

test('a shipped board that names what is gone says so; the others, and its other calls, do no harm', async () => {
  const fake = testApp();
  const gone = { id: 'gone', code: '0c10', name: 'entity_of_old', run: true };
  const kept = { id: 'kept', ...meter };
  const boards = Object.assign(Object.create(fake.boards), {
    list: async () => [
      { name: 'old', revision: 0, board: { calls: [gone, kept] } },
      { name: 'well', revision: 0, board: { calls: [kept, { ...gone, run: false }] } },
    ],
    read: async (name: string) =>
      (await boards.list()).find((board: { name: string }) => board.name === name),
  });
  const init = { headers: { authorization: 'Bearer demo-token' } };
  const listed = JSON.parse((await call({ ...fake, boards }, 'boards', init)).text);
  assert.deepEqual(
    listed.boards.map(({ errors }: { errors: { field: string }[] }) =>
      errors.map(({ field }) => field),
    ),
    [['calls[0].name'], ['calls[1].name']],
  );
  const run = (board: string) =>
    call({ ...fake, boards }, 'run_board', {
      ...{ method: 'POST', params: { board }, body: { string: '{"user": "me"}' } },
      headers: { ...init.headers, 'content-type': 'application/json' },
    });
  const old = await run('old');
  assert.equal(old.status, 409, old.text);
  const problem = JSON.parse(old.text);
  assert.equal(problem.type, 'urn:syncboard:problem:faulty-board');
  assert.equal(problem.errors[0].field, 'calls[0].name');
  assert.equal((await run('well')).status, 202);
  assert.deepEqual(
    fake.syncs.started[0]?.calls.map(({ names }) => names),
    [['meter']],
  );
});

test('relative months are counted from the time that is given', async () => {
  const month = { ...meter, name: 'payment', month: -1 };
  await good('PUT months', { json: { calls: [{ ...month, run: true }] } });
  const run = (asOf: unknown) => ({ json: { user: 'me', asOf }, query: { dry: 'true' } });
  for (const [asOf, expected] of [
    ['2025-01-31T13:59:59Z', { year: 2024, month: 12 }],
    ['2025-01-31T14:00:00Z', { year: 2025, month: 1 }],
    ['2025-01-31T23:59', { year: 2024, month: 12 }],
    ['2025-02-01', { year: 2025, month: 1 }],
  ] as const) {
    const { json } = await good('POST run months', run(asOf));
    assert.partialDeepStrictEqual(json.calls[0], { periods: [expected] }, asOf);
  }
  const { json: now } = await good('POST run months', run(null));
  assert.notEqual(now.calls[0].periods[0].year, 2025);
  for (const asOf of ['2999-01-01', '2025-02-30', 7, '']) {
    const { errors } = await refused('POST run months', run(asOf), 400, 'invalid-value');
    assert.partialDeepStrictEqual(errors[0], { field: 'asOf', value: asOf });
    assert.match(errors[0].message, /^asOf must be a time with its zone .*, no later than 20/);
  }
});

test('a board.py is imported as it is, or refused line by line', async () => {
  const text =
    "X = 'meter'\nsync_entity(X, DCDB_0C10, run=True)  # 08.11 - 1 min\nsync_entity(RO, DCDB_ALL)\n";
  const dry = await good('POST import python', { text, query: { dry: 'true' } });
  assert.equal(dry.json.on, 1);
  await refused('GET python', {}, 404, 'not-found');
  const made = await good('POST import python', { text, query: { user: 'Jana' } });
  assert.equal(made.status, 201);
  assert.deepEqual(made.json.changedBy, { token: 'demo', user: 'Jana' });
  assert.deepEqual(made.json.calls, [
    { id: 'meter.0c10', code: '0c10', name: 'meter', run: true, note: '08.11 - 1 min' },
    { id: 'room.all', code: 'all', name: 'room', run: false },
  ]);
  const bad = await refused(
    'POST import python',
    { text: 'sync_entity(M, STAK)' },
    400,
    'invalid-body',
  );
  assert.match(
    bad.detail,
    /line 1, column 16: STAK is no constant that is known \(did you mean STACK\?\)/,
  );
  const headers = { 'if-match': 'W/"another"' };
  await refused('POST import python', { text, headers }, 412, 'changed');
  assert.deepEqual((await good('GET python')).json, made.json);
});

test('a board is started as it was planned, or not at all', async () => {
  await good('PUT planned', { json: { calls: [meter] } });
  const json = { user: 'Jana', whenBusy: 'wait' };
  const plan = await good('POST run planned', { json, query: { dry: 'true' } });
  const headers = { 'if-match': plan.etag };
  assert.equal(plan.etag, (await good('GET planned')).etag);
  await good('PUT planned', { json: { calls: [meter, { code: 'mo', name: 'meter', run: true }] } });
  for (const query of [{}, { dry: 'true' }]) {
    await refused('POST run planned', { json, headers, query }, 412, 'changed');
  }
  const { etag } = await good('POST run planned', { json, query: { dry: 'true' } });
  const begun = { json, headers: { 'if-match': etag, 'idempotency-key': 'planned' } };
  const first = await good('POST run planned', begun);
  // Whoever has not heard of it is told of it, whatever the board is by now.
  await good('PUT planned', { json: { calls: [meter] } });
  assert.equal((await good('POST run planned', begun)).json.id, first.json.id);
});

test('a token sees and changes only boards of its own data sources', async () => {
  await good('PUT narrow', { json: { calls: [meter] } });
  await good('PUT wide', { json: { calls: [meter, { code: 'mo', name: 'meter' }] } });
  const headers = { authorization: 'Bearer narrow' };
  const names = (await good('GET', { headers })).json.boards.map(
    ({ name }: { name: string }) => name,
  );
  assert.ok(names.includes('narrow') && !names.includes('wide') && !names.includes('all'));
  for (const [path, json] of [
    ['GET wide', undefined],
    ['PUT wide', { calls: [meter] }],
    ['PUT narrow', { calls: [{ code: 'mo', name: 'meter' }] }],
    ['DELETE wide', undefined],
    ['PATCH wide meter.mo', { run: true }],
    ['POST run wide', { user: 'me' }],
    ['GET history wide', undefined],
  ] as const) {
    await refused(path, { json, headers }, 403, 'forbidden');
  }
  assert.equal(
    (await good('PATCH narrow meter.0c10', { json: { run: false }, headers })).json.on,
    0,
  );
  await good('DELETE narrow', { headers });
  await refused('GET narrow', {}, 404, 'not-found');
});
