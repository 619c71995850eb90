/** Each error that passes, over the wire; and sessions that were killed or failed over. */

import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { InvocationContext } from '@azure/functions';
import type { Failures, SqlServer } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { explained } from '../../functions/dynsql/problems.ts';
import { checkDatabase } from '../../shared/app/health/check-part.ts';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { pause } from '../../shared/async/retry.ts';
import { DatabaseError, leavesSessionUsable } from '../../shared/database/database-error.ts';
import { Databases } from '../../shared/database/databases.ts';
import { callRepeatable } from '../../shared/database/repeatable-call.ts';
import { sessionEndingNumbers, transientErrors } from '../../shared/database/transient.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { Leases } from '../../shared/lock/leases.ts';
import { executeStages } from '../../shared/sync/execution.ts';
import { Journal } from '../../shared/sync/journal.ts';
import type { Stage } from '../../shared/sync/run.ts';
import type { RunStore } from '../../shared/sync/run-store.ts';
import { noChecks } from '../support/no-checks.ts';
import { run, stage } from '../support/runs.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { soon } from '../support/storage.ts';
import { streamedRows } from '../support/streamed-rows.ts';

let server: SqlServer;
before(async () => {
  server = await startSqlServer({
    logins: { app: 'heslo' },
    databases: [{ name: 'AB', server: 'ab', schema: 'CREATE SCHEMA crude', procedures: [] }],
  });
  const { databases } = open();
  const session = await databases.session('ab', soon());
  const name = 'crude.sp_load_datasource_meter';
  await session.batch(`CREATE PROCEDURE ${name} AS RETURN 0`, soon());
  session.destroy();
  await databases.close();
});
after(() => server.close());

function open({ port = server.port, patienceMs = 30_000, size = 4, more = '' } = {}) {
  const connectionString = `Server=127.0.0.1,${port};Database=AB;User Id=app;Password=heslo;Encrypt=false;${more}`;
  const address = { id: 'ab', setting: 'SQL_AB', connectionString };
  return { databases: new Databases([address], { patienceMs, size }) };
}

function opened(t: TestContext, options: Parameters<typeof open>[0] = {}): Databases {
  const { databases } = open(options);
  t.after(() => databases.close());
  return databases;
}

async function control(method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.controlPort}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200, await response.text());
}
const failing = (contains: string, failures: Failures) =>
  control('PUT', '/statements', { contains, failures });
const refusing = (failures: Failures) => control('PUT', '/logins', failures);

async function failureOf(work: Promise<unknown>): Promise<DatabaseError> {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DatabaseError, String(error));
  return error;
}

/** The connection of an idle session is gone when the server has closed it. */
async function kill(databases: Databases): Promise<void> {
  const sessions = await Promise.all([1, 2, 3].map(() => databases.session('ab', soon())));
  const spids = await Promise.all(
    sessions.map(async (one) => (await one.query('SELECT @@SPID AS id', [], soon()))[0]?.['id']),
  );
  for (const one of sessions) one.release();
  for (const spid of spids) await control('DELETE', `/sessions/${spid}`);
}

/** Everybody who borrows a session, and what one that is dead would cost them. */
const users: [name: string, use: (databases: Databases) => Promise<unknown>][] = [
  ['a freshness query', (databases) => databases.query('ab', 'SELECT 1 AS one', [], soon())],
  [
    'a stage',
    async (databases) => {
      const own = {
        ...stage('crude:meter', 'ab'),
        database: 'ab',
        procedure: { schema: 'crude', name: 'sp_load_datasource_meter' },
        parameters: [],
        setOptions: [],
      };
      const slot = await procedureRunner(databases).open(own, 'run', soon());
      await slot.run(own, () => {}, soon());
      await slot.close();
    },
  ],
  [
    'a dynsql stream',
    async (databases) => {
      for await (const _ of streamedRows(databases, 'ab', 'SELECT 1 AS one', [], soon()));
    },
  ],
  [
    'an apply',
    (databases) => {
      const procedure = { schema: 'crude', name: 'sp_load_datasource_meter' };
      const call = { procedure, parameters: [], returnCheck: 'zero' as const };
      return callRepeatable(databases, 'ab', call, soon());
    },
  ],
  [
    'health',
    async (databases) => {
      const part = await checkDatabase(databases, 'ab', soon());
      assert.equal(part.state, 'ok', part.reason);
    },
  ],
];

describe('errors that pass', () => {
  it('each has a reason and who says so', () => {
    assert.ok(transientErrors.size > 150);
    for (const [number, { reason, sources }] of transientErrors) {
      assert.ok(reason.length > 5 && sources.length > 0, `${number}`);
    }
    // What issue reports and other lists name, lest one be lost.
    for (const number of [
      ...[20, 64, 121, 233, 615, 921, 926, 976, 983, 997, 1204, 1205, 1222, 3947, 3960, 4060, 4221],
      ...[8645, 8651, 10053, 10054, 10060, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 41301],
      ...[41302, 41305, 41325, 41839, 42108, 42109, 49918, 49919, 49920, 37396],
    ]) {
      assert.ok(transientErrors.has(number), `${number}`);
    }
    for (const number of [596, 18456, 208, 2627, 266, 50_000]) {
      assert.ok(!transientErrors.has(number), `${number}`);
    }
  });

  it('over the wire: transient, and the session is kept or not', async (t) => {
    const databases = opened(t);
    for (const number of transientErrors.keys()) {
      await failing('SELECT 2', { times: 1, number, severity: 16 });
      const session = await databases.session('ab', soon());
      const error = await failureOf(session.query('SELECT 2 AS two', [], soon()));
      assert.deepEqual(
        [error.number, error.meaning, leavesSessionUsable(error)],
        // That a database cannot be opened passes only while it is opened.
        [number, number === 4060 ? 'login' : 'transient', !sessionEndingNumbers.has(number)],
      );
      if (leavesSessionUsable(error)) session.release();
      else session.destroy();
    }
  });

  it('a later error of severity 20 ends the session that the first one would leave', async (t) => {
    const databases = opened(t);
    const session = await databases.session('ab', soon());
    const text = "RAISERROR('first', 16, 1); RAISERROR('last', 20, 1) WITH LOG";
    const error = await failureOf(session.query(text, [], soon()));
    assert.equal(error.message, 'first');
    assert.equal(leavesSessionUsable(error), false);
    session.destroy();
  });

  it('a query that only reads is made again', async (t) => {
    const databases = opened(t);
    for (const number of [976, 983, 921, 1222, 3960, 4221, 40143, 41302, 10054, 37396]) {
      await failing('SELECT 3', { times: 2, number });
      assert.deepEqual(await databases.query('ab', 'SELECT 3 AS three', [], soon()), [
        { three: 3 },
      ]);
    }
  });
});

describe('a stage', () => {
  /** One stage of a run with real sessions, and storage and leases that never fail. */
  async function runOf(databases: Databases, repeatable: boolean): Promise<Stage> {
    const procedure = { schema: 'crude', name: 'sp_load_datasource_meter' };
    const only = { ...stage('crude:meter', 'ab'), procedure, repeatable };
    const store = { replace: async () => 'etag' } as unknown as RunStore;
    const journal = new Journal(store, run('run', [only]), 'etag');
    await executeStages({
      journal,
      leases: {
        lifeMs: 60_000,
        acquire: async () => true,
        renew: async () => true,
        letGo: async () => {},
        release: async () => {},
      } as unknown as Leases,
      now: () => new Date(),
      signal: soon(),
      askChecks: noChecks,
      readFreshness: async () => ({ at: '' }),
      sliceOver: new AbortController().signal,
      log: { message() {}, tell() {} },
      runners: { procedure: procedureRunner(databases) },
    });
    await journal.close();
    return only;
  }
  const procedure = '/procedures/crude.sp_load_datasource_meter';

  for (const number of [976, 1222, 37396, 40501]) {
    it(`that is repeatable gets over ${number}`, async (t) => {
      await control('PUT', procedure, { failures: { times: 1, number } });
      const { state, attempts } = await runOf(opened(t), true);
      assert.deepEqual(
        [state, attempts.map(({ error }) => error?.number)],
        ['succeeded', [number, undefined]],
      );
    });
  }

  it('that is not repeatable does not', async (t) => {
    await control('PUT', procedure, { failures: { times: 1, number: 976 } });
    const { state, attempts } = await runOf(opened(t), false);
    assert.deepEqual([state, attempts.length], ['failed', 1]);
  });

  it('whose session somebody killed is not begun again, repeatable or not', async (t) => {
    for (const repeatable of [true, false]) {
      await control('PUT', procedure, { failures: { times: 1, number: 596 } });
      const { state, attempts, error } = await runOf(opened(t), repeatable);
      assert.deepEqual(
        [state, attempts.length, error?.number, error?.meaning],
        ['failed', 1, 596, 'permanent'],
      );
    }
    await control('DELETE', '/procedures');
  });

  it('whose session somebody killed at its commit is not begun again either', async (t) => {
    await failing('COMMIT TRANSACTION', { times: 1, number: 596 });
    const { state, attempts, error } = await runOf(opened(t), true);
    assert.deepEqual(
      [state, attempts.length, error?.number, error?.meaning],
      ['failed', 1, 596, 'permanent'],
    );
    assert.match(error?.message ?? '', /whether its work was committed is not known/);
    await control('DELETE', '/procedures');
  });

  it('waits for a database that fails over, and has not failed once', async (t) => {
    await refusing({ times: 3, number: 4060 });
    const { state, attempts } = await runOf(opened(t), false);
    assert.deepEqual([state, attempts.length], ['succeeded', 1]);
  });
});

describe('what an address asks for', () => {
  it('reaches the server: ApplicationIntent, Application Name', async (t) => {
    for (const [more, readOnlyIntent, application] of [
      ['', false, 'syncboard'],
      ['ApplicationIntent=ReadOnly;App=board', true, 'board'],
    ] as const) {
      const databases = opened(t, { more });
      const session = await databases.session('ab', soon());
      const [row] = await session.query('SELECT @@SPID AS spid', [], soon());
      const response = await fetch(`http://127.0.0.1:${server.controlPort}/sessions`);
      const all = (await response.json()) as Record<string, unknown>[];
      const own = all.find(({ spid }) => spid === row?.['spid']);
      assert.deepEqual(
        [own?.['readOnlyIntent'], own?.['application']],
        [readOnlyIntent, application],
      );
      session.release();
    }
  });
});

describe('a client of dynsql', () => {
  const context = { error() {}, functionName: 'exec', invocationId: 'id' };
  const asking = (databases: Databases) =>
    explained(context as unknown as InvocationContext, undefined, () =>
      streamedRows(databases, 'ab', 'SELECT 4 AS four', [], soon()).next(),
    );

  it('is told 503 and when to try again of what passes, our own LOCK_TIMEOUT too', async (t) => {
    const databases = opened(t);
    for (const number of [1222, 976, 40613, 3960]) {
      await failing('SELECT 4', { times: 1, number });
      const problem = await asking(databases).catch((error: unknown) => error);
      assert.ok(problem instanceof HttpProblem);
      assert.equal(problem.status, 503, `${number}`);
      assert.equal(problem.headers['retry-after'], '30');
    }
  });

  it('is told 500 of what stays', async (t) => {
    const databases = opened(t);
    for (const number of [208, 596]) {
      await failing('SELECT 4', { times: 1, number });
      const problem = await asking(databases).catch((error: unknown) => error);
      assert.ok(problem instanceof HttpProblem);
      assert.equal(problem.status, 500, `${number}`);
    }
  });
});

describe('a database that cannot be opened', () => {
  it('for now: waited for, whatever says that it passes', async (t) => {
    for (const number of [4060, 40613, 983, 976, 921, 4221, 18401]) {
      await refusing({ times: 3, number });
      const databases = opened(t);
      assert.deepEqual(await databases.query('ab', 'SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    }
  });

  it('for longer: told, with its own number', async (t) => {
    await refusing({ times: 1_000, number: 4060 });
    t.after(() => control('DELETE', '/procedures'));
    const since = performance.now();
    const databases = opened(t, { patienceMs: 1_500 });
    const error = await failureOf(databases.session('ab', soon()));
    assert.deepEqual([error.meaning, error.number, error.severity], ['login', 4060, 11]);
    assert.ok(performance.now() - since >= 1_490);
    assert.match(error.message, /Cannot open database "AB"/);
  });

  it('half a minute is the patience, unless the caller has less', async (t) => {
    await refusing({ times: 1_000, number: 4060 });
    t.after(() => control('DELETE', '/procedures'));
    const { databases } = open();
    const limit = AbortSignal.timeout(1_000);
    await assert.rejects(databases.session('ab', limit), { name: 'TimeoutError' });
    const health = await checkDatabase(databases, 'ab', soon());
    // Health does not wait: it says what is so now.
    assert.equal(health.reason, 'the login was refused');
    assert.ok((health.milliseconds ?? 0) < 4_000, `${health.milliseconds}`);
    await databases.close();
  });

  it('a refused login is told at once', async (t) => {
    let asked = 0;
    await refusing({ times: 1, number: 18456 });
    const databases = opened(t);
    const error = await failureOf(databases.session('ab', soon()).finally(() => (asked += 1)));
    assert.deepEqual([error.meaning, error.number, asked], ['login', 18456, 1]);
    // Asked once: the next one is let in.
    const session = await databases.session('ab', soon());
    session.release();
  });
});

describe('a session that was killed', () => {
  for (const [name, use] of users) {
    it(`while idle costs nothing: ${name}`, async (t) => {
      const databases = opened(t);
      await kill(databases);
      await pause(100, soon());
      await use(databases);
    });

    it(`and whose connection is open yet costs nothing: ${name}`, async (t) => {
      const databases = opened(t);
      (await databases.session('ab', soon())).release();
      await pause(100, soon());
      // The first request of whoever borrows it is the reset.
      await failing('isolation level', { times: 1, number: 596 });
      await use(databases);
      await control('DELETE', '/procedures');
    });

    it(`by a fail-over costs nothing: ${name}`, async (t) => {
      const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
      t.after(() => proxy.close());
      const databases = opened(t, { port: proxy.port });
      const sessions = await Promise.all([1, 2, 3].map(() => databases.session('ab', soon())));
      for (const one of sessions) one.release();
      proxy.reset();
      await pause(100, soon());
      await use(databases);
    });
  }

  it('closes its connection at once, as SQL Server does', async (t) => {
    const proxy = await startSilentProxy({ host: '127.0.0.1', port: server.port });
    t.after(() => proxy.close());
    const databases = opened(t, { port: proxy.port });
    const session = await databases.session('ab', soon());
    const [row] = await session.query('SELECT @@SPID AS id', [], soon());
    await control('DELETE', `/sessions/${row?.['id']}`);
    const patience = soon();
    while (session.isOpen) await pause(5, patience);
    session.destroy();
  });

  it('in the middle of its work is not begun again: the error is permanent', async (t) => {
    const databases = opened(t);
    const session = await databases.session('ab', soon());
    const [row] = await session.query('SELECT @@SPID AS id', [], soon());
    const working = failureOf(session.query("WAITFOR DELAY '00:01'", [], soon()));
    await pause(50, soon());
    await control('DELETE', `/sessions/${row?.['id']}`);
    const error = await working;
    assert.deepEqual([error.number, error.meaning], [596, 'permanent']);
    assert.equal(leavesSessionUsable(error), false);
    session.destroy();
  });

  it('between two stages gives up the turn: the next stage takes it anew', async (t) => {
    const databases = opened(t);
    const own = { ...stage('crude:meter', 'ab'), database: 'ab' };
    const slot = await procedureRunner(databases).open(own, 'run', soon());
    assert.equal(slot.fits(own), true);
    const sessions = await fetch(`http://127.0.0.1:${server.controlPort}/sessions`);
    for (const { spid } of (await sessions.json()) as { spid: number }[]) {
      await control('DELETE', `/sessions/${spid}`);
    }
    const patience = soon();
    while (slot.fits(own)) await pause(5, patience);
    await slot.close();
  });
});
