/**
 * When a stage has succeeded, by its output parameters, rows and return value, and which values it
 * was called with: as the run, its log and the tables tell it, looked at from another session.
 */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Databases } from '../../shared/database/databases.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call, post } from './app.ts';

/** A procedure, what the catalogue says of it, and what is to come of it. */
interface Case {
  name: string;
  declared: string;
  body: string;
  parameters?: object[];
  succeeds?: object[];
  transaction?: 'none';
  /** Of the stage's record. */
  outputs?: object;
  checked?: object[];
  returnValue?: number;
  warnings?: string[];
  error?: string;
}

const status = { name: 'status', type: 'varchar(10)', output: true };
const done = { of: '@status', is: ['OK', 'EMPTY'] };

const cases: Case[] = [
  {
    name: 'by_status',
    declared: '@status varchar(10) OUTPUT',
    body: "SET @status = 'EMPTY'",
    ...{ parameters: [status], succeeds: [done] },
    ...{ outputs: { status: 'EMPTY' }, returnValue: 0 },
    checked: [{ of: '@status', found: 'EMPTY', met: true }],
  },
  {
    name: 'busy',
    declared: '@status varchar(10) OUTPUT',
    body: "SET @status = 'BUSY'; RETURN 3",
    ...{ parameters: [status], succeeds: [done] },
    ...{ outputs: { status: 'BUSY' }, returnValue: 3 },
    checked: [{ of: '@status', found: 'BUSY', met: false }],
    error: 'dbo.sp_busy: @status is "BUSY": "OK" or "EMPTY" would be success',
  },
  {
    name: 'filled',
    declared: '@status char(10) OUTPUT',
    body: "SET @status = 'OK'",
    ...{ parameters: [{ ...status, type: 'char(10)' }], succeeds: [done] },
    ...{ outputs: { status: 'OK        ' }, returnValue: 0 },
    checked: [{ of: '@status', found: 'OK        ', met: true }],
  },
  {
    name: 'warned',
    declared: '@status varchar(10) OUTPUT',
    body: "SET @status = 'LATE'",
    ...{ parameters: [status], succeeds: [{ ...done, otherwise: 'warn' }] },
    ...{ outputs: { status: 'LATE' }, returnValue: 0 },
    checked: [{ of: '@status', found: 'LATE', met: false }],
    warnings: ['dbo.sp_warned: @status is "LATE": "OK" or "EMPTY" would be success'],
  },
  {
    name: 'no_error',
    declared: '@error nvarchar(400) OUTPUT',
    body: 'SET @error = NULL',
    parameters: [{ name: 'error', type: 'nvarchar(400)', output: true }],
    succeeds: [{ of: '@error', is: null }],
    ...{ outputs: { error: null }, returnValue: 0 },
    checked: [{ of: '@error', found: null, met: true }],
  },
  {
    name: 'required',
    declared: '@batch int OUTPUT, @status varchar(10) OUTPUT',
    body: "SET @status = 'NO'",
    parameters: [{ name: 'batch', type: 'int', output: true, required: true }, status],
    succeeds: [done],
    ...{ outputs: { batch: null, status: 'NO' }, returnValue: 0 },
    checked: [{ of: '@status', found: 'NO', met: false }],
    error:
      'dbo.sp_required: @batch has no value, and needs one; @status is "NO": "OK" or "EMPTY" would be success',
  },
  {
    name: 'rows',
    declared: '',
    body: "INSERT INTO dbo.did (name) VALUES ('rows'), ('rows')",
    succeeds: [{ of: 'rows', atLeast: 4, atMost: 9 }],
    returnValue: 0,
    checked: [{ of: 'rows', found: 3, met: false }],
    error: 'dbo.sp_rows: rows is 3: 4 to 9 would be success',
  },
  {
    name: 'many',
    declared: '@rows bigint OUTPUT, @sum decimal(18, 4) OUTPUT',
    body: 'SET @rows = 9007199254740993; SET @sum = 12345678901234.5678',
    parameters: [
      { name: 'rows', type: 'bigint', output: true },
      { name: 'sum', type: 'decimal(18, 4)', output: true },
    ],
    succeeds: [
      { of: '@rows', is: '9007199254740993' },
      { of: '@sum', is: ['12345678901234.56780'], atLeast: 1 },
      { of: '@rows', atMost: 9007199254740991, otherwise: 'warn' },
    ],
    ...{ outputs: { rows: '9007199254740993', sum: '12345678901234.5678' }, returnValue: 0 },
    checked: [
      { of: '@rows', found: '9007199254740993', met: true },
      { of: '@sum', found: '12345678901234.5678', met: true },
      { of: '@rows', found: '9007199254740993', met: false },
    ],
    warnings: [
      'dbo.sp_many: @rows is "9007199254740993": at most 9007199254740991 would be success',
    ],
  },
  {
    name: 'three_answers',
    declared: '',
    body: 'RETURN 1',
    succeeds: [
      { of: 'return value', is: [0, 1] },
      { of: 'return value', is: 0, otherwise: 'warn' },
    ],
    returnValue: 1,
    checked: [
      { of: 'return value', found: 1, met: true },
      { of: 'return value', found: 1, met: false },
    ],
    warnings: ['dbo.sp_three_answers: return value is 1: 0 would be success'],
  },
  {
    name: 'returned',
    declared: '',
    body: 'SELECT 1 AS a UNION ALL SELECT 2',
    succeeds: [{ of: 'returned rows', atMost: 1 }],
    returnValue: 0,
    checked: [{ of: 'returned rows', found: 2, met: false }],
    error: 'dbo.sp_returned: returned rows is 2: at most 1 would be success',
  },
  {
    name: 'kept',
    declared: '@status varchar(10) OUTPUT',
    body: "SET @status = 'BUSY'",
    ...{ parameters: [status], succeeds: [done], transaction: 'none' },
    ...{ outputs: { status: 'BUSY' }, returnValue: 0 },
    checked: [{ of: '@status', found: 'BUSY', met: false }],
    error: 'dbo.sp_kept: @status is "BUSY": "OK" or "EMPTY" would be success',
  },
  {
    name: 'told',
    declared: '@text nvarchar(4000) OUTPUT, @key varchar(40) OUTPUT, @given int OUTPUT',
    body: "SET @text = REPLICATE('x', 3000); SET @key = 'hunter2'; SET @given = @given + 1",
    parameters: [
      { name: 'text', type: 'nvarchar(4000)', output: true },
      { name: 'key', type: 'varchar(40)', output: true, secret: true },
      { name: 'given', type: 'int', output: true, value: 41 },
    ],
    ...{ outputs: { text: `${'x'.repeat(91)}…`, given: 42 }, returnValue: 0 },
  },
];

/** What a call is told of the run: written by the procedure itself. */
const told = {
  declared:
    '@who nvarchar(50), @run varchar(20), @day date, @first date, @last datetime2, @next char(8), @month int, @mode bit, @rate decimal(9, 4), @named nvarchar(30)',
  body: 'INSERT INTO dbo.told VALUES (@who, @run, @day, @first, @last, @next, @month, @mode, @rate, @named)',
  parameters: [
    { name: 'who', type: 'nvarchar(50)', from: 'user' },
    { name: 'run', type: 'varchar(20)', from: 'run id' },
    { name: 'day', type: 'date', from: 'date of run' },
    { name: 'first', type: 'date', from: 'first day of month' },
    { name: 'last', type: 'datetime2', from: 'last day of month' },
    { name: 'next', type: 'char(8)', from: 'first day of next month' },
    { name: 'month', type: 'int', from: 'yyyymm' },
    { name: 'mode', type: 'bit', value: true },
    { name: 'rate', type: 'decimal(9, 4)', value: '0.1000' },
    { name: 'named', type: 'nvarchar(30)', from: 'source name' },
  ],
};

const names = [...cases.map(({ name }) => name), 'values'];

const catalog = {
  periods: { from: '2018-01', timeZone: 'Asia/Vladivostok' },
  servers: [{ id: 'ab', description: 'The only one' }],
  databases: [{ id: 'ab', server: 'ab', connection: 'SQL_AB' }],
  dataSources: names.map((name) => ({
    ...{ code: `c_${name}`, description: name, system: name, database: 'ab' },
  })),
  entities: names.map((name) => ({
    ...{ name, description: name, dated: name === 'values', systems: [name] },
    ...(name === 'values' && { sourceName: 'VALUES_OF' }),
  })),
  pipelines: [
    ...cases.map(({ name, parameters, succeeds, transaction }) => ({
      name,
      parameters,
      succeeds,
      transaction,
    })),
    { name: 'values', parameters: told.parameters, succeeds: undefined, transaction: undefined },
  ].map(({ name, ...stage }) => ({
    id: name,
    stages: [
      {
        stage: 'load',
        kind: 'procedure',
        procedure: 'dbo.sp_{entity}',
        repeatable: true,
        ...stage,
      },
    ],
  })),
};

let storage: TestStorage;
let server: Awaited<ReturnType<typeof startSqlServer>>;
let directory: string;
let app: App;
let other: Databases;
const headers = { authorization: 'Bearer demo-token', accept: 'application/json' };

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'success-'));
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
  const batch = (text: string) => session.batch(text, soon());
  await batch('CREATE TABLE dbo.did (name varchar(20) NOT NULL)');
  await batch(
    'CREATE TABLE dbo.told (who nvarchar(50), run varchar(20), day date, first date, last datetime2, next char(8), month int, mode bit, rate decimal(9, 4), named nvarchar(30))',
  );
  for (const { name, declared, body } of cases) {
    await batch(
      `CREATE PROCEDURE dbo.sp_${name} ${declared} AS BEGIN INSERT INTO dbo.did (name) VALUES ('${name}'); ${body} END`,
    );
  }
  await batch(`CREATE PROCEDURE dbo.sp_values ${told.declared} AS BEGIN ${told.body} END`);
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

/** POSTs it as a client does, executes it, and reads it back over HTTP. */
async function finished(name: string, more: object = {}) {
  const body = { token: 'demo-token', user: 'Ночной оператор', code: `c_${name}`, name, ...more };
  const started = await post(app, 'entity_sync', body);
  assert.equal(started.status, 202, started.text);
  const id = started.headers.get('location')?.replace('/runs/', '') ?? '';
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  const text = (await call(app, 'run', { headers, params: { id } })).text;
  const log = (await call(app, 'run_log', { headers, params: { id } })).text;
  return { id, run: JSON.parse(text), text, log };
}

for (const { name, error, warnings, outputs, checked, returnValue, transaction } of cases) {
  test(`${name}: ${error ?? warnings?.[0] ?? 'succeeded'}`, async () => {
    const { run, text, log } = await finished(name);
    const [stage] = run.stages;
    const state = error === undefined ? 'succeeded' : 'failed';
    assert.deepEqual([run.state, stage.state], [state, state]);
    assert.deepEqual(
      stage.error,
      error && { message: error, meaning: 'permanent', procedure: `dbo.sp_${name}` },
    );
    assert.deepEqual(stage.warnings, warnings);
    assert.equal(run.warnings, warnings?.length ?? 0);
    assert.deepEqual(stage.outputs, outputs);
    assert.deepEqual(stage.checked, checked);
    assert.equal(stage.returnValue, returnValue);
    assert.equal(stage.attempts.length, 1, 'no passing trouble');
    const count = `SELECT COUNT(*) AS n FROM dbo.did WHERE name = '${name}'`;
    const [counted] = await other.query('ab', count, [], soon());
    const isKept = state === 'succeeded' || transaction === 'none';
    assert.equal(Number(counted?.['n']) > 0, isKept, 'a failure leaves nothing behind');
    for (const warning of warnings ?? []) assert.ok(log.includes(`* Warning: ${warning}\n`), log);
    for (const output of Object.keys(outputs ?? {})) {
      assert.ok(log.includes(`* Output: @${output} is `), log);
    }
    assert.ok(!`${text}${log}`.includes('hunter2'), 'what is secret is in no record');
  });
}

test('an output is whole in the log, whatever the run has room for', async () => {
  const { log } = await finished('told');
  assert.ok(log.includes(`Output: @text is "${'x'.repeat(3_000)}"`));
});

test('values are those of the run, of the month and of the catalogue', async () => {
  const { id, run } = await finished('values', { month: 2, year: 2024 });
  assert.equal(run.state, 'succeeded', JSON.stringify(run.stages[0].error));
  const [row] = await other.query('ab', 'SELECT * FROM dbo.told', [], soon());
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Vladivostok' });
  assert.equal(String(row?.['day']).slice(0, 10), day.format(new Date(run.createdAt)));
  const { day: _, ...rest } = row ?? {};
  assert.deepEqual(rest, {
    who: 'Ночной оператор',
    run: id,
    first: '2024-02-01',
    last: '2024-02-29T00:00:00.0000000',
    next: '20240301',
    month: 202402,
    mode: true,
    rate: '0.1000',
    named: 'VALUES_OF',
  });
  // The record says what the procedure was given.
  const value = (name: string) =>
    run.stages[0].parameters.find((one: { name: string }) => one.name === name);
  assert.deepEqual(value('run'), { name: 'run', type: 'varchar(20)', value: id });
  assert.deepEqual(value('who').value, 'Ночной оператор');
});
