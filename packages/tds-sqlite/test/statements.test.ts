import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SqlValue } from '../src/procedure.ts';
import { startInstance } from './harness.ts';

/** Batches on a new database, and what their result sets hold, one after the other. */
const scripts: Record<string, [string, SqlValue[][][]][]> = {
  'variables and control of flow': [
    [
      "DECLARE @a int = 5, @b nvarchar(10); SET @b = N'ž'; SET @a += 2; SELECT @a, @b",
      [[[7, 'ž']]],
    ],
    ['DECLARE @a int SELECT @a = 1, @a = 2 SELECT @a', [[[2]]]],
    [
      'DECLARE @a int = 7; SELECT @a = id FROM (SELECT 1 AS id WHERE 1 = 0) t; SELECT @a, @@ROWCOUNT',
      [[[7, 0]]],
    ],
    [
      "DECLARE @s nvarchar(100) = ''; SELECT @s = @s + v + ';' FROM (VALUES ('a'), ('b')) t(v); SELECT @s",
      [[['a;b;']]],
    ],
    ["DECLARE @v varchar(2) = 'abc'; SELECT @v", [[['ab']]]],
    ['IF 1 = 2 SELECT 1 ELSE IF 2 = 2 BEGIN SELECT 2 SELECT 3 END ELSE SELECT 4', [[[2]], [[3]]]],
    ['IF EXISTS (SELECT 1) SELECT 1; ELSE SELECT 2;', [[[1]]]],
    [
      'DECLARE @i int = 0, @n int = 0; WHILE 1 = 1 BEGIN SET @i += 1; IF @i > 5 BREAK; IF @i % 2 = 0 CONTINUE; SET @n += @i END SELECT @n',
      [[[9]]],
    ],
    ['SELECT 1; RETURN; SELECT 2', [[[1]]]],
    ["EXEC('SELECT 1; SELECT 2')", [[[1]], [[2]]]],
    ["DECLARE @t nvarchar(50) = N'SELECT 5'; EXECUTE (@t)", [[[5]]]],
    [
      "DECLARE @r int; EXEC sp_executesql N'SET @out = @in * 2', N'@in int, @out int OUTPUT', @in = 21, @out = @r OUTPUT; SELECT @r",
      [[[42]]],
    ],
    ["EXEC sp_executesql N'SELECT @a, @b', N'@a int, @b nvarchar(10)', 1, N'ы'", [[[1, 'ы']]]],
  ],
  'texts that just fit': [
    [
      "CREATE TABLE dbo.short (id int, v nvarchar(3)); DECLARE @s TABLE (id int, v nvarchar(max)); INSERT @s VALUES (1, N'ěšč'), (2, N'ab '), (3, N'abc  '), (4, N'😀a'), (5, NULL), (6, N''); INSERT dbo.short SELECT id, v FROM @s; SELECT v, DATALENGTH(v) FROM dbo.short ORDER BY id",
      [
        [
          ['ěšč', 6],
          ['ab ', 6],
          ['abc', 6],
          ['😀a', 6],
          [null, null],
          ['', 0],
        ],
      ],
    ],
    [
      "CREATE TABLE dbo.other (v nvarchar(3)); DECLARE @s TABLE (v nvarchar(max)); INSERT @s VALUES (N'ab😀'); BEGIN TRY INSERT dbo.other SELECT v FROM @s END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH; SELECT COUNT(*) FROM dbo.other",
      [[[2628]], [[0]]],
    ],
    [
      "CREATE TABLE dbo.bytes (v varchar(3)); INSERT dbo.bytes VALUES ('a'); DECLARE @t nvarchar(9) = N'long'; BEGIN TRY UPDATE dbo.bytes SET v = @t END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH; SET @t = N'ok'; UPDATE dbo.bytes SET v = @t; SELECT v FROM dbo.bytes",
      [[[2628]], [['ok']]],
    ],
    [
      "CREATE TABLE dbo.letters (v varchar(4), c char(4)); DECLARE @t nvarchar(9) = N'žž'; INSERT dbo.letters VALUES (@t, N'ža'); BEGIN TRY INSERT dbo.letters VALUES (N'žžž', '') END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_MESSAGE() END CATCH; SELECT v, c, DATALENGTH(v), DATALENGTH(c) FROM dbo.letters",
      [
        [
          [
            2628,
            "String or binary data would be truncated in table 'AB.dbo.letters', column 'v'. Truncated value: 'žž'.",
          ],
        ],
        [['žž', 'ža ', 4, 4]],
      ],
    ],
  ],
  'changes of rows that APPLY computes with': [
    [
      'CREATE TABLE dbo.n (id int PRIMARY KEY, v int); INSERT dbo.n VALUES (1, 5), (2, 6), (3, 7); UPDATE n SET v = x.twice + x.twice FROM dbo.n AS n CROSS APPLY (SELECT n.v * 2 AS twice) AS x WHERE n.id > 1 AND x.twice < 14; SELECT v FROM dbo.n ORDER BY id',
      [[[5], [24], [7]]],
    ],
    [
      'CREATE TABLE dbo.o (id int PRIMARY KEY, v int); INSERT dbo.o VALUES (1, 5), (2, 6); UPDATE o SET v = x.more OUTPUT deleted.v, inserted.v FROM dbo.o AS o CROSS APPLY (SELECT o.v + 1 AS more) AS x WHERE o.id = 2; DELETE o OUTPUT deleted.id FROM dbo.o AS o CROSS APPLY (SELECT o.v AS same) AS x WHERE x.same = 7; SELECT * FROM dbo.o',
      [[[6, 7]], [[2]], [[1, 5]]],
    ],
    [
      'CREATE TABLE dbo.p (id int PRIMARY KEY, v int); INSERT dbo.p VALUES (1, 5); MERGE dbo.p AS p USING (SELECT s.id, x.more FROM (VALUES (1), (2)) AS s(id) CROSS APPLY (SELECT s.id * 10 AS more) AS x WHERE s.id < 3) AS u ON u.id = p.id WHEN MATCHED THEN UPDATE SET v = u.more WHEN NOT MATCHED THEN INSERT VALUES (u.id, u.more); SELECT * FROM dbo.p ORDER BY id',
      [
        [
          [1, 10],
          [2, 20],
        ],
      ],
    ],
  ],
  'errors and TRY': [
    [
      'BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_STATE(), ERROR_LINE(), ERROR_MESSAGE(), ERROR_PROCEDURE() END CATCH',
      [[], [[8134, 16, 1, 1, 'Divide by zero error encountered.', null]]],
    ],
    [
      'BEGIN TRY BEGIN TRY SELECT 1/0 END TRY BEGIN CATCH THROW END CATCH END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH',
      [[], [[8134]]],
    ],
    [
      "BEGIN TRY RAISERROR('own %s %d', 16, 3, 'x', 5) END TRY BEGIN CATCH SELECT ERROR_MESSAGE(), ERROR_STATE() END CATCH",
      [[['own x 5', 3]]],
    ],
    [
      "BEGIN TRY EXEC('SELECT * FROM nothing') END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH",
      [[[208]]],
    ],
    ['SELECT ERROR_NUMBER()', [[[null]]]],
    ['SELECT @@ERROR', [[[0]]]],
  ],
  tables: [
    ['CREATE SCHEMA s', []],
    [
      "CREATE TABLE s.t (id int IDENTITY(10, 5) NOT NULL PRIMARY KEY, a nvarchar(5) NOT NULL DEFAULT N'ж', b decimal(5,2) NULL, c AS (b * 2), d datetime2(0) NOT NULL CONSTRAINT d DEFAULT SYSUTCDATETIME())",
      [],
    ],
    [
      'INSERT s.t (b) VALUES (1.5), (NULL); SELECT id, a, b, c FROM s.t; SELECT SCOPE_IDENTITY(), @@IDENTITY, @@ROWCOUNT',
      [
        [
          [10, 'ж', '1.50', '3.00'],
          [15, 'ж', null, null],
        ],
        [['15', '15', 2]],
      ],
    ],
    ["INSERT INTO s.t (a, b) OUTPUT inserted.id, inserted.a AS x SELECT N'q', 2", [[[20, 'q']]]],
    [
      'UPDATE s.t SET b = b + 1 OUTPUT deleted.b, inserted.b WHERE b IS NOT NULL',
      [
        [
          ['1.50', '2.50'],
          ['2.00', '3.00'],
        ],
      ],
    ],
    ['DELETE FROM s.t OUTPUT deleted.id WHERE id = 15', [[[15]]]],
    [
      "DECLARE @o TABLE (id int, a nvarchar(5)); INSERT s.t (a) OUTPUT inserted.id, inserted.a INTO @o VALUES (N'o'); SELECT * FROM @o",
      [[[25, 'o']]],
    ],
    [
      "SET IDENTITY_INSERT s.t ON; INSERT s.t (id, a) VALUES (100, 'x'); SET IDENTITY_INSERT s.t OFF; INSERT s.t (a) VALUES ('y'); SELECT MAX(id) FROM s.t",
      [[[105]]],
    ],
    [
      "UPDATE t SET a = x.v FROM s.t AS t JOIN (VALUES (10, N'ten')) x(id, v) ON x.id = t.id; SELECT a FROM s.t WHERE id = 10",
      [[['ten']]],
    ],
    ["UPDATE TOP (1) s.t SET a = 'one'; SELECT COUNT(*) FROM s.t WHERE a = 'one'", [[[1]]]],
    ['DELETE t FROM s.t t WHERE t.id > 20; SELECT @@ROWCOUNT', [[[3]]]],
    [
      'WITH c AS (SELECT *, ROW_NUMBER() OVER (ORDER BY id) AS n FROM s.t) DELETE FROM c WHERE n > 1; SELECT id FROM s.t',
      [[[10]]],
    ],
    [
      'DECLARE @n decimal(5,2); UPDATE s.t SET @n = b = b + 1; SELECT @n, b FROM s.t',
      [[['3.50', '3.50']]],
    ],
    [
      "ALTER TABLE s.t ADD e int NULL, f varchar(3) NOT NULL DEFAULT 'f'; SELECT e, f FROM s.t",
      [[[null, 'f']]],
    ],
    [
      "ALTER TABLE s.t ALTER COLUMN f nvarchar(20) NOT NULL; UPDATE s.t SET f = N'длиннее'; SELECT f FROM s.t",
      [[['длиннее']]],
    ],
    [
      'ALTER TABLE s.t DROP COLUMN e; SELECT * INTO #copy FROM s.t; SELECT id, f FROM #copy; DROP TABLE #copy',
      [[[10, 'длиннее']]],
    ],
    [
      'CREATE UNIQUE INDEX ix ON s.t (a); CREATE INDEX ix2 ON s.t (b DESC) INCLUDE (a) WHERE b > 0; DROP INDEX ix2 ON s.t',
      [],
    ],
    ['TRUNCATE TABLE s.t; INSERT s.t DEFAULT VALUES; SELECT id FROM s.t', [[[10]]]],
    ["DROP TABLE IF EXISTS s.nothing; DROP TABLE s.t; SELECT OBJECT_ID('s.t')", [[[null]]]],
    ['DROP SCHEMA s', []],
  ],
  'temporary tables and table variables': [
    [
      "CREATE TABLE #t (id int PRIMARY KEY, v nvarchar(10)); INSERT #t VALUES (1, N'а'); SELECT * FROM #t",
      [[[1, 'а']]],
    ],
    ["SELECT COUNT(*) FROM #t; SELECT OBJECT_NAME(OBJECT_ID('tempdb..#t'))", [[[1]], [[null]]]],
    ['BEGIN TRAN; INSERT #t VALUES (2, NULL); ROLLBACK; SELECT COUNT(*) FROM #t', [[[1]]]],
    ['DROP TABLE #t', []],
    [
      'DECLARE @t TABLE (a int, b int DEFAULT 3); INSERT @t (a) VALUES (1), (2); UPDATE @t SET b = a WHERE a = 2; SELECT x.a, x.b FROM @t x JOIN @t y ON x.a = y.a ORDER BY 1',
      [
        [
          [1, 3],
          [2, 2],
        ],
      ],
    ],
  ],
  'procedures and views in T-SQL': [
    [
      'CREATE PROCEDURE dbo.p @a int, @b int = 2, @c int OUTPUT AS BEGIN SET NOCOUNT ON; SET @c = @a * @b; SELECT @a + @b AS s; RETURN 7 END',
      [],
    ],
    ['DECLARE @r int, @c int; EXEC @r = p 5, @c = @c OUTPUT; SELECT @r, @c', [[[7]], [[7, 10]]]],
    ['CREATE OR ALTER PROC p @a int AS SELECT @a', []],
    ['p 3', [[[3]]]],
    ['CREATE TABLE t (id int); INSERT t EXEC p 4; SELECT * FROM t', [[[4]]]],
    ['CREATE VIEW v (x) AS SELECT id * 2 FROM t', []],
    ['SELECT x FROM v WHERE x > 1', [[[8]]]],
    [
      'CREATE PROCEDURE outer_p AS BEGIN TRY EXEC inner_p END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_PROCEDURE(), ERROR_LINE() END CATCH',
      [],
    ],
    ["CREATE PROCEDURE inner_p AS\nRAISERROR('x', 16, 1)", []],
    ['EXEC outer_p', [[[50000, 'dbo.inner_p', 2]]]],
    ['DROP PROCEDURE p; DROP VIEW v', []],
  ],
  merge: [
    [
      "CREATE TABLE m (id int PRIMARY KEY, v nvarchar(10)); INSERT m VALUES (1, N'a'), (2, N'b'), (3, N'c')",
      [],
    ],
    [
      `MERGE m AS t USING (VALUES (1, N'A2'), (4, N'd'), (2, NULL)) AS s(id, v) ON s.id = t.id
       WHEN MATCHED AND s.v IS NULL THEN DELETE
       WHEN MATCHED THEN UPDATE SET v = s.v
       WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)
       WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = N'gone'
       OUTPUT $action, inserted.id, deleted.id;
       SELECT * FROM m ORDER BY id`,
      [
        [
          ['UPDATE', 1, 1],
          ['INSERT', 4, null],
          ['DELETE', null, 2],
          ['UPDATE', 3, 3],
        ],
        [
          [1, 'A2'],
          [3, 'gone'],
          [4, 'd'],
        ],
      ],
    ],
  ],
};

describe('statements', () => {
  for (const [name, steps] of Object.entries(scripts)) {
    it(name, async (t) => {
      const instance = await startInstance();
      t.after(() => instance.close());
      const session = await instance.session();
      for (const [batch, expected] of steps) {
        const { sets, errors } = await session.run(batch);
        const real = errors.map((error) => `${error.number} ${error.text}`);
        assert.deepEqual(real, [], batch);
        assert.deepEqual(
          sets.map((set) => set.rows),
          expected,
          batch,
        );
      }
    });
  }
});

const constrained = `
CREATE SCHEMA heap
CREATE TABLE heap.parent (id int NOT NULL CONSTRAINT PK_parent PRIMARY KEY, code varchar(4) NOT NULL CONSTRAINT UQ_code UNIQUE)
CREATE TABLE heap.child (id int NOT NULL PRIMARY KEY, parent_id int NOT NULL CONSTRAINT FK_child REFERENCES heap.parent (id), n int CONSTRAINT CK_n CHECK (n > 0), big bigint NULL, t tinyint NULL, v varbinary(2) NULL)
CREATE UNIQUE INDEX ix_n ON heap.child (n)
INSERT heap.parent VALUES (1, 'a'), (2, 'b')
INSERT heap.child (id, parent_id, n) VALUES (1, 1, 1)
`;

/** Statement, number, text. */
const violations: [string, number, string][] = [
  [
    "INSERT heap.parent VALUES (1, 'x')",
    2627,
    "Violation of PRIMARY KEY constraint 'PK_parent'. Cannot insert duplicate key in object 'heap.parent'. The duplicate key value is (1).",
  ],
  [
    "INSERT heap.parent SELECT 7, 'B'",
    2627,
    "Violation of UNIQUE KEY constraint 'UQ_code'. Cannot insert duplicate key in object 'heap.parent'. The duplicate key value is (B).",
  ],
  [
    'UPDATE heap.parent SET id = 2 WHERE id = 1',
    2627,
    "Violation of PRIMARY KEY constraint 'PK_parent'. Cannot insert duplicate key in object 'heap.parent'. The duplicate key value is (2).",
  ],
  [
    'INSERT heap.child (id, parent_id, n) VALUES (2, 1, 1)',
    2601,
    "Cannot insert duplicate key row in object 'heap.child' with unique index 'ix_n'. The duplicate key value is (1).",
  ],
  [
    'INSERT heap.child (id, parent_id) VALUES (2, 99)',
    547,
    'The INSERT statement conflicted with the FOREIGN KEY constraint "FK_child". The conflict occurred in database "AB", table "heap.parent", column \'id\'.',
  ],
  [
    'UPDATE heap.child SET parent_id = 99',
    547,
    'The UPDATE statement conflicted with the FOREIGN KEY constraint "FK_child". The conflict occurred in database "AB", table "heap.parent", column \'id\'.',
  ],
  [
    'DELETE heap.parent WHERE id = 1',
    547,
    'The DELETE statement conflicted with the REFERENCE constraint "FK_child". The conflict occurred in database "AB", table "heap.child", column \'parent_id\'.',
  ],
  [
    'INSERT heap.child (id, parent_id, n) VALUES (2, 1, -1)',
    547,
    'The INSERT statement conflicted with the CHECK constraint "CK_n". The conflict occurred in database "AB", table "heap.child", column \'n\'.',
  ],
  [
    'INSERT heap.child (id) VALUES (2)',
    515,
    "Cannot insert the value NULL into column 'parent_id', table 'AB.heap.child'; column does not allow nulls. INSERT fails.",
  ],
  [
    'UPDATE heap.parent SET code = NULL',
    515,
    "Cannot insert the value NULL into column 'code', table 'AB.heap.parent'; column does not allow nulls. UPDATE fails.",
  ],
  [
    "INSERT heap.parent VALUES (3, 'abcde')",
    2628,
    "String or binary data would be truncated in table 'AB.heap.parent', column 'code'. Truncated value: 'abcd'.",
  ],
  [
    'UPDATE heap.child SET v = 0x010203',
    2628,
    "String or binary data would be truncated in table 'AB.heap.child', column 'v'. Truncated value: ''.",
  ],
  [
    "INSERT heap.parent VALUES ('x', 'y')",
    245,
    "Conversion failed when converting the varchar value 'x' to data type int.",
  ],
  [
    'UPDATE heap.child SET t = 256',
    220,
    'Arithmetic overflow error for data type tinyint, value = 256.',
  ],
  ['INSERT heap.parent (id, nothing) VALUES (1, 2)', 207, "Invalid column name 'nothing'."],
  [
    'INSERT heap.parent VALUES (1)',
    213,
    'Column name or number of supplied values does not match table definition.',
  ],
  [
    'INSERT heap.parent (id) SELECT 1, 2',
    121,
    'The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.',
  ],
  [
    'INSERT heap.parent (id, code) VALUES (1)',
    109,
    'There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
  ],
  [
    'CREATE TABLE heap.parent (id int)',
    2714,
    "There is already an object named 'parent' in the database.",
  ],
  [
    'CREATE TABLE nowhere.t (id int)',
    2760,
    'The specified schema name "nowhere" either does not exist or you do not have permission to use it.',
  ],
  [
    'DROP TABLE heap.parent',
    3726,
    "Could not drop object 'heap.parent' because it is referenced by a FOREIGN KEY constraint.",
  ],
  [
    'DROP TABLE nothing',
    3701,
    "Cannot drop the table 'nothing', because it does not exist or you do not have permission.",
  ],
  [
    'TRUNCATE TABLE heap.parent',
    4712,
    "Cannot truncate table 'heap.parent' because it is being referenced by a FOREIGN KEY constraint.",
  ],
  [
    'INSERT sys.tables VALUES (1)',
    4406,
    "Update or insert of view or function 'sys.tables' failed because it contains a derived or constant field.",
  ],
];

describe('violations', () => {
  it('have number and text, and change nothing', async (t) => {
    const instance = await startInstance({ schema: constrained });
    t.after(() => instance.close());
    const session = await instance.session();
    for (const [statement, number, text] of violations) {
      const { errors } = await session.run(statement);
      assert.deepEqual(
        errors.map((error) => [error.number, error.text]),
        [[number, text]],
        statement,
      );
    }
    assert.deepEqual(await session.rows('SELECT id, code FROM heap.parent ORDER BY id'), [
      [1, 'a'],
      [2, 'b'],
    ]);
    assert.deepEqual(await session.rows('SELECT id, parent_id, n, t FROM heap.child'), [
      [1, 1, 1, null],
    ]);
  });
});

describe('what an error ends', () => {
  it('a statement, the scope or the batch', async (t) => {
    const instance = await startInstance();
    t.after(() => instance.close());
    const session = await instance.session();
    const after = async (failing: string) => {
      const { sets, errors } = await session.run(`${failing}; SELECT 'after'`);
      return [errors[0]?.number, sets.some((set) => set.rows[0]?.[0] === 'after')];
    };
    assert.deepEqual(await after('SELECT 1/0'), [8134, true]);
    assert.deepEqual(await after('EXEC nothing'), [2812, true]);
    assert.deepEqual(await after("RAISERROR('x', 16, 1)"), [50000, true]);
    assert.deepEqual(await after('SELECT * FROM nothing'), [208, false]);
    assert.deepEqual(await after("EXEC('SELECT * FROM nothing')"), [208, true]);
    assert.deepEqual(await after("SELECT CAST('x' AS int)"), [245, false]);
    assert.deepEqual(await after("THROW 50001, 'x', 1"), [50001, false]);
    assert.deepEqual(await after('SET XACT_ABORT ON; SELECT 1/0'), [8134, false]);
    assert.deepEqual(
      await after("RAISERROR('x', 16, 1)"),
      [50000, true],
      'RAISERROR ignores XACT_ABORT',
    );
  });

  it('@@ERROR and @@ROWCOUNT speak of the last statement', async (t) => {
    const instance = await startInstance();
    t.after(() => instance.close());
    const session = await instance.session();
    const { sets } = await session.run(
      'SELECT 1/0; SELECT @@ERROR; SELECT @@ERROR; SELECT 1 UNION ALL SELECT 2; SELECT @@ROWCOUNT',
    );
    assert.deepEqual(
      sets.map((set) => set.rows),
      [[], [[8134]], [[0]], [[1], [2]], [[2]]],
    );
  });

  it('messages carry severity, state, procedure and line', async (t) => {
    const instance = await startInstance();
    t.after(() => instance.close());
    const session = await instance.session();
    const { infos } = await session.run(
      "PRINT N'ž';\nRAISERROR('now %i', 0, 4, 7) WITH NOWAIT;\nRAISERROR('five', 5, 1)",
    );
    assert.deepEqual(
      infos.map(({ number, severity, state, text, line }) => [number, severity, state, text, line]),
      [
        [0, 0, 1, 'ž', 1],
        [50000, 0, 4, 'now 7', 2],
        [50000, 5, 1, 'five', 3],
      ],
    );
  });

  it('SET options are accepted', async (t) => {
    const instance = await startInstance();
    t.after(() => instance.close());
    const session = await instance.session();
    const options = [
      'NOCOUNT ON',
      'FORCEPLAN ON',
      'FORCEPLAN OFF',
      'ANSI_NULLS, QUOTED_IDENTIFIER ON',
      'LOCK_TIMEOUT 100',
      'DEADLOCK_PRIORITY LOW',
      'TRANSACTION ISOLATION LEVEL READ UNCOMMITTED',
      'STATISTICS TIME, IO ON',
      'LANGUAGE us_english',
      'DATEFIRST 7',
      'TEXTSIZE 2147483647',
      'ARITHABORT ON',
      'IMPLICIT_TRANSACTIONS OFF',
    ];
    for (const option of options)
      assert.equal(await session.error(`SET ${option}`), undefined, option);
    assert.deepEqual((await session.run('SELECT 1')).rowCounts, [undefined], 'NOCOUNT');
  });
});
