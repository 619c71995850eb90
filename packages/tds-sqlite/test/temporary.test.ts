import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { startInstance } from './harness.ts';

/** Two sessions' worth of procedures whose temporary tables are made and lost in each call. */
async function started(t: TestContext, ...scripts: string[]) {
  const instance = await startInstance({ schema: 'CREATE TABLE dbo.t (id int)' });
  t.after(() => instance.close());
  const session = await instance.session();
  for (const script of scripts) await session.run(script);
  return session;
}

const keep = (body: string) => `CREATE PROCEDURE dbo.keep @id int AS BEGIN ${body} END`;

describe("a procedure's temporary tables", () => {
  it('are empty in every call', async (t) => {
    const session = await started(
      t,
      keep(
        'DECLARE @v TABLE (id int PRIMARY KEY); CREATE TABLE #t (id int PRIMARY KEY); INSERT @v VALUES (@id); INSERT #t VALUES (@id + 1); SELECT (SELECT SUM(id) FROM @v), (SELECT SUM(id) FROM #t)',
      ),
    );
    for (const id of [1, 2, 2])
      assert.deepEqual(await session.rows(`EXEC dbo.keep ${id}`), [[id, id + 1]]);
    assert.equal(await session.error('SELECT * FROM #t'), 208);
  });

  it('are empty after a transaction that was rolled back around it', async (t) => {
    const session = await started(
      t,
      keep(
        'DECLARE @v TABLE (id int); CREATE TABLE #t (id int); INSERT @v VALUES (@id); INSERT #t VALUES (@id); SELECT (SELECT COUNT(*) FROM @v), (SELECT COUNT(*) FROM #t)',
      ),
    );
    const inTransaction = 'BEGIN TRAN; EXEC dbo.keep 1; ROLLBACK';
    for (const call of [inTransaction, 'EXEC dbo.keep 1', inTransaction, 'EXEC dbo.keep 2'])
      assert.deepEqual(await session.rows(call), [[1, 1]], call);
  });

  it('are empty after a call that failed', async (t) => {
    const session = await started(
      t,
      keep(
        "DECLARE @v TABLE (id int); INSERT @v VALUES (@id); IF @id = 1 THROW 50001, N'one', 1; SELECT COUNT(*) FROM @v",
      ),
    );
    assert.equal(await session.error('EXEC dbo.keep 1'), 50001);
    assert.equal(await session.error('SET XACT_ABORT ON; BEGIN TRAN; EXEC dbo.keep 1'), 50001);
    assert.deepEqual(await session.rows('EXEC dbo.keep 2'), [[1]]);
  });

  it('are its own in a call within a call', async (t) => {
    const session = await started(
      t,
      keep(
        'DECLARE @v TABLE (id int); INSERT @v VALUES (@id); IF @id > 1 BEGIN SET @id = @id - 1; EXEC dbo.keep @id; END; SELECT id FROM @v',
      ),
    );
    for (const _ of [1, 2]) {
      const { sets } = await session.run('EXEC dbo.keep 3');
      assert.deepEqual(
        sets.map(({ rows }) => rows),
        [[[1]], [[2]], [[3]]],
      );
    }
  });

  it('have the columns of this call, of another procedure, of a new text', async (t) => {
    const session = await started(
      t,
      keep('CREATE TABLE #t (id int); INSERT #t VALUES (@id); SELECT * FROM #t'),
      "CREATE PROCEDURE dbo.other AS BEGIN CREATE TABLE #T (a nvarchar(5), b int); INSERT #t VALUES (N'ж', 1); SELECT * FROM #t END",
      'CREATE PROCEDURE dbo.altering AS BEGIN CREATE TABLE #t (id int); INSERT #t VALUES (1); ALTER TABLE #t ADD more int NULL; SELECT * FROM #t END',
    );
    for (const _ of [1, 2]) {
      assert.deepEqual(await session.rows('EXEC dbo.keep 1'), [[1]]);
      assert.deepEqual(await session.rows('EXEC dbo.other'), [['ж', 1]]);
      assert.deepEqual(await session.rows('EXEC dbo.altering'), [[1, null]]);
      assert.deepEqual(
        await session.rows('CREATE TABLE #t (id bit); SELECT * FROM #t; DROP TABLE #t'),
        [],
      );
    }
    await session.run(
      'ALTER PROCEDURE dbo.keep @id int AS BEGIN CREATE TABLE #t (x date); SELECT * FROM #t END',
    );
    const { sets } = await session.run('EXEC dbo.keep 1');
    assert.equal(sets[0]?.columns[0]?.type, 'date');
  });

  it('are theirs after a rollback that brings back what they had replaced', async (t) => {
    const session = await started(
      t,
      keep('CREATE TABLE #t (id int); INSERT #t VALUES (@id); SELECT id FROM #t'),
      "CREATE PROCEDURE dbo.other AS BEGIN CREATE TABLE #T (a nvarchar(5)); INSERT #t VALUES (N'ж'); SELECT a FROM #t END",
      'CREATE PROCEDURE dbo.altering AS BEGIN CREATE TABLE #t (id int); ALTER TABLE #t ADD more int NULL; INSERT #t VALUES (1, 2); SELECT more FROM #t END',
    );
    const calls = [
      ['EXEC dbo.keep 1', 1],
      ['EXEC dbo.other', 'ж'],
      ['EXEC dbo.altering', 2],
    ] as const;
    const rollbacks = [
      'BEGIN TRAN; CALL; ROLLBACK',
      'BEGIN TRAN; SAVE TRAN s; CALL; ROLLBACK TRAN s; COMMIT',
    ];
    for (const rollback of rollbacks) {
      for (const [before, own] of calls) {
        for (const [between, other] of calls) {
          const name = `${before}, ${between}, ${rollback}`;
          assert.deepEqual(await session.rows(before), [[own]], name);
          assert.deepEqual(await session.rows(rollback.replace('CALL', between)), [[other]], name);
          assert.equal(await session.error('SELECT * FROM #t'), 208, name);
          assert.deepEqual(await session.rows(between), [[other]], name);
          assert.deepEqual(
            await session.rows('CREATE TABLE #t (b bit); SELECT * FROM #t; DROP TABLE #t'),
            [],
            name,
          );
        }
      }
    }
  });

  it('are theirs in the next session, where one was closed in their transaction', async (t) => {
    const instance = await startInstance({ schema: 'CREATE TABLE dbo.t (id int)' });
    t.after(() => instance.close());
    const first = await instance.session();
    await first.run(keep('CREATE TABLE #t (id int); INSERT #t VALUES (@id); SELECT id FROM #t'));
    await first.run(
      'CREATE PROCEDURE dbo.other AS BEGIN CREATE TABLE #t (a int); SELECT a FROM #t END',
    );
    await first.run('EXEC dbo.other');
    await first.run('BEGIN TRAN; EXEC dbo.keep 1');
    await first.session.close();
    const next = await instance.session();
    assert.deepEqual(await next.rows('EXEC dbo.keep 2'), [[2]]);
  });

  it('count from their first number', async (t) => {
    const session = await started(
      t,
      keep(
        'DECLARE @v TABLE (no int IDENTITY PRIMARY KEY, id int); INSERT @v (id) VALUES (@id), (@id); SELECT MAX(no) FROM @v',
      ),
    );
    for (const _ of [1, 2]) assert.deepEqual(await session.rows('EXEC dbo.keep 1'), [[2]]);
  });

  it('do not keep a connection from its next session', async (t) => {
    const instance = await startInstance({
      schema: keep('DECLARE @v TABLE (id int); INSERT @v VALUES (@id); SELECT id FROM @v'),
    });
    t.after(() => instance.close());
    for (const id of [1, 2, 3]) {
      const session = await instance.session();
      assert.deepEqual(await session.rows(`EXEC dbo.keep ${id}`), [[id]]);
      await session.session.close();
    }
  });
});
