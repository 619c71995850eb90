/** Checks after a sync, over the demo's T-SQL: what they find is what is in the tables. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { settingsFor, standInAt } from '../../demo/billing/connections.ts';
import type { EntityName } from '../../demo/billing/entities.ts';
import { heapSql } from '../../demo/billing/tsql/heap.ts';
import { type DemoServer, startDemo } from '../../demo/test/demo-server.ts';
import { entityCalls, factsNamed, runCalls } from '../../demo/test/sync.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { Period, Run } from '../../shared/sync/syncs.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

const july: Period = { month: 7, year: 2019 };
const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

let storage: TestStorage;
let server: DemoServer;
let app: App;

before(async () => {
  [storage, server] = await Promise.all([startStorage(), startDemo({ accounts: 3_000 })]);
  app = await App.start({
    ...sample.Values,
    ...settingsFor(standInAt(server.port)),
    AzureWebJobsStorage: storage.connectionString,
  });
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), server.close()]);
});

async function start(codes: string[], names: string[], periods = [july]): Promise<string> {
  const started = await app.current.syncs.start(requestFor(codes, names, { periods }), soon());
  assert.ok(started.outcome === 'started');
  return started.id;
}

async function runOf(id: string): Promise<Run & { warnings: number; errors: unknown[] }> {
  return JSON.parse((await call(app, 'run', { headers, params: { id } })).text);
}

async function sync(codes: string[], names: string[], periods = [july]) {
  const id = await start(codes, names, periods);
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  return runOf(id);
}

/** As another session sees it. */
function counted(database: string, table: string, where: string): number {
  const sql = `SELECT count(*) AS n FROM "${table}" WHERE ${where}`;
  return Number(server.database(database).prepare(sql).get()?.['n']);
}

/** The batches of a heap procedure that is another one. */
async function replaceHeap(name: EntityName, change: (sql: string) => string): Promise<void> {
  const script = heapSql(name);
  const changed = change(script);
  for (const batch of changed.split(/^GO$/m)) {
    if (batch.trim() !== '') await server.batch('AB', batch);
  }
}

test('all twenty entities of both systems agree after a sync, month by month', async () => {
  const all = ['0c10', 'mo'];
  const names = app.current.catalog.entityOrder(...all);
  assert.equal(names.length, 20);
  const run = await sync(all, names, [{ month: 6, year: 2019 }, july]);
  assert.equal(run.state, 'succeeded');
  const checks = run.checks ?? [];
  // 12 without a month: five of 0c10, seven of all areas, six of mo; 8 by month, six of them of mo.
  assert.equal(checks.length, new Set(checks.map((one) => JSON.stringify(one))).size);
  for (const { entity, code, period, result } of checks) {
    assert.equal(result?.state, 'agrees', JSON.stringify([entity, code, period, result]));
    assert.equal(result.groups, 1);
  }
  assert.equal(new Set(checks.map(({ entity }) => entity)).size, 20);
  const months = checks.filter(({ entity }) => entity === 'payment');
  assert.deepEqual(
    months.map(({ code, period }) => [code, period?.month]),
    [
      ['0c10', 6],
      ['0c10', 7],
      ['mo', 6],
      ['mo', 7],
    ],
  );
  assert.equal(run.warnings, 0);
});

/** A payment of August. */
function lastOf(database: string, where: string): number {
  const sql = `SELECT max(payment_id) AS id FROM "dbo.payment" WHERE period = '2019-08-01' AND ${where}`;
  return Number(server.database(database).prepare(sql).get()?.['id']);
}

test('a heap procedure that drops one row in a thousand: entity, code, month and both counts', async () => {
  const section = "bill_datasource_section = '0c10' AND period = '2019-08-01' AND is_deleted = 0";
  const lost = [lastOf('HCS', `area = '0c10'`), lastOf('STEK_MO', 'TRUE')].map((id) => id % 1_000);
  await replaceHeap('payment', (sql) =>
    sql.replace(
      '    AND NOT EXISTS',
      `    AND loaded.[payment_id] % 1000 NOT IN (${lost.join(', ')})\n    AND NOT EXISTS`,
    ),
  );
  const run = await sync(['0c10', 'mo'], ['payment'], [{ month: 8, year: 2019 }]);
  const [source, ofMo] = [
    counted('HCS', 'heap.payment', section),
    counted('STEK_MO', 'prep.payment', "period = '2019-08-01' AND is_deleted = 0"),
  ];
  const heapOf = (code: string) =>
    counted(
      'AB',
      'heap.payment',
      `period = '2019-08-01' AND datasource_id = (SELECT list_datasource_id FROM "heap.list_datasource" WHERE datasource_section = '${code}')`,
    );
  assert.ok(source > 100 && heapOf('0c10') < source, `${heapOf('0c10')} of ${source}`);
  assert.ok(source - heapOf('0c10') <= 2, 'one in a thousand of either');
  const found = run.checks?.map(({ entity, code, period, result }) => {
    const [difference] = result?.differences ?? [];
    return [
      entity,
      code,
      period,
      result?.state,
      difference?.month,
      difference?.of,
      difference?.values,
    ];
  });
  const august = { month: 8, year: 2019 };
  const values = (rows: number, code: string) => ({
    ...{ source: String(rows), crude: String(rows), heap: String(heapOf(code)) },
  });
  assert.deepEqual(found, [
    ['payment', '0c10', august, 'differs', '2019-08', 'rows', values(source, '0c10')],
    ['payment', 'mo', august, 'differs', '2019-08', 'rows', values(ofMo, 'mo')],
  ]);
  // Sums, too, with all their digits.
  const amount = run.checks?.[0]?.result?.differences?.find(({ of }) => of === 'amount');
  assert.match(amount?.values['heap'] ?? '', /^\d+\.\d\d$/);
  assert.deepEqual([run.state, run.warnings], ['succeeded', 2]);
  const page = JSON.parse((await call(app, 'runs', { headers })).text);
  const line = page.runs.find(({ id }: { id: string }) => id === run.id);
  assert.deepEqual([line.warnings, line.checks], [2, { agrees: 0, differs: 2, unknown: 0 }]);
  const log = (await call(app, 'run_log', { headers, params: { id: run.id } })).text;
  assert.match(
    log,
    /heap:payment \* Check: totals of payment of 0c10 in 2019-08: rows are \d+ in source, \d+ in crude, \d+ in heap/,
  );

  await replaceHeap('payment', (sql) => sql);
});

/** An entity each, whose one stage does nothing; two places in one table. */
const outcomes = {
  same: { first: 'SELECT 5 AS [rows]', second: 'SELECT 5 AS [rows]' },
  missing: { first: 'SELECT 5 AS [rows]', second: 'SELECT COUNT(*) AS [rows] FROM dbo.not_there' },
  silent: {
    ...{ first: 'SELECT 5 AS [rows]', timeoutSeconds: 1 },
    second: "WAITFOR DELAY '00:05:00'; SELECT 5 AS [rows]",
  },
  text: { first: 'SELECT 5 AS [rows]', second: "SELECT 'five' AS [rows]" },
  less: { first: 'SELECT n AS [rows] FROM dbo.had', second: 'SELECT 4 AS [rows]', fail: true },
} as const;
type Outcome = keyof typeof outcomes;

test('what is unknown is told, a difference may fail the run, and nothing hangs', async (t) => {
  const names = Object.keys(outcomes) as Outcome[];
  await server.batch('AB', 'CREATE TABLE dbo.had (n int NOT NULL); INSERT INTO dbo.had VALUES (5)');
  await server.batch('AB', 'CREATE PROCEDURE dbo.sp_nothing AS RETURN 0');
  const choice = (name: Outcome) => ({ only: { entities: [name] }, check: 'rows' });
  const catalog = {
    periods: { from: '2018-01', timeZone: 'UTC' },
    servers: [{ id: 'ab', description: 'The only one' }],
    databases: [{ id: 'ab', server: 'ab', connection: 'SQL_AB' }],
    dataSources: [{ code: 'one', description: 'One', system: 'only', database: 'ab' }],
    entities: names.map((name) => ({ name, description: name, systems: ['only'] })),
    pipelines: [
      {
        id: 'only',
        repeatable: true,
        stages: [{ stage: 'load', once: 'entity', database: 'ab', procedure: 'dbo.sp_nothing' }],
        checks: names.flatMap((name) => {
          const { first, second, ...given } = outcomes[name];
          const limit = 'timeoutSeconds' in given && { timeoutSeconds: given.timeoutSeconds };
          const fail = 'fail' in given && { onDifference: 'fail' };
          return [
            { ...choice(name), place: `first_${name}`, sql: first },
            { ...choice(name), place: `second_${name}`, sql: second, ...limit, ...fail },
          ];
        }),
      },
    ],
  };
  const directory = await mkdtemp(join(tmpdir(), 'checks-'));
  t.after(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'catalog.json'), JSON.stringify(catalog));
  const own = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    STORAGE_CONTAINER: 'outcomes',
    CATALOG: join(directory, 'catalog.json'),
    SQL_AB: settingsFor(standInAt(server.port))['SQL_AB'],
  });
  t.after(() => own.stop());
  const read = async (id: string) =>
    JSON.parse((await call(own, 'run', { headers, params: { id } })).text);
  const started = await own.current.syncs.start(requestFor(['one'], names), soon());
  assert.ok(started.outcome === 'started');
  const before = performance.now();
  assert.equal(await own.current.executeRun(started.id, () => {}), 'finished');
  assert.ok(performance.now() - before < 60_000, 'nobody waits for five minutes');
  const run = await read(started.id);
  const found = Object.fromEntries(
    run.checks.map(({ entity, result }: { entity: string; result: object }) => [entity, result]),
  );
  assert.equal(found.same.state, 'agrees');
  const states = names.slice(1, 4).map((name) => [found[name].state, found[name].errors.length]);
  assert.deepEqual(states, [
    ['unknown', 1],
    ['unknown', 1],
    ['unknown', 1],
  ]);
  assert.match(found.missing.errors[0], /^second_missing: .*not_there/);
  assert.equal(found.silent.errors[0], 'second_silent: no answer within 1 s');
  assert.equal(found.text.errors[0], 'second_text: a column rows that is no number');
  const values = { first_less: '5', second_less: '4' };
  assert.deepEqual(found.less.differences, [{ code: 'one', of: 'rows', values }]);
  // All stages have succeeded, and the run has failed.
  assert.ok(run.stages.every(({ state }: { state: string }) => state === 'succeeded'));
  assert.deepEqual([run.state, run.warnings], ['failed', 0]);
  const message = 'Check rows of less of one: rows are 5 in first_less, 4 in second_less';
  assert.deepEqual(run.errors, [{ message }]);
  const page = JSON.parse((await call(own, 'runs', { headers })).text);
  assert.deepEqual(page.runs[0].checks, { agrees: 1, differs: 1, unknown: 3 });
  assert.deepEqual(page.runs[0].error, { message });
  const progress = await call(own, 'run', {
    ...{ headers, params: { id: started.id }, query: { view: 'progress' } },
  });
  assert.deepEqual(JSON.parse(progress.text).checks, { agrees: 1, differs: 1, unknown: 3 });
  const troubles = await own.current.troubles.ofSyncs(soon());
  assert.deepEqual(
    troubles.map(({ subject, what }) => [subject, what]),
    [['one/less', 'failed']],
  );

  // A retry makes what the check found wrong again, and nothing else.
  await server.batch('AB', 'UPDATE dbo.had SET n = 4');
  const retry = await own.current.syncs.again(
    { of: started.id, from: 'failure', user: 'operator', token: 'demo' },
    soon(),
  );
  assert.ok('calls' in retry);
  const again = await own.current.syncs.start(retry, soon());
  assert.ok(again.outcome === 'started');
  assert.equal(await own.current.executeRun(again.id, () => {}), 'finished');
  const second = await read(again.id);
  assert.deepEqual(
    second.stages.map(({ id }: { id: string }) => id),
    ['load:less'],
  );
  assert.deepEqual(
    [second.state, second.checks.length, second.checks[0].result.state],
    [...['succeeded', 1], 'agrees'],
  );
  assert.deepEqual(await own.current.troubles.ofSyncs(soon()), []);
});

test('rows that move during the run are not told, however often', async () => {
  const names: EntityName[] = ['payment', 'charge_detail', 'meter_reading', 'equipment'];
  // Between the load of crude and the check there is time for others.
  for (const name of names) {
    await replaceHeap(name, (sql) =>
      sql.replace('  BEGIN TRANSACTION;', "  WAITFOR DELAY '00:00:00.150';\n  BEGIN TRANSACTION;"),
    );
  }
  let moved = 0;
  for (let round = 1; round <= 3; round += 1) {
    const id = await start(['0c10', 'mo'], names);
    const running = app.current.executeRun(id, () => {});
    let isOver = false;
    void running.finally(() => {
      isOver = true;
    });
    // Business goes on, and somebody else's exports take it to where the loads read it.
    for (let seed = round * 100; !isOver; seed += 1) {
      await server.tick(seed);
      const exports = names.flatMap((name) =>
        entityCalls(factsNamed(name), ['0c10', 'mo'], '2019-07-01').slice(0, -2),
      );
      await runCalls(server, exports);
    }
    assert.equal(await running, 'finished');
    const run = await runOf(id);
    assert.equal(run.state, 'succeeded');
    for (const { entity, code, result } of run.checks ?? []) {
      assert.equal(result?.state, 'agrees', JSON.stringify([round, entity, code, result]));
      moved += Number(result.moved ?? 0);
    }
  }
  assert.ok(moved > 0, 'rows did move where the check looks');
  // And nothing is left of it.
  for (const name of names) await replaceHeap(name, (sql) => sql);
  const run = await sync(['0c10', 'mo'], names);
  for (const { result } of run.checks ?? []) {
    assert.deepEqual([result?.state, result?.moved], ['agrees', undefined]);
  }
});

test('data that are older than they may be are told without a run', async () => {
  await server.batch(
    'AB',
    `UPDATE h SET date_modification = DATEADD(day, -8, SYSUTCDATETIME()) FROM heap.payment AS h
      JOIN heap.list_datasource AS l ON l.list_datasource_id = h.datasource_id WHERE l.datasource_section = 'mo'`,
  );
  const changes = await app.current.watchAges();
  assert.deepEqual(
    changes.old.map(({ entity, code, place }) => [entity, code, place]),
    [['payment', 'mo', 'heap']],
  );
  const { ages } = JSON.parse((await call(app, 'ages', { headers })).text);
  assert.partialDeepStrictEqual(ages[0], { entity: 'payment', code: 'mo', state: 'old' });
  const stateOf = (entity: string, code: string) =>
    ages.find((age: { entity: string; code: string }) => age.entity === entity && age.code === code)
      ?.state;
  assert.equal(stateOf('payment', '0c10'), 'fresh');
  // Never synced: nobody knows.
  assert.equal(stateOf('payment', 'stek'), 'unknown');
  const health = JSON.parse((await call(app, 'health', { headers })).text);
  const part = health.parts.find((one: { part: string }) => one.part === 'ages');
  assert.deepEqual(
    [part.state, part.reason],
    ['degraded', 'mo, payment: its data are old, see /ages'],
  );
  // A sync that brings nothing new changes nothing; one that does ends it.
  await server.tick(4_242);
  await sync(['mo'], ['payment']);
  const after = JSON.parse((await call(app, 'ages', { headers })).text).ages;
  const again = after.find(
    (age: { entity: string; code: string }) => age.entity === 'payment' && age.code === 'mo',
  );
  assert.equal(again.state, 'fresh', 'nobody waits for the next look');
});
