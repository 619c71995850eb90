/**
 * Schedules in the overview, from the due time on: what is wrong stays until it is mended, by whatever
 * way, and no longer. Runs are executed on the demo's databases.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { settingsFor, standInAt } from '../../demo/billing/connections.ts';
import { demoDatabases } from '../../demo/billing/index.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { Overview } from '../../shared/board/overview/overview.ts';
import { openContainer } from '../../shared/storage/container.ts';
import { type RecordedSqlServer, startRecordedSqlServer } from '../support/recorded-sql-server.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');
const narrow = { name: 'narrow', sha256: digest('narrow'), codes: ['mo'] };

let storage: TestStorage;
let server: RecordedSqlServer;
let app: App;
before(async () => {
  [storage, server] = await Promise.all([
    startStorage(),
    startRecordedSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: demoDatabases({ pace: Number.POSITIVE_INFINITY, accounts: 20 }),
    }),
  ]);
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    API_TOKENS: JSON.stringify([...JSON.parse(sample.Values.API_TOKENS), narrow]),
    ...settingsFor(standInAt(server.port)),
  });
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), server.close()]);
});

const meter = { code: '0c10', name: 'meter', run: true };
const hourMs = 3_600_000;

async function send(
  name: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  params: Record<string, string> = {},
  json?: object,
  token = 'demo-token',
) {
  const reply = await call(app, name, {
    ...{ method, params },
    headers: {
      ...{ authorization: `Bearer ${token}`, accept: 'application/json' },
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: { string: JSON.stringify(json) } }),
  });
  return { status: reply.status, json: JSON.parse(reply.text || 'null'), text: reply.text };
}

/** As anybody sees it, once what has been done is in it. */
async function overview(token = 'demo-token'): Promise<Overview> {
  const limit = soon();
  const since = app.current.now();
  for (;;) {
    limit.throwIfAborted();
    await app.foldOverview().catch(() => {});
    const seen = await app.current.overviews.facts(limit);
    if (seen?.value && new Date(seen.value.lookedAt) >= since) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return (await send('overview', 'GET', {}, undefined, token)).json;
}

const lines = ({ wrong }: Overview) =>
  wrong.filter(({ subject }) => subject === `schedule ${night}`);

/** A due time that has come within the last hour, as if nobody had looked since. */
async function due(): Promise<string | undefined> {
  const { schedules, now } = app.current;
  const found = (await schedules.read(night, soon())) ?? assert.fail();
  const upTo = new Date(now().getTime() - hourMs).toISOString();
  await schedules.withState(found, { due: [], upTo }, soon());
  await app.current.startDue(() => {});
  const { state } = ((await schedules.read(night, soon())) ?? assert.fail()).value;
  return state?.due.at(-1)?.run;
}

async function execute(id: string): Promise<void> {
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
}

/** Sends a request as the overview tells it. */
async function mended({ mend = '' }: { mend?: string }) {
  const [, method, path = '', body = '{}'] = /^(\w+) (\S+)(?: (.*))?$/.exec(mend) ?? [];
  assert.equal(method, 'POST');
  const [, part, name = '', what] = path.split('/');
  const route = { boards: 'run_board', runs: 'retry_run' }[part ?? ''] ?? '';
  const params = { board: name, id: name };
  const reply = await send(route, 'POST', params, JSON.parse(body));
  assert.ok(what === 'run' || what === 'retry');
  return reply;
}

async function close(): Promise<string> {
  const until = new Date(app.current.now().getTime() + hourMs).toISOString();
  const body = { user: 'Jana', everything: true, until, reason: 'a quiet hour' };
  const { json, status, text } = await send('closures', 'POST', {}, body);
  assert.equal(status, 201, text);
  return json.id;
}

async function open(id: string): Promise<void> {
  assert.equal((await send('closure', 'DELETE', { id })).status, 200);
  const isKnown = async () =>
    (await app.current.closures.current(soon())).some((closure) => closure.id === id);
  // Workers remember for a moment what is closed.
  while (await isKnown()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Each has a board and a schedule of its own: what one has run meets what was due to it. */
let count = 0;
let night = '';
beforeEach(async () => {
  await send('schedule', 'DELETE', { schedule: night });
  count += 1;
  night = `night-${count}`;
  await send('board', 'PUT', { board: night }, { calls: [meter] });
  const hourly = { board: night, cron: '0 * * * *', timeZone: 'UTC', whenBusy: 'skip' };
  const { status, text } = await send('schedule', 'PUT', { schedule: night }, hourly);
  assert.ok(status < 300, text);
});

test('a due time, its run, its row', async () => {
  const run = (await due()) ?? assert.fail();
  const begun = await overview();
  assert.partialDeepStrictEqual(begun.schedules, [
    { name: night, board: night, enabled: true, last: { run, state: 'queued' } },
  ]);
  await execute(run);
  const ended = await overview();
  assert.partialDeepStrictEqual(ended.schedules, [{ last: { run, state: 'succeeded' } }]);
  assert.deepEqual(lines(ended), []);
});

test('one that was left out stays wrong until the board, run by hand, has come to its end', async () => {
  const closure = await close();
  assert.equal(await due(), undefined);
  const [line = assert.fail()] = lines(await overview());
  assert.match(line.what, /a quiet hour/);
  assert.equal(line.kind, 'late');
  // With the months of the due time, whenever it is made up for.
  const [, asOf = ''] = /--as-of (\S+:00:00\.000Z) --in-line$/.exec(line.cli ?? '') ?? [];
  assert.equal(line.cli, `syncboard board run ${night} --as-of ${asOf} --in-line`);
  assert.ok(line.mend?.includes(`"asOf": "${asOf}"`), line.mend);
  const { status, json } = await mended(line);
  assert.deepEqual([status, json.state], [202, 'waiting'], 'it is closed: it stands in line');
  assert.equal(lines(await overview()).length, 1);
  await open(closure);
  assert.equal(lines(await overview()).length, 1, 'it has begun only');
  await execute(json.id);
  assert.deepEqual(lines(await overview()), []);
});

test('one that was left out is met by the next, and known until then if somebody says so', async () => {
  const closure = await close();
  await due();
  const [line = assert.fail()] = lines(await overview());
  const until = new Date(app.current.now().getTime() + hourMs).toISOString();
  const known = { kind: 'schedule', subject: night, until, note: 'Ivo knows' };
  const mine = await send('acknowledgements', 'POST', {}, known, 'narrow');
  assert.equal(mine.status, 404, 'it sees no such schedule');
  const { status, json, text } = await send('acknowledgements', 'POST', {}, known);
  assert.equal(status, 201, text);
  assert.equal(json.since, line.since);
  const seen = lines(await overview());
  assert.equal(seen[0]?.acknowledged?.note, 'Ivo knows');
  const listed = async (token?: string) =>
    (await send('acknowledgements', 'GET', {}, undefined, token)).json.acknowledgements;
  assert.deepEqual(await listed(), [json]);
  assert.deepEqual(await listed('narrow'), []);
  const params = { id: json.id };
  const refused = await send('acknowledgement', 'DELETE', params, undefined, 'narrow');
  assert.equal(refused.status, 404);
  await open(closure);
  const run = (await due()) ?? assert.fail();
  await execute(run);
  assert.deepEqual(lines(await overview()), []);
  assert.deepEqual(await listed(), [], 'its trouble is over');
});

test('one whose run was cancelled stays wrong until a retry has come to its end', async () => {
  const run = (await due()) ?? assert.fail();
  await send('cancel_run', 'POST', { id: run }, {});
  await execute(run);
  const [line = assert.fail()] = lines(await overview());
  assert.deepEqual([line.kind, line.what, line.run], ['failed', 'cancelled', run]);
  const first = (await mended(line)).json.id;
  await send('cancel_run', 'POST', { id: first }, {});
  await execute(first);
  assert.equal(lines(await overview()).length, 1, 'its retry was cancelled, too');
  await execute((await mended(line)).json.id);
  assert.deepEqual(lines(await overview()), []);
  // The same where nothing is known any more but what the runs say.
  const { connectionString } = storage;
  const container = await openContainer({ kind: 'connection string', connectionString }, soon());
  await container.getBlockBlobClient('state/overview.json').delete();
  assert.deepEqual(lines(await overview()), []);
});

test('a token sees what is about its own data sources, and nothing of others', async () => {
  const closure = await close();
  await due();
  await overview();
  for (const accept of ['application/json', 'text/plain']) {
    const { text } = await call(app, 'overview', {
      headers: { authorization: 'Bearer narrow', accept },
    });
    assert.doesNotMatch(text, /night|0c10|meter/, accept);
  }
  const cells = await send('overview_cells', 'GET', {}, undefined, 'narrow');
  assert.deepEqual(cells.json, { cells: [] });
  const all = await send('overview_cells', 'GET');
  assert.deepEqual(
    all.json.cells.map(({ code, entity }: { code: string; entity: string }) => [code, entity]),
    [['0c10', 'meter']],
  );
  const asked = await call(app, 'overview_cells', {
    headers: { authorization: 'Bearer narrow' },
    query: { code: '0c10' },
  });
  assert.equal(asked.status, 403);
  await open(closure);
});
