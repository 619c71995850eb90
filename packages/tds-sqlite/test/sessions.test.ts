import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import { type Answer, startInstance } from './harness.ts';

const schema =
  "CREATE TABLE dbo.t (id int PRIMARY KEY, v nvarchar(20)); INSERT t VALUES (1, N'один')";
const databases = [
  { name: 'A', server: 'one', schema, procedures: [] },
  { name: 'B', server: 'two', schema, procedures: [] },
];

async function start(t: TestContext) {
  const instance = await startInstance({ databases });
  t.after(() => instance.close());
  return instance;
}

/** Has the promise settled after a few turns of the event loop? */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  for (let i = 0; i < 20; i++) await turn();
  return done;
}

const numbers = (answer: Answer) => answer.errors.map((error) => error.number);
const aborted = () => new DOMException('cancelled by the client', 'AbortError');

describe('options', () => {
  it('limit the rows that a statement reads and changes', async (t) => {
    const session = await (await start(t)).session('A');
    await session.run('CREATE TABLE u (id int); INSERT u VALUES (1), (2), (3), (4)');
    const batches: [string, unknown][] = [
      ['SET ROWCOUNT 3; SELECT id FROM u; SET ROWCOUNT 0', [[1], [2], [3]]],
      [
        'SET ROWCOUNT 1; INSERT u SELECT id + 10 FROM u; SET ROWCOUNT 0; SELECT COUNT(*) FROM u',
        [[5]],
      ],
      [
        'SET ROWCOUNT 2; UPDATE u SET id = 0; SET ROWCOUNT 0; SELECT COUNT(*) FROM u WHERE id = 0',
        [[2]],
      ],
      ['SET ROWCOUNT 3; DELETE TOP (1) FROM u; SET ROWCOUNT 0; SELECT COUNT(*) FROM u', [[4]]],
      ['SET ROWCOUNT 1; DELETE TOP (3) FROM u; SET ROWCOUNT 0; SELECT COUNT(*) FROM u', [[3]]],
      ['DELETE u; SELECT COUNT(*) FROM u', [[0]]],
    ];
    for (const [batch, rows] of batches) {
      assert.deepEqual(await session.rows(batch), rows, batch);
    }
  });

  it('that nothing here goes by are refused, not ignored', async (t) => {
    const session = await (await start(t)).session('A');
    for (const option of ['DATEFORMAT dmy', 'LANGUAGE russian', 'NOEXEC ON', 'FMTONLY ON']) {
      assert.deepEqual(numbers(await session.run(`SET ${option}`)), [40515], option);
    }
    const usual = 'SET DATEFORMAT mdy; SET LANGUAGE us_english; SET NOEXEC OFF; SET PARSEONLY OFF';
    assert.deepEqual(numbers(await session.run(usual)), []);
  });

  it('of the session context may be for reading only, until the session is reset', async (t) => {
    const session = await (await start(t)).session('A');
    const set = (value: string) => `EXEC sp_set_session_context N'Key', N'${value}', 1`;
    assert.deepEqual(numbers(await session.run(set('a'))), []);
    assert.deepEqual(numbers(await session.run(set('b'))), [15664]);
    const read = "SELECT CONVERT(varchar(9), SESSION_CONTEXT(N'key'))";
    assert.equal(await session.value(read), 'a');
    await session.run('EXEC sp_reset_connection');
    assert.deepEqual(numbers(await session.run(set('c'))), []);
  });
});

describe('transactions', () => {
  it('roll back, commit, nest and keep save points', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    const batches: [string, unknown][] = [
      [
        "BEGIN TRAN; INSERT t VALUES (2, N'два'); SELECT @@TRANCOUNT, XACT_STATE(), COUNT(*) FROM t",
        [[1, 1, 2]],
      ],
      ['ROLLBACK; SELECT @@TRANCOUNT, COUNT(*) FROM t', [[0, 1]]],
      [
        'BEGIN TRAN outerone; BEGIN TRAN; INSERT t VALUES (2, NULL); COMMIT; SELECT @@TRANCOUNT',
        [[1]],
      ],
      [
        'SAVE TRAN here; INSERT t VALUES (3, NULL); ROLLBACK TRAN here; SELECT @@TRANCOUNT, COUNT(*) FROM t',
        [[1, 2]],
      ],
      ['COMMIT; SELECT @@TRANCOUNT, COUNT(*) FROM t', [[0, 2]]],
      [
        "CREATE TABLE made (id int); BEGIN TRAN; CREATE TABLE other (id int); DROP TABLE made; ROLLBACK; SELECT name FROM sys.tables WHERE name <> 't'",
        [['made']],
      ],
      [
        'BEGIN TRAN; DELETE A.dbo.t; USE B; DELETE t; ROLLBACK; SELECT (SELECT COUNT(*) FROM A.dbo.t), (SELECT COUNT(*) FROM t)',
        [[2, 1]],
      ],
    ];
    for (const [batch, expected] of batches)
      assert.deepEqual(await session.rows(batch), expected, batch);
  });

  it('are ended by XACT_ABORT and doomed in TRY', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    assert.deepEqual(
      numbers(await session.run('SET XACT_ABORT ON; BEGIN TRAN; DELETE t; SELECT 1/0; SELECT 1')),
      [8134],
    );
    assert.deepEqual(await session.rows('SELECT @@TRANCOUNT, COUNT(*) FROM t'), [[0, 1]]);
    const { sets, errors } = await session.run(
      'BEGIN TRY BEGIN TRAN; DELETE t; SELECT 1/0 END TRY BEGIN CATCH SELECT XACT_STATE(); COMMIT END CATCH',
    );
    assert.deepEqual(sets.at(-1)?.rows, [[-1]]);
    assert.deepEqual(
      errors.map((error) => error.number),
      [3930],
    );
    assert.deepEqual(
      await session.rows('SET XACT_ABORT OFF; SELECT @@TRANCOUNT, COUNT(*) FROM t'),
      [[0, 1]],
    );
    assert.deepEqual(numbers(await session.run('BEGIN TRAN; DELETE t; SELECT 1/0')), [8134]);
    assert.deepEqual(
      await session.rows('SELECT @@TRANCOUNT, COUNT(*) FROM t; '),
      [[1, 0]],
      'a plain error leaves it open',
    );
    await session.run('ROLLBACK');
  });

  it('of which a procedure changes the count are told (266)', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    await session.run('CREATE PROCEDURE leaves AS BEGIN TRAN');
    assert.deepEqual(numbers(await session.run('EXEC leaves')), [266]);
    assert.equal(await session.value('SELECT @@TRANCOUNT'), 1);
    await session.run('ROLLBACK');
    assert.deepEqual(numbers(await session.run("EXEC sp_executesql N'BEGIN TRAN'")), [266]);
    assert.equal(await session.value('SELECT @@TRANCOUNT'), 1);
  });

  it('that read another database do not wait for its writers', async (t) => {
    const instance = await start(t);
    const [a, b] = [await instance.session('A'), await instance.session('B')];
    await b.run("BEGIN TRAN; INSERT t VALUES (2, N'open')");
    const copy = 'INSERT t (id, v) SELECT id + @@TRANCOUNT + 10, v FROM B.dbo.t';
    assert.deepEqual(numbers(await a.run(copy)), []);
    assert.deepEqual(numbers(await a.run(`BEGIN TRAN; ${copy}; COMMIT`)), []);
    assert.deepEqual(await a.rows('SELECT id FROM t ORDER BY id'), [[1], [11], [12]]);
    await b.run('ROLLBACK');
  });

  it('of drivers: begin, save, commit, rollback', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    const changes: string[] = [];
    const sink = Object.assign(Object.create(null), {
      transaction: (change: string) => changes.push(change),
    });
    const { signal } = new AbortController();
    await session.session.transactionRequest(
      { kind: 'begin', name: '', isolationLevel: 'serializable' },
      sink,
      signal,
    );
    await session.run('DELETE t');
    await session.session.transactionRequest(
      { kind: 'rollback', name: '', begin: { name: '' } },
      sink,
      signal,
    );
    await session.session.transactionRequest({ kind: 'commit', name: '' }, sink, signal);
    assert.deepEqual(changes, ['begin', 'rollback', 'begin', 'commit']);
    assert.equal(await session.value('SELECT COUNT(*) FROM t'), 1);
  });
});

describe('other databases', () => {
  it('are read by their full name, not written to', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    await session.run("USE B; UPDATE t SET v = N'из B'; USE A");
    assert.deepEqual(await session.rows('SELECT a.v, b.v FROM t a JOIN B.dbo.t b ON b.id = a.id'), [
      ['один', 'из B'],
    ]);
    for (const batch of [
      'DELETE B.dbo.t',
      'DROP TABLE B.dbo.t',
      'CREATE TABLE B.dbo.x (id int)',
      'INSERT B..t VALUES (5, NULL)',
      // By its number, and not as a slip: whoever typed it is right with SQL Server.
      'CREATE DATABASE C',
      'CREATE FUNCTION dbo.f() RETURNS int AS BEGIN RETURN 1 END',
      'CREATE TRIGGER dbo.x ON dbo.t AFTER INSERT AS SELECT 1',
    ]) {
      assert.equal(await session.error(batch), 40515, batch);
    }
  });
});

describe('writers', () => {
  it('wait for one another, readers do not', async (t) => {
    const instance = await start(t);
    const [first, second, reader] = [
      await instance.session('A'),
      await instance.session('A'),
      await instance.session('A'),
    ];
    await first.run("BEGIN TRAN; UPDATE t SET v = N'первый'");
    const waiting = second.run("UPDATE t SET v = v + N'+'");
    assert.equal(await settled(waiting), false);
    assert.equal(await reader.value('SELECT v FROM t'), 'один', 'what was committed');
    assert.equal(await first.value('SELECT v FROM t'), 'первый', 'its own');
    await first.run('COMMIT');
    assert.deepEqual(numbers(await waiting), []);
    assert.equal(await reader.value('SELECT v FROM t'), 'первый+');
  });

  it('read what others committed until they write themselves', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run('BEGIN TRAN; SELECT COUNT(*) FROM t');
    await second.run('INSERT t VALUES (2, NULL)');
    assert.equal(await first.value('INSERT t VALUES (3, NULL); SELECT COUNT(*) FROM t'), 3);
    await first.run('COMMIT');
  });

  it('give up after LOCK_TIMEOUT (1222)', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run('BEGIN TRAN; DELETE t');
    assert.deepEqual(numbers(await second.run('SET LOCK_TIMEOUT 20; DELETE t')), [1222]);
    assert.deepEqual(numbers(await second.run('SET LOCK_TIMEOUT 0; DELETE t')), [1222]);
    assert.deepEqual(
      numbers(await second.run('BEGIN TRAN; SELECT * FROM t WITH (UPDLOCK, HOLDLOCK)')),
      [1222],
      'a reader that locks',
    );
  });

  it('that lock in a circle: the one who would close it is the victim (1205)', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run('BEGIN TRAN; DELETE A.dbo.t');
    await second.run('USE B; BEGIN TRAN; DELETE t');
    const waiting = first.run('USE B; DELETE t');
    assert.equal(await settled(waiting), false);
    const victim = await second.run('USE A; DELETE t; SELECT 1');
    assert.deepEqual(numbers(victim), [1205]);
    assert.equal(victim.errors[0]?.severity, 13);
    assert.match(victim.errors[0]?.text ?? '', new RegExp(`Process ID ${second.session.spid}\\)`));
    assert.deepEqual(numbers(await waiting), []);
    assert.equal(await second.value('SELECT @@TRANCOUNT'), 0);
    await first.run('ROLLBACK');
  });

  it('stop waiting when they are cancelled', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run('BEGIN TRAN; DELETE t');
    const controller = new AbortController();
    const waiting = second.run('BEGIN TRAN; DELETE t', { signal: controller.signal });
    assert.equal(await settled(waiting), false);
    controller.abort(aborted());
    await assert.rejects(waiting, { name: 'AbortError' });
    assert.equal(
      await second.value('SELECT @@TRANCOUNT'),
      1,
      'an attention leaves the transaction open',
    );
    await first.run('COMMIT');
    assert.deepEqual(numbers(await second.run('DELETE t; ROLLBACK')), []);
  });
});

describe('sessions', () => {
  it('are reset to what they were after login', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    await session.run(
      "SET NOCOUNT ON; SET XACT_ABORT ON; CREATE TABLE #t (id int); BEGIN TRAN; DELETE t; USE B; EXEC sp_getapplock 'x', 'Exclusive', 'Session'",
    );
    const sink = { transaction() {}, environment() {} };
    await session.session.reset({ keepTransaction: false }, sink as never);
    assert.equal(session.session.database, 'A');
    assert.deepEqual((await session.run('SELECT @@TRANCOUNT, COUNT(*) FROM t')).rowCounts, [1]);
    assert.equal(await session.error('SELECT * FROM #t'), 208);
    const other = await instance.session('B');
    assert.equal(
      await other.value(
        "DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive', 'Session', 0; SELECT @r",
      ),
      0,
    );
  });

  it('roll back and release locks when they are closed', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run("BEGIN TRAN; DELETE t; EXEC sp_getapplock 'x', 'Exclusive'");
    const waiting = second.run(
      "DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive', 'Session'; SELECT @r; SELECT COUNT(*) FROM t",
    );
    assert.equal(await settled(waiting), false);
    await first.close();
    assert.deepEqual(
      (await waiting).sets.map((set) => set.rows),
      [[[1]], [[1]]],
    );
  });

  it('keep their temporary tables when they change the database', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    await session.run(
      "CREATE TABLE #t (id int PRIMARY KEY, v nvarchar(5)); INSERT #t VALUES (1, N'ж'); USE B",
    );
    assert.deepEqual(await session.rows('SELECT * FROM #t'), [[1, 'ж']]);
  });

  it('end when they are killed', async (t) => {
    const instance = await start(t);
    const [first, second] = [await instance.session('A'), await instance.session('A')];
    await first.run('BEGIN TRAN; DELETE t');
    const running = first.run("WAITFOR DELAY '01:00:00'");
    assert.equal(await settled(running), false);
    await second.run(`KILL ${first.session.spid}`);
    await assert.rejects(running, { number: 596 });
    assert.equal(await second.value('UPDATE t SET v = NULL; SELECT COUNT(*) FROM t'), 1);
  });

  it('do not stop one another', async (t) => {
    const instance = await start(t);
    const sessions = await Promise.all(Array.from({ length: 100 }, () => instance.session('A')));
    const answers = await Promise.all(
      sessions.map((session, index) =>
        session.run(`INSERT t VALUES (${index + 10}, N'ž'); SELECT @@ROWCOUNT`),
      ),
    );
    assert.deepEqual(answers.flatMap(numbers), []);
    assert.equal(await sessions[0]?.value('SELECT COUNT(*) FROM t'), 101);
  });
});

describe('cancelling', () => {
  for (const batch of [
    "WAITFOR DELAY '00:10:00'",
    'WHILE 1 = 1 SELECT 1',
    'DECLARE @i int = 0; WHILE 1 = 1 SET @i += 1',
  ]) {
    it(`ends ${batch} at once`, async (t) => {
      const instance = await start(t);
      const session = await instance.session('A');
      const controller = new AbortController();
      const running = session.run(batch, { signal: controller.signal });
      assert.equal(await settled(running), false);
      const start_ = performance.now();
      controller.abort(aborted());
      await assert.rejects(running, { name: 'AbortError' });
      assert.ok(performance.now() - start_ < scaled(100));
      assert.equal(await session.value('SELECT 1'), 1);
    });
  }

  it('ends a long result between rows', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    const controller = new AbortController();
    const numbersTable =
      'WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10000000) SELECT i FROM n';
    const running = session.run(numbersTable, { signal: controller.signal });
    await turn();
    controller.abort(aborted());
    await assert.rejects(running, { name: 'AbortError' });
    assert.equal(await session.value('SELECT COUNT(*) FROM t'), 1);
  });

  it('rolls back with XACT_ABORT', async (t) => {
    const instance = await start(t);
    const session = await instance.session('A');
    const controller = new AbortController();
    const running = session.run(
      "SET XACT_ABORT ON; BEGIN TRAN; DELETE t; WAITFOR DELAY '00:10:00'",
      { signal: controller.signal },
    );
    assert.equal(await settled(running), false);
    controller.abort(aborted());
    await assert.rejects(running);
    assert.deepEqual(await session.rows('SELECT @@TRANCOUNT, COUNT(*) FROM t'), [[0, 1]]);
  });
});

describe('application locks', () => {
  const get = (rest: string) => `DECLARE @r int; EXEC @r = sp_getapplock ${rest}; SELECT @r`;

  it('are granted, waited for in order, timed out and released', async (t) => {
    const instance = await start(t);
    const [a, b, c] = [
      await instance.session('A'),
      await instance.session('A'),
      await instance.session('A'),
    ];
    assert.equal(
      await a.value(get("@Resource = 'r', @LockMode = 'Exclusive', @LockOwner = 'Session'")),
      0,
    );
    assert.equal(await a.value(get("'r', 'Exclusive', 'Session'")), 0, 'again by its owner');
    assert.equal(await b.value(get("'r', 'Exclusive', 'Session', 0")), -1);
    assert.equal(await b.value(get("'r', 'Shared', 'Session', 20")), -1);
    assert.equal(await b.value(get("'r', 'Nonsense', 'Session', 0")), -999);
    const order: string[] = [];
    const second = b
      .value(get("'r', 'Exclusive', 'Session'"))
      .then((value) => order.push(`b${value}`));
    const third = c
      .value(get("'r', 'Exclusive', 'Session'"))
      .then((value) => order.push(`c${value}`));
    await a.run("EXEC sp_releaseapplock 'r', 'Session'");
    assert.equal(await settled(second), false, 'taken twice, released once');
    await a.run("EXEC sp_releaseapplock 'r', 'Session'");
    await second;
    await b.run("EXEC sp_releaseapplock @Resource = 'r', @LockOwner = 'Session'");
    await third;
    assert.deepEqual(order, ['b1', 'c1']);
    assert.equal(await a.error("EXEC sp_releaseapplock 'r', 'Session'"), 1223);
  });

  it('are shared, and of one database', async (t) => {
    const instance = await start(t);
    const [a, b, other] = [
      await instance.session('A'),
      await instance.session('A'),
      await instance.session('B'),
    ];
    assert.equal(await a.value(get("'r', 'Shared', 'Session', 0")), 0);
    assert.equal(await b.value(get("'r', 'Shared', 'Session', 0")), 0);
    assert.equal(await b.value(get("'r', 'Exclusive', 'Session', 0")), -1);
    assert.equal(await other.value(get("'r', 'Exclusive', 'Session', 0")), 0);
    assert.equal(await a.value("SELECT APPLOCK_MODE('public', 'r', 'Session')"), 'Shared');
    assert.equal(await a.value("SELECT APPLOCK_TEST('public', 'r', 'Exclusive', 'Session')"), 0);
  });

  it('of the database that a name of three parts says', async (t) => {
    const instance = await start(t);
    const [a, b] = [await instance.session('A'), await instance.session('B')];
    const getIn = (name: string, timeout = '0') =>
      `DECLARE @r int; EXEC @r = ${name} 'r', 'Exclusive', 'Session', ${timeout}; SELECT @r`;
    assert.equal(await a.value(getIn('tempdb..sp_getapplock')), 0);
    assert.equal(await b.value(getIn('[TempDB].[sys].[sp_getapplock]')), -1);
    assert.equal(await b.value(getIn('sp_getapplock')), 0);
    assert.equal(await b.value(getIn('a.dbo.sp_getapplock')), 0, 'A has none, tempdb has');
    assert.equal(await a.value(getIn('sp_getapplock')), -1);
    assert.equal(await a.error(getIn('nowhere..sp_getapplock')), 911);
    assert.equal(await b.error("EXEC tempdb..sp_releaseapplock 'r', 'Session'"), 1223);
    const waiting = b.value(getIn('tempdb.sys.sp_getapplock', '-1'));
    assert.equal(await settled(waiting), false);
    await a.run("DECLARE @p sysname = N'tempdb.sys.sp_releaseapplock'; EXEC @p 'r', 'Session'");
    assert.equal(await waiting, 1);
  });

  it('of a transaction end with it and need one', async (t) => {
    const instance = await start(t);
    const [a, b] = [await instance.session('A'), await instance.session('A')];
    assert.equal(await a.error("EXEC sp_getapplock 'r', 'Exclusive'"), 15626);
    assert.equal(await a.value(`BEGIN TRAN; ${get("'r', 'Exclusive'")}`), 0);
    assert.equal(await b.value(get("'r', 'Exclusive', 'Session', 0")), -1);
    await a.run('COMMIT');
    assert.equal(await b.value(get("'r', 'Exclusive', 'Session', 0")), 0);
  });

  it('know a deadlock, among themselves and with writers', async (t) => {
    const instance = await start(t);
    const [a, b] = [await instance.session('A'), await instance.session('A')];
    await a.run("EXEC sp_getapplock 'x', 'Exclusive', 'Session'");
    await b.run("EXEC sp_getapplock 'y', 'Exclusive', 'Session'");
    const waiting = a.value(get("'y', 'Exclusive', 'Session'"));
    assert.equal(await settled(waiting), false);
    assert.equal(await b.value(get("'x', 'Exclusive', 'Session'")), -3);
    await b.run("EXEC sp_releaseapplock 'y', 'Session'");
    assert.equal(await waiting, 1);
    await b.run('BEGIN TRAN; DELETE t');
    const writer = a.run('DELETE t');
    assert.equal(await settled(writer), false);
    assert.equal(await b.value(get("'x', 'Exclusive', 'Session'")), -3);
    await b.run('ROLLBACK');
    assert.deepEqual(numbers(await writer), []);
  });

  it('are not taken by a session that stops waiting', async (t) => {
    const instance = await start(t);
    const [a, b, c] = [
      await instance.session('A'),
      await instance.session('A'),
      await instance.session('A'),
    ];
    await a.run("EXEC sp_getapplock 'r', 'Exclusive', 'Session'");
    const controller = new AbortController();
    const waiting = b.run(get("'r', 'Exclusive', 'Session'"), { signal: controller.signal });
    assert.equal(await settled(waiting), false);
    controller.abort(aborted());
    await assert.rejects(waiting);
    await a.run("EXEC sp_releaseapplock 'r', 'Session'");
    assert.equal(await c.value(get("'r', 'Exclusive', 'Session', 0")), 0);
  });
});

describe('definitions that were rolled back', () => {
  const ways: [string, string][] = [
    ['a transaction', 'BEGIN TRAN; CREATE TABLE x (id int); SELECT * FROM x; ROLLBACK'],
    [
      'a save point',
      'BEGIN TRAN; SAVE TRAN p; CREATE TABLE x (id int); SELECT * FROM x; ROLLBACK TRAN p; COMMIT',
    ],
    [
      'an error',
      'SET XACT_ABORT ON; BEGIN TRAN; CREATE TABLE x (id int); SELECT * FROM x; THROW 50001, N"x", 1',
    ],
  ];
  for (const [what, text] of ways) {
    it(`by ${what} are forgotten, whatever another session defines meanwhile`, async (t) => {
      const instance = await start(t);
      const [one, two] = [await instance.session('A'), await instance.session('A')];
      await one.run(text.replaceAll('"', "'"));
      // Moves SQLite's schema cookie as far as the first one did.
      assert.deepEqual(numbers(await two.run('CREATE TABLE y (id int)')), []);
      assert.deepEqual((await one.run('SELECT COUNT(*) FROM y')).sets[0]?.rows, [[0]]);
      assert.deepEqual(numbers(await one.run('SELECT * FROM x')), [208]);
    });
  }
});
