/** What procedures say, as the run, its log and the routes tell it: real storage, real wire. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Databases } from '../../shared/database/databases.ts';
import { saidBytes } from '../../shared/sync/brief.ts';
import type { Run } from '../../shared/sync/syncs.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { type Said, said } from '../sync/log/said.ts';
import { call } from './app.ts';

const printed = {
  talks: [
    ...Array.from({ length: 500 }, (_, i) => `row ${i + 1}`),
    'x'.repeat(2_000),
    'Синхронизация — žluťoučký 界😀',
    'two\r\nlines',
  ],
  counts: ['counted'],
  fails: ['before'],
};
const failure = `ошибка ${'ж'.repeat(1_500)}`;

const bodies: Record<string, string> = {
  talks: `DECLARE @n int = 1;
    WHILE @n <= 500 BEGIN PRINT CONCAT('row ', @n); SET @n = @n + 1; END;
    PRINT REPLICATE('x', 2000);
    PRINT N'Синхронизация — žluťoučký 界😀';
    PRINT 'two' + CHAR(13) + CHAR(10) + 'lines';`,
  counts: `SET NOCOUNT OFF; DECLARE @n int = 0;
    WHILE @n < 20000 BEGIN UPDATE dbo.it SET n = n; SET @n = @n + 1; END;
    SELECT n FROM dbo.it; PRINT 'counted';`,
  fails: `PRINT 'before'; RAISERROR(N'ошибка ${'ж'.repeat(1_500)}', 16, 1);`,
  waits: `RAISERROR('waiting', 0, 1) WITH NOWAIT;
    WHILE NOT EXISTS (SELECT * FROM dbo.go_on) WAITFOR DELAY '00:00:00.050';
    PRINT 'done';`,
  silent: 'SET NOCOUNT ON;',
};
const names = Object.keys(bodies);

const catalog = {
  periods: { from: '2018-01', timeZone: 'Asia/Vladivostok' },
  servers: [{ id: 'ab', description: 'The only one' }],
  databases: [{ id: 'ab', server: 'ab', connection: 'SQL_AB' }],
  dataSources: [{ code: 'c1', description: 'one', system: 'x', database: 'ab' }],
  entities: names.map((name) => ({
    ...{ name, description: name, dated: false, systems: ['x'] },
  })),
  pipelines: [
    {
      id: 'x',
      stages: [
        { stage: 'load', kind: 'procedure', procedure: 'dbo.sp_{entity}', repeatable: true },
      ],
    },
  ],
};

let storage: TestStorage;
let server: Awaited<ReturnType<typeof startSqlServer>>;
let directory: string;
let app: App;
let other: Databases;
const headers = { authorization: 'Bearer demo-token' };

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-log-'));
  await writeFile(join(directory, 'catalog.json'), JSON.stringify(catalog));
  [storage, server] = await Promise.all([
    startStorage(),
    startSqlServer({
      logins: { app: 'secret' },
      databases: [{ name: 'AB', server: 'ab', schema: '', procedures: [] }],
    }),
  ]);
  const address = `Server=127.0.0.1,${server.port};Database=AB;User Id=app;Password=secret;Encrypt=false`;
  other = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString: address }]);
  const session = await other.session('ab', soon());
  await session.batch('CREATE TABLE dbo.it (n int NOT NULL)', soon());
  await session.batch('CREATE TABLE dbo.go_on (n int NOT NULL)', soon());
  await session.batch('INSERT INTO dbo.it (n) VALUES (1)', soon());
  for (const [name, body] of Object.entries(bodies)) {
    await session.batch(`CREATE PROCEDURE dbo.sp_${name} AS BEGIN ${body} END`, soon());
  }
  session.destroy();
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: join(directory, 'catalog.json'),
    SQL_AB: address,
  });
});
after(async () => {
  await app.stop();
  await other.close();
  await Promise.all([storage.close(), server.close()]);
  await rm(directory, { recursive: true });
});

async function start(entities: string[]): Promise<string> {
  const started = await app.current.syncs.start(requestFor(['c1'], entities), soon());
  assert.ok(started.outcome === 'started');
  return started.id;
}

async function log(id: string, query: Record<string, string> = {}) {
  const reply = await call(app, 'run_log', { headers, params: { id }, query });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8');
  const link = reply.headers.get('link') ?? '';
  const from = new URL(/<(.*)>; rel="next"/.exec(link)?.[1] ?? '', 'http://x').searchParams.get(
    'from',
  );
  return { text: reply.text, next: from ?? '' };
}

const of = (lines: Said[], entity: string, mark = '|') =>
  lines.filter((line) => line.stage === `load:${entity}:c1` && line.mark === mark);

test('what procedures printed is in the log letter by letter, and in the run in brief', async () => {
  const id = await start(['talks', 'counts', 'fails', 'silent']);
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  const { text } = await log(id);
  const lines = said(text);
  for (const [name, expected] of Object.entries(printed)) {
    assert.deepEqual(
      of(lines, name).map((line) => line.text),
      expected,
    );
    const own = await log(id, { stage: `load:${name}:c1` });
    assert.deepEqual(
      said(own.text),
      lines.filter(({ stage }) => stage === `load:${name}:c1`),
    );
  }
  assert.deepEqual((await log(id, { stage: 'load:silent:c1' })).text, '');
  const [told] = of(lines, 'fails', '*');
  assert.ok(told?.text.endsWith(`: ${failure}`), told?.text);
  assert.match(told?.text ?? '', /^Failed: permanent: Msg 50000, Level 16, State 1, /);

  const run = (await app.current.syncs.read(id, soon())) as Run;
  const [talks, counts, fails, silent] = run.stages;
  assert.equal(talks?.messages.count, 503);
  assert.equal(talks.messages.last?.text, 'two\r\nlines');
  assert.deepEqual(counts?.rows, {
    ...{ sum: 20_001, statements: 20_001, last: [1, 1, 1, 1, 1], returned: 1 },
  });
  assert.equal(fails?.state, 'failed');
  assert.match(fails.error?.message ?? '', /^ошибка ж+…$/);
  assert.deepEqual(silent?.messages, { count: 0 });
  const bytes = run.stages.reduce((sum, stage) => sum + saidBytes(stage), 0);
  assert.ok(bytes <= 400 * run.stages.length, `${bytes} bytes`);
});

test('the log is read while the run goes on, and from where the last reading ended', async () => {
  const id = await start(['waits']);
  assert.deepEqual(await log(id), { text: '', next: '0' });
  const execution = app.current.executeRun(id, () => {});
  let first = await log(id);
  while (first.text === '') {
    await sleep(50);
    first = await log(id);
  }
  assert.deepEqual(
    said(first.text).map(({ text }) => text),
    ['waiting'],
  );
  const again = await log(id, { from: first.next });
  assert.deepEqual(again, { text: '', next: first.next });
  await other.query('ab', 'INSERT INTO dbo.go_on (n) VALUES (1)', [], soon());
  assert.equal(await execution, 'finished');
  const rest = await log(id, { from: first.next });
  assert.deepEqual(
    said(rest.text).map(({ text }) => text),
    ['done'],
  );
  const whole = await log(id);
  assert.equal(whole.text, first.text + rest.text);
  assert.equal(whole.next, String(Buffer.byteLength(whole.text)));
  const readers = await Promise.all(Array.from({ length: 8 }, () => log(id)));
  assert.ok(readers.every(({ text }) => text === whole.text));
});

test('HEAD tells where the log ends, and reads none of it', async () => {
  const id = await start(['silent']);
  await app.current.executeRun(id, () => {});
  const reply = await call(app, 'run_log', { method: 'HEAD', headers, params: { id } });
  assert.deepEqual([reply.status, reply.text], [200, '']);
  assert.equal(reply.headers.get('link'), `</runs/${id}/log?from=0>; rel="next"`);
});

const refusals: [query: Record<string, string>, field: string, said: RegExp][] = [
  [{ stage: 'load:silet:c1' }, 'stage', /did you mean load:silent:c1\?/],
  [{ stage: '' }, 'stage', /the id of a stage/],
  [{ from: '1' }, 'from', /a whole number from 0 to 0/],
  [{ from: '-1' }, 'from', /a whole number/],
  [{ from: '1.5' }, 'from', /a whole number/],
  [{ from: '' }, 'from', /a whole number/],
  [{ from: '9'.repeat(30) }, 'from', /a whole number/],
];

test('a stage or a place that there is not is a 400 that names it', async () => {
  const id = await start(['silent']);
  await app.current.executeRun(id, () => {});
  for (const [query, field, message] of refusals) {
    const reply = await call(app, 'run_log', { headers, params: { id }, query });
    assert.equal(reply.status, 400, JSON.stringify(query));
    const [error] = JSON.parse(reply.text).errors;
    assert.equal(error.field, field);
    assert.match(error.message, message);
  }
});

test('404 for a run that there is not, 401 without a token', async () => {
  for (const id of ['nobody', '../runs', '']) {
    for (const query of [{}, { stage: 'load:silent:c1' }, { from: '5' }]) {
      const reply = await call(app, 'run_log', { headers, params: { id }, query });
      assert.equal(reply.status, 404, `${id} ${JSON.stringify(query)}`);
      assert.equal(JSON.parse(reply.text).errors[0].field, 'id');
    }
  }
  assert.equal((await call(app, 'run_log', { params: { id: 'nobody' } })).status, 401);
});
