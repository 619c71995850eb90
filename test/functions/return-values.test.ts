/** What procedures return, as the run, its log, the list and the tables tell it. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { App } from '../../shared/app/app.ts';
import { Databases } from '../../shared/database/databases.ts';
import { requestFor } from '../support/requests.ts';
import { soon, startStorage, type TestStorage } from '../support/storage.ts';
import { call } from './app.ts';

type Check = 'zero' | 'warn' | 'ignore';

/** What the catalogue says of an entity's procedure, what that returns, and what is to come of it. */
interface Case {
  name: string;
  pipeline?: Check;
  stage?: Check;
  override?: Check;
  returns: string;
  state: 'succeeded' | 'failed';
  warning?: string;
  error?: string;
}

const cases: Case[] = [
  { name: 'nothing', returns: '', state: 'succeeded' },
  { name: 'zero', stage: 'zero', returns: 'RETURN 0', state: 'succeeded' },
  { name: 'plain', returns: 'RETURN -1', state: 'succeeded', warning: 'dbo.sp_plain returned -1' },
  {
    name: 'warned',
    ...{ pipeline: 'zero', stage: 'warn', returns: 'RETURN 5' },
    ...{ state: 'succeeded', warning: 'dbo.sp_warned returned 5' },
  },
  { name: 'ignored', stage: 'ignore', returns: 'RETURN 2147483647', state: 'succeeded' },
  {
    name: 'by_pipeline',
    ...{ pipeline: 'zero', returns: 'RETURN 7' },
    ...{ state: 'failed', error: 'dbo.sp_by_pipeline returned 7: 0 would be success' },
  },
  {
    name: 'by_stage',
    ...{ pipeline: 'ignore', stage: 'zero', returns: 'RETURN -6' },
    ...{ state: 'failed', error: 'dbo.sp_by_stage returned -6: 0 would be success' },
  },
  {
    name: 'by_override',
    ...{ pipeline: 'warn', stage: 'ignore', override: 'zero', returns: 'RETURN 1' },
    ...{ state: 'failed', error: 'dbo.sp_by_override returned 1: 0 would be success' },
  },
  { name: 'excused', stage: 'zero', override: 'ignore', returns: 'RETURN 1', state: 'succeeded' },
];

/** A pipeline an entity, so that each has its own answers. */
const catalog = {
  periods: { from: '2018-01', timeZone: 'Asia/Vladivostok' },
  servers: [{ id: 'ab', description: 'The only one' }],
  databases: [{ id: 'ab', server: 'ab', connection: 'SQL_AB' }],
  dataSources: cases.map(({ name }) => ({
    ...{ code: `c_${name}`, description: name, system: name, database: 'ab' },
  })),
  entities: cases.map(({ name }) => ({
    ...{ name, description: name, dated: false, systems: [name] },
  })),
  pipelines: cases.map(({ name, pipeline, stage, override }) => ({
    id: name,
    ...(pipeline && { returnValue: pipeline }),
    stages: [
      {
        stage: 'load',
        kind: 'procedure',
        procedure: 'dbo.sp_{entity}',
        repeatable: true,
        ...(stage && { returnValue: stage }),
        overrides: override ? [{ entities: [name], returnValue: override }] : [],
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
  directory = await mkdtemp(join(tmpdir(), 'return-values-'));
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
  await session.batch('CREATE TABLE dbo.did (name varchar(20) NOT NULL)', soon());
  for (const { name, returns } of cases) {
    await session.batch(
      `CREATE PROCEDURE dbo.sp_${name} AS BEGIN INSERT INTO dbo.did (name) VALUES ('${name}'); ${returns} END`,
      soon(),
    );
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

for (const { name, returns, state, warning, error, ...given } of cases) {
  const said = JSON.stringify(given);
  test(`${returns || 'no RETURN'} under ${said}: ${state}${warning ? ', warned' : ''}`, async () => {
    const started = await app.current.syncs.start(requestFor([`c_${name}`], [name]), soon());
    assert.ok(started.outcome === 'started');
    const { id } = started;
    assert.equal(await app.current.executeRun(id, () => {}), 'finished');

    const answer = await call(app, 'run', { headers, params: { id } });
    const run = JSON.parse(answer.text);
    const [stage] = run.stages;
    assert.deepEqual([run.state, stage.state], [state, state]);
    assert.deepEqual(stage.warnings, warning === undefined ? undefined : [warning]);
    assert.equal(run.warnings, warning === undefined ? 0 : 1);
    assert.equal(stage.attempts.length, 1, 'a return value is no passing trouble');
    const log = (await call(app, 'run_log', { headers, params: { id } })).text;
    const told = warning ? `load:${name}:c_${name} * Warning: ${warning}\n` : '';
    assert.equal(log.includes('Warning'), warning !== undefined);
    assert.ok(log.includes(told), log);
    assert.deepEqual(
      stage.error,
      error && { message: error, meaning: 'permanent', procedure: `dbo.sp_${name}` },
    );
    const returned = state === 'succeeded' ? Number(/-?\d+/.exec(returns)?.[0] ?? 0) : undefined;
    assert.equal(stage.returnValue, returned);
    const count = `SELECT COUNT(*) AS n FROM dbo.did WHERE name = '${name}'`;
    const [counted] = await other.query('ab', count, [], soon());
    assert.equal(counted?.['n'], state === 'succeeded' ? 1 : 0, 'a failure leaves nothing behind');

    const page = JSON.parse((await call(app, 'runs', { headers })).text);
    const line = page.runs.find((one: { id: string }) => one.id === id);
    assert.deepEqual([line.state, line.warnings], [state, run.warnings]);
  });
}
