/** The app follows a company into the aggregate base; only the host is missing. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import functions from '@azure/functions';
import { type Flexibee, startFlexibee } from 'flexibee-server';
import { type ProcedureContext, type SqlServer, SqlServerError, startSqlServer } from 'tds-sqlite';
import { standInAt, withDatabase } from '../../demo/billing/connections.ts';
import { demoLogin } from '../../demo/billing/login.ts';
import { installProduct } from '../../demo/billing/product.ts';
import { expireJournals } from '../../functions/flexibee/expire-journals.ts';
import { pollCompany } from '../../functions/flexibee/poll-company.ts';
import { companySchema } from '../../functions/shapes/companies.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import type { CompanyMessage } from '../../shared/app/company-message.ts';
import { Databases } from '../../shared/database/databases.ts';
import { afterCallsForm } from '../../shared/flexibee/after-calls.ts';
import { LeasedDocuments } from '../../shared/lock/leased-document.ts';
import { Leases } from '../../shared/lock/leases.ts';
import { openContainer } from '../../shared/storage/container.ts';
import type { Run } from '../../shared/sync/syncs.ts';
import { edit, shippedJson, stepsOf } from '../catalog/edited.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

const company = 'flexi-demo';
let storage: TestStorage;
let flexibee: Flexibee;
let sqlServer: SqlServer;
let directory: string;
let app: App;

/** What the procedure after a load is called with, and what it does. */
const calls: string[] = [];
let atOnce = 0;
let behaviour: (context: ProcedureContext) => Promise<unknown> = async () => {};

const heap = {
  stage: 'heap',
  kind: 'procedure',
  database: 'ab',
  procedure: 'heap.sp_load_flexibee',
  parameters: [
    { name: 'company', type: 'nvarchar(64)', from: 'code' },
    { name: 'evidence', type: 'nvarchar(64)', from: 'entity' },
  ],
  repeatable: true,
  timeoutSeconds: 2,
  overrides: [{ entities: ['cenik'], returnValue: 'zero' }],
};

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'catalog-'));
  const catalog = shippedJson();
  edit(catalog, stepsOf('pipelines[3].stages[1]'), heap);
  edit(catalog, stepsOf('pipelines[3].stages[0].overrides'), [
    { entities: ['adresar'], procedure: 'crude.sp_apply_addresses' },
  ]);
  await writeFile(join(directory, 'catalog.json'), JSON.stringify(catalog));
  [storage, flexibee, sqlServer] = await Promise.all([
    startStorage(),
    startFlexibee(),
    startSqlServer({
      logins: { [demoLogin.user]: demoLogin.password },
      databases: [
        {
          name: 'AB',
          server: 'ab',
          schema: '',
          procedures: [
            {
              name: 'heap.sp_load_flexibee',
              parameters: [
                { name: '@company', type: 'nvarchar(64)' },
                { name: '@evidence', type: 'nvarchar(64)' },
              ],
              async run(context) {
                atOnce += 1;
                assert.equal(atOnce, 1);
                calls.push(`${context.parameters['company']} ${context.parameters['evidence']}`);
                try {
                  return Number((await behaviour(context)) ?? 0);
                } finally {
                  atOnce -= 1;
                }
              },
            },
          ],
        },
      ],
    }),
  ]);
  await installProduct(standInAt(sqlServer.port), soon());
  await createApply();
  app = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    CATALOG: join(directory, 'catalog.json'),
    SQL_AB: withDatabase(standInAt(sqlServer.port), 'AB'),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
});
after(async () => {
  await app.stop();
  await Promise.all([storage.close(), flexibee.close(), sqlServer.close()]);
  await rm(directory, { recursive: true });
});
afterEach(() => {
  calls.length = 0;
  behaviour = async () => {};
  flexibee.faults.clear();
  const demo = flexibee.companies.get('demo');
  if (demo !== undefined) demo.licence = 'present';
});

/** An apply procedure of one's own: it takes nothing and says so while its table is not empty. */
async function createApply(): Promise<void> {
  await sqlBatch('CREATE TABLE dbo.refusal (value int NOT NULL)');
  await sqlBatch('CREATE TABLE dbo.talkative (value int NOT NULL)');
  await sqlBatch(`CREATE PROCEDURE crude.sp_apply_addresses
@company nvarchar(64), @evidence nvarchar(64), @generation int, @read_at datetime2(3),
@changes nvarchar(max), @records nvarchar(max), @gone_read_before datetime2(3) = NULL,
@gone_version bigint = NULL, @created int = NULL OUTPUT, @updated int = NULL OUTPUT,
@deleted int = NULL OUTPUT
AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @refused int = (SELECT MAX(value) FROM dbo.refusal);
  IF @refused IS NOT NULL RETURN @refused;
  IF EXISTS (SELECT * FROM dbo.talkative) PRINT N'adresy přišly';
  EXEC crude.sp_apply_flexibee_changes @company = @company, @evidence = @evidence,
    @generation = @generation, @read_at = @read_at, @changes = @changes, @records = @records,
    @gone_read_before = @gone_read_before, @gone_version = @gone_version,
    @created = @created OUTPUT, @updated = @updated OUTPUT, @deleted = @deleted OUTPUT;
END`);
}

/** In a session of its own. */
async function sqlQuery(text: string): Promise<Record<string, unknown>[]> {
  const connectionString = withDatabase(standInAt(sqlServer.port), 'AB');
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  try {
    return await databases.query('ab', text, [], soon());
  } finally {
    await databases.close();
  }
}

async function sqlBatch(text: string): Promise<void> {
  const connectionString = withDatabase(standInAt(sqlServer.port), 'AB');
  const databases = new Databases([{ id: 'ab', setting: 'SQL_AB', connectionString }]);
  try {
    const session = await databases.session('ab', soon());
    await session.batch(text, soon());
    session.destroy();
  } finally {
    await databases.close();
  }
}

/** A poll, and what its message on the queue of calls brings. */
async function poll(
  why: CompanyMessage['why'] = 'request',
  log: (text: string) => void = () => {},
): Promise<string> {
  const at = new Date().toISOString();
  const outcome = await app.current.pollCompany({ company, why, at }, log);
  assert.equal(await app.current.callAfterChanges(company, log), 'done');
  return outcome;
}

/** As if the time until the next call were over. */
async function callAgain(): Promise<string> {
  const { connectionString } = storage;
  const container = await openContainer({ kind: 'connection string', connectionString }, soon());
  const documents = new LeasedDocuments(container, 'after/', afterCallsForm, 15);
  const held = await documents.acquire(company, soon());
  assert.ok(held?.value !== undefined);
  const evidences = Object.entries(held.value.evidences).map(([evidence, call]) => {
    const failure = call.failure && { ...call.failure, nextAt: new Date(0).toISOString() };
    return [evidence, { ...call, ...(failure && { failure }) }];
  });
  await held.replace({ ...held.value, evidences: Object.fromEntries(evidences) }, soon());
  await held.release();
  return await app.current.callAfterChanges(company, () => {});
}

let written = 0;
async function write(evidence = 'adresar'): Promise<void> {
  written += 1;
  const response = await fetch(`${flexibee.url}/c/demo/${evidence}.json`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('winstrom:winstrom')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ winstrom: { [evidence]: [{ kod: `W${written}`, nazev: 'Nový' }] } }),
  });
  assert.equal(response.status, 201);
}

test('after the first load the procedures of all its evidences are called, one by one', async () => {
  assert.equal(await poll('timer'), 'applied');
  const evidences = app.current.catalog.entityOrder(company);
  assert.deepEqual(
    calls,
    evidences.map((evidence) => `${company} ${evidence}`),
  );
  assert.equal(await poll('timer'), 'idle');
  assert.equal(calls.length, evidences.length);
});

test('after changes only those of the evidences that have changed', async () => {
  await write();
  assert.equal(await poll(), 'applied');
  assert.deepEqual(calls, [`${company} adresar`]);
});

test('an evidence that the user may not read is told at it, in the list and by the health', async () => {
  const { forbidden } = flexibee.companies.get('demo') ?? assert.fail();
  forbidden.add('cenik');
  const lines: string[] = [];
  await write('cenik');
  await write();
  assert.equal(await poll('request', (text) => void lines.push(text)), 'applied');
  assert.deepEqual(calls, [`${company} adresar`]);
  assert.equal(lines.filter((line) => /cenik.*HTTP 403/.test(line)).length, 1);
  const headers = { authorization: 'Bearer demo-token' };
  const details = async () =>
    JSON.parse((await call(app, 'company', { params: { company }, headers })).text);
  const blocked = companySchema.parse(await details());
  assert.equal(blocked.state, 'following');
  assert.equal(blocked.trouble, undefined);
  assert.deepEqual(blocked.blocked, ['cenik']);
  assert.equal(blocked.stale, 1);
  assert.equal(blocked.evidences['cenik']?.trouble?.kind, 'request refused');
  assert.match(blocked.evidences['cenik']?.trouble?.cure ?? '', /right.*licence/);
  const list = JSON.parse((await call(app, 'companies', { headers })).text);
  assert.deepEqual(list.companies[0].blocked, ['cenik']);
  const health = await app.current.health(soon());
  const part = health.find((one) => one.part === 'companies');
  assert.equal(part?.state, 'degraded');
  assert.equal(part?.reason, 'flexi-demo, cenik: request refused, see /flexibee');
  forbidden.clear();
  await poll('request');
  assert.deepEqual((await details()).blocked, []);
});

test('a row that is wrong in the base is found and corrected, and the state tells it', async () => {
  const headers = { authorization: 'Bearer demo-token' };
  const details = async () =>
    companySchema.parse(
      JSON.parse((await call(app, 'company', { params: { company }, headers })).text),
    );
  assert.equal((await details()).reconciliation.state, 'never');
  const [row] = await sqlQuery(
    `SELECT TOP 1 record_id FROM crude.flexibee_record WHERE evidence = N'cenik' ORDER BY record_id`,
  );
  const id = String(row?.['record_id']);
  const lost = JSON.stringify({ id, lastUpdate: '2001-01-01T00:00:00.000+01:00' });
  await sqlBatch(
    `UPDATE crude.flexibee_record SET payload = N'${lost}' WHERE evidence = N'cenik' AND record_id = ${id}`,
  );
  await sqlBatch(
    `DELETE FROM crude.flexibee_record WHERE evidence = N'faktura-vydana' AND record_id =
     (SELECT MIN(record_id) FROM crude.flexibee_record WHERE evidence = N'faktura-vydana')`,
  );
  const reply = await call(app, 'reconcile_company', {
    ...{ method: 'POST', params: { company }, headers },
  });
  assert.equal(reply.status, 202);
  const at = new Date().toISOString();
  const wish = `asked for at ${at}`;
  const lines: string[] = [];
  const log = (text: string) => void lines.push(text);
  assert.equal(await app.current.pollCompany({ company, why: 'reconcile', at, wish }, log), 'done');
  const { state, last } = (await details()).reconciliation;
  assert.equal(state, 'done');
  assert.equal(last?.evidences['cenik']?.different, 1);
  assert.equal(last?.evidences['faktura-vydana']?.missing, 1);
  assert.equal(last?.differences, 2);
  assert.match(last?.skipped['adresar'] ?? '', /crude\.sp_apply_addresses/);
  assert.ok(lines.some((line) => /cenik: 0 missing, 0 extra, 1 different/.test(line)));
  assert.equal(await app.current.callAfterChanges(company, log), 'done');
  assert.deepEqual(calls.toSorted(), [`${company} cenik`, `${company} faktura-vydana`]);
  const [again] = await sqlQuery(
    `SELECT payload FROM crude.flexibee_record WHERE evidence = N'cenik' AND record_id = ${id}`,
  );
  const there = flexibee
    .company('demo')
    .dump('cenik')
    .find((one) => String(one['id']) === id);
  assert.deepEqual(JSON.parse(String(again?.['payload'])), there);
  assert.equal(await app.current.pollCompany({ company, why: 'reconcile', at, wish }, log), 'idle');
});

test('what procedures say in a poll is in the log of the function, the first hundred of it', async () => {
  await write();
  await sqlBatch('INSERT INTO dbo.talkative (value) VALUES (1)');
  behaviour = async (context) => {
    for (let i = 0; i < 200; i += 1) context.message(`řádek ${i}`);
    context.message('x'.repeat(3_000));
  };
  const lines: string[] = [];
  assert.equal(await poll('request', (text) => lines.push(text)), 'applied');
  await sqlBatch('DELETE FROM dbo.talkative');
  const from = `FlexiBee ${company}, `;
  assert.deepEqual(lines, [
    `${from}crude.sp_apply_addresses: adresy přišly`,
    ...Array.from({ length: 100 }, (_, i) => `${from}heap.sp_load_flexibee: řádek ${i}`),
    `${from}heap.sp_load_flexibee: what procedures say further in this poll is left out`,
  ]);
});

test('they wait for their turn at their server, as stages of runs do', async () => {
  const { connectionString } = storage;
  const account = { kind: 'connection string', connectionString } as const;
  const leases = new Leases(await openContainer(account, soon()), 15);
  const holder = '00000000-0000-4000-8000-000000000001';
  assert.ok(await leases.acquire('procedure/ab', holder, soon()));
  await write();
  const at = new Date().toISOString();
  assert.equal(await app.current.pollCompany({ company, why: 'request', at }, () => {}), 'applied');
  const calling = app.current.callAfterChanges(company, () => {});
  // The company is followed meanwhile, whoever has the server.
  await write('cenik');
  assert.equal(await app.current.pollCompany({ company, why: 'request', at }, () => {}), 'applied');
  assert.deepEqual((await app.current.companies.state(company, soon())).pending, [
    'adresar',
    'cenik',
  ]);
  assert.deepEqual(calls, []);
  await leases.release('procedure/ab', holder, soon());
  assert.equal(await calling, 'done');
  assert.deepEqual(calls, [`${company} adresar`, `${company} cenik`]);
});

test('the journal says which poll wrote it, and keeps it for as long as the catalogue says', async () => {
  await write('cenik');
  const message = { company, why: 'request' as const, at: new Date().toISOString() };
  const context = new functions.InvocationContext({
    functionName: 'poll_company',
    invocationId: 'poll-of-the-test',
    options: { trigger: { type: 'queueTrigger', name: 'message' } },
  });
  await pollCompany(() => app)(message, context);
  const ofThePoll = () =>
    sqlQuery(
      `SELECT evidence FROM crude.flexibee_change WHERE written_by = N'poll-of-the-test' UNION ALL
SELECT evidence FROM crude.flexibee_record WHERE written_by = N'poll-of-the-test'`,
    );
  assert.deepEqual(await ofThePoll(), [{ evidence: 'cenik' }, { evidence: 'cenik' }]);
  const lines: string[] = [];
  const nightly = new functions.InvocationContext({
    functionName: 'expire_journals',
    logHandler: (_level, ...parts) => lines.push(parts.join(' ')),
  });
  const timer = {
    isPastDue: false,
    schedule: { adjustForDST: false },
    scheduleStatus: { last: '', next: '', lastUpdated: '' },
  };
  await expireJournals(() => app)(timer, nightly);
  assert.deepEqual(lines, []);
  await sqlBatch(`UPDATE crude.flexibee_change SET read_at = DATEADD(day, -366, read_at)
WHERE written_by = N'poll-of-the-test'`);
  await expireJournals(() => app)(timer, nightly);
  assert.deepEqual(lines, ['Removed 1 changes from the journals of companies']);
  assert.deepEqual(await ofThePoll(), [{ evidence: 'cenik' }]);
});

const pauseShortly = () => new Promise((resolve) => setTimeout(resolve, 20));

test('a procedure that fails is told, and keeps nobody behind it from being called', async () => {
  const log: string[] = [];
  behaviour = async (context) => {
    if (context.parameters['evidence'] !== 'adresar') return;
    throw new SqlServerError(50_001, 'the heap is full', { severity: 16 });
  };
  await write();
  await write('cenik');
  assert.equal(await poll('request', (text) => log.push(text)), 'applied');
  assert.deepEqual(calls, [`${company} adresar`, `${company} cenik`]);
  const { phase, trouble, pending, failures } = await app.current.companies.state(company, soon());
  assert.deepEqual([phase, trouble, pending], ['following', undefined, ['adresar']]);
  const [failure, ...others] = failures;
  assert.deepEqual(others, []);
  assert.partialDeepStrictEqual(failure, {
    evidence: 'adresar',
    procedure: 'heap.sp_load_flexibee',
    calls: 1,
  });
  assert.match(failure?.message ?? '', /the heap is full/);
  assert.match(log.join(), /adresar: heap\.sp_load_flexibee: .*the heap is full/);
  // What was looked at up to 5 s ago is told once more.
  const patience = soon();
  for (let reason = ''; !/flexi-demo, adresar: heap\.sp_load_flexibee fails/.test(reason); ) {
    patience.throwIfAborted();
    await pauseShortly();
    const health = await app.current.health(patience);
    reason = health.find(({ part }) => part === 'companies')?.reason ?? '';
  }
  // Not before its time, whatever comes meanwhile.
  await write();
  assert.equal(await poll(), 'applied');
  assert.equal(calls.length, 2);
  assert.equal(await callAgain(), 'done');
  const again = (await app.current.companies.state(company, soon())).failures[0];
  assert.deepEqual([again?.calls, again?.since], [2, failure?.since]);
  behaviour = async () => {};
  assert.equal(await callAgain(), 'done');
  assert.equal(calls.length, 4);
  const state = await app.current.companies.state(company, soon());
  assert.deepEqual([state.failures, state.pending], [[], []]);
});

test('a procedure that exceeds its time is stopped, and said to', async () => {
  behaviour = (context) => context.delay(60_000);
  await write();
  assert.equal(await poll(), 'applied');
  const { failures } = await app.current.companies.state(company, soon());
  assert.partialDeepStrictEqual(failures, [
    { procedure: 'heap.sp_load_flexibee', message: 'timed out after 2 s' },
  ]);
  behaviour = async () => {};
  await callAgain();
  assert.deepEqual((await app.current.companies.state(company, soon())).failures, []);
});

test('what returns another value than 0 is a warning of the company until it returns 0', async () => {
  const log: string[] = [];
  const logged = () => poll('request', (text) => log.push(text));
  behaviour = async () => 5;
  for (const _ of [1, 2]) {
    await write();
    assert.equal(await logged(), 'applied');
    const { warnings, trouble, pending } = await app.current.companies.state(company, soon());
    assert.deepEqual(warnings, ['heap.sp_load_flexibee returned 5']);
    assert.deepEqual([trouble, pending], [undefined, []]);
  }
  assert.deepEqual(log, ['FlexiBee flexi-demo: heap.sp_load_flexibee returned 5'], 'told once');
  behaviour = async () => 0;
  await write();
  assert.equal(await logged(), 'applied');
  assert.deepEqual((await app.current.companies.state(company, soon())).warnings, []);
});

test('under "zero" it has failed, and the procedure is called again', async () => {
  behaviour = async () => -1;
  await write('cenik');
  assert.equal(await poll(), 'applied');
  const { failures, pending, warnings } = await app.current.companies.state(company, soon());
  assert.match(failures[0]?.message ?? '', /heap\.sp_load_flexibee returned -1/);
  assert.deepEqual([pending, warnings], [['cenik'], []]);
  behaviour = async () => {};
  await callAgain();
  assert.deepEqual(calls, [`${company} cenik`, `${company} cenik`]);
  assert.deepEqual((await app.current.companies.state(company, soon())).failures, []);
});

test('an apply procedure that returns another value moves nothing, and its rows come later', async () => {
  const code = `W${written + 1}`;
  const rows = () =>
    sqlQuery(
      `SELECT code FROM crude.flexibee_record WHERE evidence = 'adresar' AND code = '${code}'`,
    );
  await sqlBatch('INSERT INTO dbo.refusal (value) VALUES (3)');
  const before = await app.current.companies.state(company, soon());
  await write();
  assert.equal(await poll(), 'trouble');
  const { trouble, version } = await app.current.companies.state(company, soon());
  assert.match(trouble?.message ?? '', /crude\.sp_apply_addresses returned 3/);
  assert.equal(version, before.version);
  assert.deepEqual(await rows(), []);
  await sqlBatch('DELETE FROM dbo.refusal');
  assert.equal(await poll(), 'applied');
  assert.deepEqual(await rows(), [{ code }]);
  assert.equal((await app.current.companies.state(company, soon())).trouble, undefined);
});

async function start(): Promise<string> {
  const started = await app.current.syncs.start(requestFor([company], ['adresar']), soon());
  assert.equal(started.outcome, 'started');
  return 'id' in started ? started.id : '';
}

async function read(id: string): Promise<Run> {
  const run = await app.current.syncs.read(id, soon());
  assert.ok(run !== undefined);
  return run;
}

test('a run reads the evidence in full, then calls what comes after it', async () => {
  await sqlBatch('INSERT INTO dbo.talkative (value) VALUES (1)');
  const id = await start();
  assert.equal(await app.current.executeRun(id, () => {}), 'finished');
  await sqlBatch('DELETE FROM dbo.talkative');
  const { state, stages } = await read(id);
  assert.equal(state, 'succeeded', JSON.stringify(stages));
  assert.deepEqual(
    stages.map(({ id, kind, server }) => [id, kind, server]),
    [
      ['load:adresar:flexi-demo', 'flexibee', 'flexibee'],
      ['heap:adresar:flexi-demo', 'procedure', 'ab'],
    ],
  );
  assert.deepEqual(stages[0]?.rows?.last, [0, 0, 0]);
  const log = await app.current.syncs.log(id, soon());
  const pieces: Uint8Array[] = [];
  for await (const piece of log.read({ from: 0 }, soon())) pieces.push(piece);
  assert.match(
    Buffer.concat(pieces).toString(),
    /^\S+ load:adresar:flexi-demo \| adresy přišly\n\S+ load:adresar:flexi-demo \| .* records read\n/,
  );
});

const failures: [what: string, cause: () => void, meaning: string, text: RegExp][] = [
  [
    'a missing licence',
    () => {
      const demo = flexibee.companies.get('demo');
      if (demo !== undefined) demo.licence = 'missing';
    },
    'permanent',
    /right.*licence of the company/,
  ],
  [
    'a password that is refused',
    () => flexibee.faults.set({ status: 401 }),
    'login',
    /User Id and Password/,
  ],
];
for (const [what, cause, meaning, text] of failures) {
  test(`${what} fails the stage, with the cure, and skips what needs it`, async () => {
    cause();
    const id = await start();
    assert.equal(await app.current.executeRun(id, () => {}), 'finished');
    const { state, stages } = await read(id);
    assert.equal(state, 'failed');
    assert.deepEqual(
      stages.map((stage) => stage.state),
      ['failed', 'skipped'],
    );
    assert.equal(stages[0]?.error?.meaning, meaning);
    assert.match(stages[0]?.error?.message ?? '', text);
    assert.deepEqual(calls, []);
  });
}

test('a run that waits for the server is cancelled within seconds', async () => {
  flexibee.faults.set({ kind: 'list', delayMilliseconds: 60_000 });
  const id = await start();
  const executing = app.current.executeRun(id, () => {});
  while ((await read(id)).stages[0]?.state !== 'running') await pauseShortly();
  const cancelledAt = performance.now();
  await app.current.syncs.cancel(id, 'demo', soon());
  assert.equal(await executing, 'finished');
  assert.ok(performance.now() - cancelledAt < 30_000);
  assert.equal((await read(id)).state, 'cancelled');
  flexibee.faults.clear();
  // The company is free again at once, and what was broken off goes on.
  assert.notEqual(await poll(), 'busy');
});

test('off and on by our own routes between two polls: what was written meanwhile is in the mirror', async () => {
  await poll();
  const headers = { authorization: 'Bearer demo-token' };
  const turn = (route: string) => call(app, route, { method: 'PUT', params: { company }, headers });
  const { generation } = await state();
  assert.equal((await turn('changelog_disable')).status, 200);
  await write();
  assert.equal((await turn('changelog_enable')).status, 200);
  assert.equal(await poll(), 'applied');
  const rows = await sqlQuery(
    `SELECT code FROM crude.flexibee_record WHERE code = N'W${written}' AND deleted = 0`,
  );
  assert.equal(rows.length, 1);
  assert.ok((await state()).generation > generation);
  // Turned on where it was on, nothing is loaded again.
  assert.equal((await turn('changelog_enable')).status, 200);
  assert.equal(await poll(), 'idle');
});

/** As people are shown it. */
async function state(): Promise<{ generation: number }> {
  const headers = { authorization: 'Bearer demo-token' };
  return JSON.parse((await call(app, 'company', { params: { company }, headers })).text);
}

test('a worker that stops lets go of the company', async () => {
  const other = await App.start({
    ...sample.Values,
    AzureWebJobsStorage: storage.connectionString,
    SQL_AB: withDatabase(standInAt(sqlServer.port), 'AB'),
    FLEXIBEE_DEMO: `Url=${flexibee.url};User Id=winstrom;Password=winstrom`,
  });
  flexibee.faults.set({ kind: 'changes', delayMilliseconds: 60_000 });
  const before = flexibee.requests.count({ kind: 'changes' });
  const at = new Date().toISOString();
  const polling = other.current.pollCompany({ company, why: 'request', at }, () => {});
  const outcome = assert.rejects(polling, /The worker is stopping/);
  while (flexibee.requests.count({ kind: 'changes' }) === before) await pauseShortly();
  await other.stop();
  await outcome;
  flexibee.faults.clear();
  assert.notEqual(await poll('timer'), 'busy');
});

test('a changelog that somebody saw off is loaded for, though it is on again before a poll', async () => {
  const headers = { authorization: 'Bearer demo-token' };
  await poll();
  for (const route of ['changelog_status', 'company']) {
    const before = await app.current.companies.state(company, soon());
    await turn('disable');
    await write();
    const kod = `W${written}`;
    const reply = await call(app, route, { params: { company }, headers });
    assert.equal(reply.status, 200, reply.text);
    await turn('enable');
    assert.equal(await poll('timer'), 'applied', route);
    const { generation = 0 } = await app.current.companies.state(company, soon());
    assert.ok(generation > (before.generation ?? 0), route);
    const found = await sqlQuery(
      `SELECT code FROM crude.flexibee_record WHERE company = '${company}' AND code = '${kod}'`,
    );
    assert.equal(found.length, 1, route);
  }
});

/** At the server itself: nobody here knows of it. */
async function turn(to: 'enable' | 'disable'): Promise<void> {
  const response = await fetch(`${flexibee.url}/c/demo/changes/${to}.json`, {
    method: 'PUT',
    headers: { authorization: `Basic ${btoa('winstrom:winstrom')}` },
  });
  assert.equal(response.status, 200, await response.text());
}
