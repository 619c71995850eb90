/** A stage's transaction is begun while its start is being written, and its call waits for both. */

import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { startSqlServer } from 'tds-sqlite';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { unlessAborted } from '../../shared/async/abort.ts';
import { Databases } from '../../shared/database/databases.ts';
import { Session } from '../../shared/database/session.ts';
import { callOnTerms } from '../../shared/database/transaction.ts';
import { DocumentConflictError } from '../../shared/storage/documents.ts';
import { executeRun } from '../../shared/sync/engine.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import { postRun, stage } from '../support/runs.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { soon, startStorage } from '../support/storage.ts';
import { engineOn, syncStateOf } from '../support/sync-state.ts';

const [server, storage] = await Promise.all([
  startSqlServer({
    logins: { app: 'secret' },
    databases: [
      {
        ...{ name: 'STEK', server: 'stek', procedures: [] },
        schema: `CREATE TABLE dbo.work (id int NOT NULL PRIMARY KEY);
GO
CREATE PROCEDURE dbo.sp_works AS INSERT dbo.work (id) SELECT COUNT(*) + 1 FROM dbo.work`,
      },
    ],
  }),
  startStorage(),
]);
after(() => Promise.all([server.close(), storage.close()]));

const procedure = { schema: 'dbo', name: 'sp_works' };
const works = { ...stage('export:work:0c10', 'stek'), database: 'stek', procedure };

function open(t: TestContext, port = server.port): Databases {
  const connectionString = `Server=127.0.0.1,${port};Database=STEK;User Id=app;Password=secret;Encrypt=false`;
  const databases = new Databases([{ id: 'stek', setting: 'SQL_STEK', connectionString }]);
  t.after(() => databases.close());
  return databases;
}

/** An engine that tells when it has begun a transaction, and whose writing of a start is the test's. */
async function world(t: TestContext, writeStart: (begun: Promise<void>) => Promise<void>) {
  const state = syncStateOf(await storage.container());
  const begun = Promise.withResolvers<void>();
  const { batch } = Session.prototype;
  t.mock.method(Session.prototype, 'batch', async function (this: Session, ...sent) {
    const rows = await batch.apply(this, sent);
    if (sent[0].includes('BEGIN TRANSACTION')) begun.resolve();
    return rows;
  } satisfies typeof batch);
  const { replace } = state.runs;
  t.mock.method(state.runs, 'replace', async function (this: RunStore, ...given) {
    const [run] = given;
    if (run.stages.some((one) => one.state === 'running')) await writeStart(begun.promise);
    return await replace.apply(this, given);
  } satisfies typeof replace);
  const databases = open(t);
  const engine = { ...engineOn(state), runners: { procedure: procedureRunner(databases) } };
  const id = await postRun(state, [{ ...works, repeatable: false }], ['stek']);
  const rows = async () =>
    (await databases.query('stek', 'SELECT COUNT(*) AS n FROM dbo.work', [], soon()))[0]?.['n'];
  return { engine, id, rows, state };
}

describe('the start of a stage', () => {
  it('is written while its transaction is begun; nothing is called before', async (t) => {
    const called = server.calls().length;
    const whenWritten: number[] = [];
    const { engine, id } = await world(t, async (begun) => {
      await unlessAborted(begun, soon());
      whenWritten.push(server.calls().length - called);
    });
    assert.equal(await executeRun(engine, id, soon()), 'finished');
    assert.equal(whenWritten[0], 0);
    assert.equal(server.calls().length - called, 1);
  });

  it('that is refused calls nothing, and leaves no transaction', async (t) => {
    const called = server.calls().length;
    const { engine, id, rows } = await world(t, async (begun) => {
      await unlessAborted(begun, soon());
      throw new DocumentConflictError(id, undefined);
    });
    assert.equal(await executeRun(engine, id, soon()), 'left');
    assert.equal(server.calls().length, called);
    const before = Number(await rows());
    // Whoever comes next at that server finds its fence free.
    t.mock.restoreAll();
    const slot = await procedureRunner(open(t)).open(works, 'next', soon());
    await slot.run(works, () => {}, soon());
    await slot.close();
    assert.equal(await rows(), before + 1);
  });
});

describe('a server that begins no transaction', () => {
  it('is waited for as long as a commit, and has been called for nothing', async (t) => {
    const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
    t.after(() => proxy.close());
    const called = server.calls().length;
    const session = await open(t, proxy.port).session('stek', soon());
    const limits: number[] = [];
    t.mock.method(AbortSignal, 'timeout', (ms: number) => {
      limits.push(ms);
      return AbortSignal.abort(new DOMException('over', 'TimeoutError'));
    });
    proxy.silence();
    const terms = { transaction: 'own' as const, judge: () => {} };
    const never = new AbortController().signal;
    const calling = callOnTerms(session, { procedure, parameters: [] }, terms, never);
    await assert.rejects(calling, {
      meaning: 'transient',
      message: /began no transaction in 30 s/,
    });
    assert.deepEqual(limits, [30_000]);
    assert.equal(session.isOpen, false);
    assert.equal(server.calls().length, called);
  });
});
