/** What a session that somebody had before costs, and what is not known when it breaks. */

import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import type { SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { Databases } from '../../shared/database/databases.ts';
import { Session } from '../../shared/database/session.ts';
import { callOnTerms } from '../../shared/database/transaction.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import { WorkerStoppingError } from '../../shared/sync/interruption.ts';
import { postRun, stage } from '../support/runs.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { soon, startStorage } from '../support/storage.ts';
import { streamedRows } from '../support/streamed-rows.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';
import { startTdsCounter } from '../support/tds-counter.ts';

const schema = `CREATE TABLE dbo.work (id int NOT NULL PRIMARY KEY);
GO
CREATE PROCEDURE dbo.sp_works AS INSERT dbo.work (id) SELECT COUNT(*) + 1 FROM dbo.work`;

const server: SqlServer = await startSqlServer({
  logins: { app: 'secret' },
  databases: ['STEK', 'STEK_REGION'].map((name) => ({
    name,
    server: 'stek',
    schema,
    procedures: [],
  })),
});
after(() => server.close());

/** One connection a database. */
function open(t: TestContext, port = server.port): Databases {
  const databases = new Databases(
    [
      ['stek', 'STEK'],
      ['region', 'STEK_REGION'],
    ].map(([id = '', name]) => ({
      id,
      setting: `SQL_${name}`,
      connectionString: `Server=127.0.0.1,${port};Database=${name};User Id=app;Password=secret;Encrypt=false`,
    })),
    { size: 1 },
  );
  t.after(() => databases.close());
  return databases;
}

const procedure = { schema: 'dbo', name: 'sp_works' };
const stageIn = (database: string) => ({
  ...stage('export:work:0c10', 'stek'),
  database,
  procedure,
});

describe('other ids for databases', () => {
  it('have the connections of the places, under whatever id, and of no other', async (t) => {
    const address = (id: string, name: string) => ({
      ...{ id, setting: `SQL_${name}` },
      connectionString: `Server=127.0.0.1,${server.port};Database=${name};User Id=app;Password=secret;Encrypt=false`,
    });
    const first = open(t);
    const renamed = first.at([address('renamed', 'STEK'), address('stek', 'STEK_REGION')]);
    const of = async (databases: Databases, id: string) => {
      const sql = 'SELECT @@SPID AS spid, DB_NAME() AS name';
      const [row] = await databases.query(id, sql, [], soon());
      return row;
    };
    const stek = await of(first, 'stek');
    const region = await of(first, 'region');
    assert.deepEqual([stek?.['name'], region?.['name']], ['STEK', 'STEK_REGION']);
    assert.deepEqual(await of(renamed, 'renamed'), stek);
    assert.deepEqual(await of(renamed, 'stek'), region, 'the id belongs to another now');
    assert.deepEqual(await of(first, 'stek'), stek, 'whoever has the earlier ids has them still');
    await assert.rejects(of(renamed, 'region'), /No database "region" in the catalogue/);
  });
});

describe('RESETCONNECTION', () => {
  it('is in the first request after borrowing, and in no other', async (t) => {
    const counter = await startTdsCounter(server.port);
    t.after(() => counter.close());
    const databases = open(t, counter.ports[0] ?? 0);
    const statement = { text: 'SELECT @@TRANCOUNT AS [open]', parameters: [] };
    const ask = () => databases.query('stek', statement.text, statement.parameters, soon());
    await ask();
    assert.ok(!counter.counts.resets.includes(true), 'a connection that is new needs none');

    counter.reset();
    await ask();
    assert.deepEqual(counter.counts.resets, [true, false], 'a statement');

    counter.reset();
    const { text, parameters } = statement;
    for await (const row of streamedRows(databases, 'stek', text, parameters, soon())) {
      assert.deepEqual(row, { open: 0 });
    }
    assert.deepEqual(counter.counts.resets, [true, false], 'a stream');

    counter.reset();
    const step = stageIn('stek');
    const slot = await procedureRunner(databases).open(step, 'run', soon());
    assert.deepEqual(counter.counts.resets, [true, false], 'a turn: the fence');
    counter.reset();
    for (let call = 0; call < 3; call += 1) await slot.run(step, () => {}, soon());
    // Each call: its transaction begun, the call, its transaction committed.
    assert.deepEqual(counter.counts.resets, Array(9).fill(false));
    assert.deepEqual(counter.counts.procedures, Array(3).fill('[dbo].[sp_works]'));
    counter.reset();
    await slot.close();
    assert.deepEqual(counter.counts.resets, [false, true], 'its end: the fence, and the rest');
  });
});

describe('the fence', () => {
  it('is the same for two databases of one server', async (t) => {
    const databases = open(t);
    const runner = procedureRunner(databases);
    const first = await runner.open(stageIn('stek'), 'first', soon());
    const early = runner.open(stageIn('region'), 'early', AbortSignal.timeout(200));
    await assert.rejects(early, { name: 'TimeoutError' });
    const second = runner.open(stageIn('region'), 'second', soon());
    await first.close();
    await (await second).close();
  });
});

describe('a connection that breaks between the call and its commit', () => {
  for (const [transaction, message] of [
    ['own', /ended, but whether its work was committed is not known/],
    ['none', /ended, but whether it left a transaction open is not known/],
  ] as const) {
    it(`is told as what it is: ${transaction}`, async (t) => {
      const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
      t.after(() => proxy.close());
      const databases = open(t, proxy.port);
      const count = async () =>
        (await open(t).query('stek', 'SELECT COUNT(*) AS n FROM dbo.work', [], soon()))[0]?.['n'];
      const before = Number(await count());
      const session = await databases.session('stek', soon());
      const judge = () => proxy.reset();
      const calling = callOnTerms(
        session,
        { procedure, parameters: [] },
        { transaction, judge },
        soon(),
      );
      await assert.rejects(calling, { name: 'DatabaseError', meaning: 'transient', message });
      assert.equal(session.isOpen, false);
      assert.equal(await count(), before + (transaction === 'own' ? 0 : 1));
    });
  }
});

describe('told to stop between the opening of a transaction and the call', () => {
  it('has called nothing: the stage is pending, though it may not be repeated', async (t) => {
    const storage = await startStorage();
    t.after(() => storage.close());
    const state = syncStateOf(await storage.container());
    const stopping = new AbortController();
    const databases = open(t);
    const runner = procedureRunner(databases);
    const before = server.calls().length;
    const once = { ...stageIn('stek'), repeatable: false };
    const id = await postRun(state, [once], ['stek']);
    const engine = engineOn(state, undefined, {
      async open(...call) {
        const { batch } = Session.prototype;
        type Sent = Parameters<typeof batch>;
        t.mock.method(Session.prototype, 'batch', async function (this: Session, ...sent: Sent) {
          const rows = await batch.apply(this, sent);
          stopping.abort(new WorkerStoppingError());
          return rows;
        });
        return await runner.open(...call);
      },
    });
    assert.equal(await executeRun(engine, id, stopping.signal), 'stopped');
    t.mock.restoreAll();
    assert.equal(server.calls().length, before);
    const [left] = (await state.runs.read(id, soon()))?.value.stages ?? [];
    assert.deepEqual([left?.state, left?.attempts], ['pending', []]);
    const next = { ...engineOn(state), runners: { procedure: runner } };
    assert.equal(await executeRun(next, id, new AbortController().signal), 'finished');
    assert.equal(server.calls().length, before + 1);
  });
});
