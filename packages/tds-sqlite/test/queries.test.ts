import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SqlValue } from '../src/procedure.ts';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

const schema = `
CREATE SCHEMA heap
CREATE TABLE heap.meter (
  id int NOT NULL PRIMARY KEY, code varchar(4) NOT NULL, name nvarchar(50) NULL,
  amount decimal(12, 2) NULL, wide decimal(28, 8) NULL, taken date NULL, kind tinyint NULL)
INSERT heap.meter VALUES
  (1, 'aa', N'Счётчик', 10.50, 1.00000001, '2019-01-31', 1),
  (2, 'bb', N'Vodoměr', 20.25, 2.00000002, '2019-02-28', 1),
  (3, 'cc', N'счётчик', NULL, 10, '2019-03-31', 2),
  (4, 'DD', NULL, -1.05, 9, NULL, 2)
CREATE TABLE dbo.reading (meter_id int NOT NULL, taken date NOT NULL, value float NULL, PRIMARY KEY (meter_id, taken))
INSERT dbo.reading VALUES (1, '2019-01-01', 1.5), (1, '2019-02-01', 2.5), (2, '2019-01-01', 7), (9, '2019-01-01', 8)
CREATE TABLE dbo.tree (id int PRIMARY KEY, parent int NULL)
INSERT dbo.tree VALUES (1, NULL), (2, 1), (3, 1), (4, 3)
`;

let instance: TestInstance;
let session: TestSession;

before(async () => {
  instance = await startInstance({ schema });
  session = await instance.session();
});
after(() => instance.close());

const queries: [string, SqlValue[][]][] = [
  ["SELECT id FROM heap.meter WHERE code = 'AA'", [[1]]],
  ["SELECT id FROM [heap].[meter] AS m WHERE m.name = N'СЧЁТЧИК' ORDER BY m.id", [[1], [3]]],
  [
    "SELECT id FROM AB.heap.meter WHERE AB.heap.meter.code IN ('aa','dd') ORDER BY id DESC",
    [[4], [1]],
  ],
  ['SELECT code FROM heap.meter ORDER BY code DESC', [['DD'], ['cc'], ['bb'], ['aa']]],
  ['SELECT TOP 2 id FROM heap.meter ORDER BY amount DESC', [[2], [1]]],
  ['SELECT TOP (1) id FROM heap.meter ORDER BY amount', [[3]]],
  ['SELECT id FROM heap.meter ORDER BY wide DESC', [[3], [4], [2], [1]]],
  ['SELECT id FROM heap.meter WHERE wide > 9.5', [[3]]],
  ['SELECT id FROM heap.meter ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY', [[2], [3]]],
  [
    'SELECT id FROM heap.meter AS m WHERE EXISTS (SELECT 1 FROM dbo.reading AS r WHERE r.meter_id = m.id) ORDER BY id OFFSET 1 ROWS',
    [[2]],
  ],
  [
    'SELECT id FROM dbo.tree AS t WHERE EXISTS (SELECT 1 FROM dbo.tree AS c WHERE c.parent = t.id) ORDER BY id OFFSET 1 ROWS',
    [[3]],
  ],
  [
    'SELECT SUM(amount), MIN(amount), MAX(amount), COUNT(*), COUNT(amount), AVG(amount) FROM heap.meter',
    [['29.70', '-1.05', '20.25', 4, 3, '9.900000']],
  ],
  [
    'SELECT SUM(wide), MAX(wide), MIN(wide) FROM heap.meter',
    [['22.00000003', '10.00000000', '1.00000001']],
  ],
  ['SELECT SUM(id), AVG(id) FROM heap.meter', [[10, 2]]],
  ["SELECT 'x' FROM heap.meter HAVING COUNT(*) > 3", [['x']]],
  ["SELECT 'x' FROM heap.meter WHERE id > 9 HAVING COUNT(*) > 0", []],
  ["SELECT 'x' FROM heap.meter WHERE id > 9 HAVING COUNT(*) = 0", [['x']]],
  ['SELECT SUM(id) FROM heap.meter WHERE 1 = 0', [[null]]],
  [
    'SELECT kind, COUNT(*) AS n FROM heap.meter GROUP BY kind HAVING COUNT(*) > 1 ORDER BY kind',
    [
      [1, 2],
      [2, 2],
    ],
  ],
  [
    'SELECT kind + 1 AS k, SUM(amount) FROM heap.meter GROUP BY kind + 1 ORDER BY kind + 1',
    [
      [2, '30.75'],
      [3, '-1.05'],
    ],
  ],
  ['SELECT COUNT(DISTINCT name) FROM heap.meter', [[3]]],
  ['SELECT DISTINCT kind FROM heap.meter ORDER BY kind', [[1], [2]]],
  [
    "SELECT STRING_AGG(code, ',') WITHIN GROUP (ORDER BY id DESC) FROM heap.meter",
    [['DD,cc,bb,aa']],
  ],
  [
    'SELECT m.id, r.value FROM heap.meter m JOIN reading r ON r.meter_id = m.id ORDER BY m.id, r.taken',
    [
      [1, 1.5],
      [1, 2.5],
      [2, 7],
    ],
  ],
  [
    'SELECT m.id, r.value FROM heap.meter m LEFT JOIN reading r ON r.meter_id = m.id AND r.value > 2 ORDER BY m.id',
    [
      [1, 2.5],
      [2, 7],
      [3, null],
      [4, null],
    ],
  ],
  [
    'SELECT m.id, r.meter_id FROM heap.meter m RIGHT OUTER JOIN reading r ON r.meter_id = m.id WHERE m.id IS NULL',
    [[null, 9]],
  ],
  ['SELECT COUNT(*) FROM heap.meter m FULL JOIN reading r ON r.meter_id = m.id', [[6]]],
  ['SELECT COUNT(*) FROM heap.meter CROSS JOIN reading', [[16]]],
  ['SELECT COUNT(*) FROM heap.meter, reading WHERE meter_id = id', [[3]]],
  [
    'SELECT a.id FROM heap.meter a JOIN (heap.meter b JOIN reading r ON r.meter_id = b.id) ON a.id = b.id WHERE r.value = 7',
    [[2]],
  ],
  [
    'SELECT m.id, x.value FROM heap.meter m CROSS APPLY (SELECT TOP 1 value FROM reading r WHERE r.meter_id = m.id ORDER BY r.taken DESC) x ORDER BY m.id',
    [
      [1, 2.5],
      [2, 7],
    ],
  ],
  [
    'SELECT m.id, x.value FROM heap.meter m OUTER APPLY (SELECT TOP 1 value FROM reading r WHERE r.meter_id = m.id ORDER BY r.taken DESC) x ORDER BY m.id',
    [
      [1, 2.5],
      [2, 7],
      [3, null],
      [4, null],
    ],
  ],
  [
    "SELECT m.id, v.what FROM heap.meter m CROSS APPLY (VALUES ('a'), ('b')) v(what) WHERE m.id = 1",
    [
      [1, 'a'],
      [1, 'b'],
    ],
  ],
  [
    "SELECT RIGHT(x, CHARINDEX(N'/', REVERSE(N'/' + x)) - 1), RIGHT(x, CHARINDEX('/', REVERSE(x)) - 1) FROM (VALUES (N'/a/b'), (N'a/'), (N'/😀/ž '), (NULL)) AS v(x)",
    [
      ['b', 'b'],
      ['', ''],
      ['ž ', 'ž '],
      [null, null],
    ],
  ],
  ["SELECT RIGHT(x, CHARINDEX('/', REVERSE('/' + x)) - 1) FROM (VALUES ('ab')) AS v(x)", [['ab']]],
  [
    "SELECT DATALENGTH(x), DATALENGTH(y), NULLIF(x, ''), TRY_CONVERT(bit, NULLIF(x, '')), TRY_CONVERT(bigint, x) FROM (VALUES (N'True', 'ab'), (N'false', ''), (N'ž😀', 'z'), (N'', NULL), (N' 12', 'z'), (NULL, 'z')) AS v(x, y)",
    [
      [8, 2, 'True', true, null],
      [10, 0, 'false', false, null],
      [6, 1, 'ž😀', null, null],
      [0, null, null, null, 0n],
      [6, 1, ' 12', true, 12n],
      [null, 1, null, null, null],
    ],
  ],
  [
    "SELECT id FROM (VALUES (1, N'2.50'), (2, N'2.501'), (3, N'2.500'), (4, N'ž.501'), (5, N'2.50ž1 '), (6, NULL), (7, N''), (8, N'😀.0😀1')) AS v(id, x) WHERE x NOT LIKE '%.__%[1-9]%' ORDER BY id",
    [[1], [3], [7]],
  ],
  [
    "SELECT id FROM (VALUES (1, N'a*b-'), (2, N'?1'), (3, N'x7 '), (4, N'-')) AS v(id, x) WHERE x LIKE '%[^0-9]%' AND x LIKE N'_%[-7]%' ORDER BY id",
    [[1], [3]],
  ],
  [
    "SELECT TRY_CONVERT(bigint, x) FROM (VALUES (N'0012'), (N'-5'), (N'123456789012345678'), (N'9223372036854775808'), (N'1x'), (N'١'), (NULL)) AS v(x)",
    [[12n], [-5n], [123456789012345678n], [null], [null], [null], [null]],
  ],
  // What APPLY makes of a row is computed once, and found wherever it is named.
  [
    'SELECT m.id, y.twice FROM heap.meter m CROSS APPLY (SELECT m.id + 1 AS more) x CROSS APPLY (SELECT x.more * 2 AS twice) y WHERE m.kind = 1 AND y.twice > 4 AND id < 9',
    [[2, 6]],
  ],
  [
    'SELECT m.id, x.more, r.value FROM heap.meter m CROSS APPLY (SELECT m.id + 1 AS more) x LEFT JOIN reading r ON r.meter_id = x.more WHERE m.id < 3 AND r.value IS NULL',
    [[2, 3, null]],
  ],
  [
    'SELECT m.id, x.more, r.meter_id FROM heap.meter m OUTER APPLY (SELECT m.id + 1 AS more) x RIGHT JOIN reading r ON r.meter_id = m.id AND m.id = 2 WHERE r.value > 6 ORDER BY r.meter_id',
    [
      [2, 3, 2],
      [null, null, 9],
    ],
  ],
  [
    'SELECT COUNT(*), MIN(x.half), SUM(x.half) FROM heap.meter m LEFT JOIN reading r ON r.meter_id = m.id CROSS APPLY (SELECT r.value / 2 AS half, m.kind AS k) x WHERE r.value < 7 AND x.k = 1',
    [[2, 0.75, 2]],
  ],
  [
    'SELECT m.id, x.n FROM heap.meter m CROSS APPLY (SELECT CONVERT(int, ROW_NUMBER() OVER (ORDER BY m.id)) AS n) x ORDER BY m.id',
    [
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
    ],
  ],
  [
    'SELECT m.id, x.n FROM heap.meter m CROSS APPLY (SELECT COUNT(*) AS n) x WHERE m.id = 3',
    [[3, 1]],
  ],
  ['SELECT m.id FROM heap.meter m CROSS APPLY (SELECT TOP 0 m.id AS n) x', []],
  ['SELECT m.id, x.n FROM heap.meter m CROSS APPLY (SELECT m.id AS n WHERE m.id = 2) x', [[2, 2]]],
  [
    'SELECT m.id, (SELECT x.n FROM reading r CROSS APPLY (SELECT r.value + m.id AS n) x WHERE r.meter_id = m.id AND r.value > 2) FROM heap.meter m WHERE m.id < 3 ORDER BY m.id',
    [
      [1, 3.5],
      [2, 9],
    ],
  ],
  [
    "SELECT m.id, x.name, x.name FROM heap.meter m CROSS APPLY (SELECT UPPER(m.name) AS name) x WHERE x.name = N'счётчик' AND EXISTS (SELECT 1 FROM reading r WHERE r.meter_id = m.id)",
    [[1, 'СЧЁТЧИК', 'СЧЁТЧИК']],
  ],
  [
    'SELECT d.id, j.c0, j.c8 FROM (VALUES (1, N\'[{"c0":1.50,"c8":"a"},{"c8":{}}]\'), (2, NULL), (3, N\'{"c0":"3"}\')) AS d(id, doc) OUTER APPLY OPENJSON(d.doc) WITH (c0 nvarchar(max), c1 nvarchar(max), c2 nvarchar(max), c3 nvarchar(max), c4 nvarchar(max), c5 nvarchar(max), c6 nvarchar(max), c7 nvarchar(max), c8 nvarchar(max)) AS j WHERE d.id <> 3 OR j.c0 = N\'3\' ORDER BY d.id, j.c0 DESC',
    [
      [1, '1.50', 'a'],
      [1, null, null],
      [2, null, null],
      [3, '3', null],
    ],
  ],
  [
    'SELECT (SELECT MAX(value) FROM reading WHERE meter_id = m.id) AS newest FROM heap.meter m WHERE id < 3 ORDER BY id',
    [[2.5], [7]],
  ],
  ['SELECT id FROM heap.meter WHERE id IN (SELECT meter_id FROM reading)', [[1], [2]]],
  [
    'SELECT id FROM heap.meter m WHERE NOT EXISTS (SELECT * FROM reading WHERE meter_id = m.id) ORDER BY id',
    [[3], [4]],
  ],
  [
    'SELECT d.n FROM (SELECT COUNT(*) AS n FROM reading GROUP BY meter_id) d ORDER BY n DESC',
    [[2], [1], [1]],
  ],
  [
    "SELECT * FROM (VALUES (1, N'ž'), (2, NULL)) AS t(a, b) ORDER BY a",
    [
      [1, 'ž'],
      [2, null],
    ],
  ],
  ['SELECT 1 AS a UNION SELECT 1 UNION ALL SELECT 2 ORDER BY a DESC', [[2], [1]]],
  [
    "WITH t AS (SELECT 2 AS n, 'b' AS x) SELECT t.n, t.x, o.y FROM t CROSS JOIN (SELECT CAST(N'z' AS nvarchar(9)) AS y) AS o WHERE 1 = 0 UNION ALL SELECT n, x, NULL FROM t UNION ALL SELECT 1, NULL, N'ж' ORDER BY n",
    [
      [1, null, 'ж'],
      [2, 'b', null],
    ],
  ],
  ["SELECT N'ж' AS a UNION SELECT 'a' EXCEPT SELECT 'A'", [['ж']]],
  ['SELECT 1 INTERSECT SELECT 1.0', [['1.0']]],
  ['WITH c AS (SELECT id, amount FROM heap.meter WHERE amount > 0) SELECT COUNT(*) FROM c', [[2]]],
  [
    'WITH a AS (SELECT 1 AS x), b(y) AS (SELECT x + 1 FROM a) SELECT x, y FROM a CROSS JOIN b',
    [[1, 2]],
  ],
  [
    'WITH t AS (SELECT id, 0 AS depth FROM tree WHERE parent IS NULL UNION ALL SELECT c.id, t.depth + 1 FROM tree c JOIN t ON t.id = c.parent) SELECT id, depth FROM t ORDER BY id',
    [
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
    ],
  ],
  [
    'SELECT id, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id DESC) FROM heap.meter ORDER BY id',
    [
      [1, 2n],
      [2, 1n],
      [3, 2n],
      [4, 1n],
    ],
  ],
  [
    'SELECT id, SUM(amount) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM heap.meter ORDER BY id',
    [
      [1, '10.50'],
      [2, '30.75'],
      [3, '30.75'],
      [4, '29.70'],
    ],
  ],
  [
    "SELECT id, LAG(code, 1, '-') OVER (ORDER BY id) FROM heap.meter ORDER BY id",
    [
      [1, '-'],
      [2, 'aa'],
      [3, 'bb'],
      [4, 'cc'],
    ],
  ],
  [
    'SELECT TOP 1 RANK() OVER (ORDER BY kind DESC), DENSE_RANK() OVER (ORDER BY kind DESC), NTILE(2) OVER (ORDER BY id), COUNT(*) OVER () FROM heap.meter ORDER BY id',
    [[3n, 2n, 1n, 4]],
  ],
  [
    'SELECT [key], value, type FROM OPENJSON(N\'{"a":1.50,"b":"ž","c":[1],"d":null,"e":true}\')',
    [
      ['a', '1.50', 2],
      ['b', 'ž', 1],
      ['c', '[1]', 4],
      ['d', null, 0],
      ['e', 'true', 3],
    ],
  ],
  [
    'SELECT id, amount, at, raw FROM OPENJSON(N\'{"rows":[{"id":"7","a":{"b":12.345}, "at":"2019-07-05T01:02:03", "x":{"y":1}},{}]}\', \'$.rows\') WITH (id int, amount decimal(12,2) \'$.a.b\', at datetime2(0), raw nvarchar(max) \'$.x\' AS JSON)',
    [
      [7, '12.35', '2019-07-05T01:02:03', '{"y":1}'],
      [null, null, null, null],
    ],
  ],
  [
    // Rows that are no objects have no members; a row itself is a column by the path $.
    'SELECT x, y, second FROM OPENJSON(N\'["abc",{"x":1.50,"y":[1,{"z":null}]},5,null,{"x":"\\u0041"}]\') WITH (x nvarchar(20), y nvarchar(max) AS JSON, second nvarchar(9) \'$.y[0]\')',
    [
      [null, null, null],
      ['1.50', '[1,{"z":null}]', '1'],
      [null, null, null],
      [null, null, null],
      ['A', null, null],
    ],
  ],
  [
    "SELECT v, j, x FROM OPENJSON(N'[1.50,\"a\",null,true,{\"x\":1}]') WITH (v nvarchar(20) '$', j nvarchar(max) '$' AS JSON, x int)",
    [
      ['1.50', null, null],
      ['a', null, null],
      [null, null, null],
      ['true', null, null],
      [null, '{"x":1}', 1],
    ],
  ],
  [
    'SELECT "@id", d, g, b FROM OPENJSON(N\'{"@id":"9007199254740993","d":"2019-07-05T01:02:03","g":false,"b":"ff"}\') WITH ("@id" bigint, d datetime2(0), g bit, b varbinary(4))',
    [[9007199254740993n, '2019-07-05T01:02:03', false, new Uint8Array([255])]],
  ],
  [
    'SELECT d.id, j.x FROM (VALUES (1, N\'[{"x":1},{"x":2}]\'), (2, NULL), (3, N\'[]\')) AS d(id, doc) CROSS APPLY OPENJSON(d.doc) WITH (x int) AS j',
    [
      [1, 1],
      [1, 2],
    ],
  ],
  [
    "SELECT x FROM (VALUES (N'b'), (N'A'), (N'a'), (N'B')) AS v(x) ORDER BY x COLLATE Latin1_General_BIN2",
    [['A'], ['B'], ['a'], ['b']],
  ],
  [
    "SELECT COUNT(DISTINCT x), COUNT(DISTINCT x COLLATE Latin1_General_CS_AS) FROM (VALUES (N'A'), (N'a')) AS v(x)",
    [[1, 2]],
  ],
  [
    "SELECT m.id, j.value FROM heap.meter m CROSS APPLY OPENJSON('[1,2]') j WHERE m.id = 1",
    [
      [1, '1'],
      [1, '2'],
    ],
  ],
  ["SELECT value FROM STRING_SPLIT('a,b', ',')", [['a'], ['b']]],
  [
    'SELECT id AS [a.b], code AS [a.c] FROM heap.meter WHERE id = 1 FOR JSON PATH',
    [['[{"a":{"b":1,"c":"aa"}}]']],
  ],
  [
    "SELECT COUNT(*) FROM heap.meter WHERE taken >= '2019-02-01' AND taken < DATEADD(month, 1, '2019-02-01')",
    [[1]],
  ],
  ['SELECT MAX(taken) FROM heap.meter', [['2019-03-31']]],
  [
    'SELECT CASE WHEN amount IS NULL THEN 0 ELSE amount END FROM heap.meter WHERE id = 3',
    [['0.00']],
  ],
  ['SELECT m.* FROM tree m WHERE m.id = 4', [[4, 3]]],
  [
    'SELECT t.name, SCHEMA_NAME(t.schema_id) FROM sys.tables t ORDER BY 1',
    [
      ['meter', 'heap'],
      ['reading', 'dbo'],
      ['tree', 'dbo'],
    ],
  ],
  [
    "SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'tree'",
    [
      ['id', 'int', 'NO'],
      ['parent', 'int', 'YES'],
    ],
  ],
  [
    "SELECT CASE WHEN OBJECT_ID('heap.meter', 'U') IS NULL THEN 0 ELSE 1 END, OBJECT_ID('heap.nothing')",
    [[1, null]],
  ],
  ['SELECT id, id FROM tree WHERE id = 1', [[1, 1]]],
  ['SELECT id i FROM tree ORDER BY i DESC', [[4], [3], [2], [1]]],
  ['SELECT id FROM heap.meter WITH (NOLOCK, INDEX(0)) WHERE id = 1', [[1]]],
  ['SELECT id FROM heap.meter (NOLOCK) WHERE id = 1', [[1]]],
  ['SELECT id FROM heap.meter WHERE id = 1 OPTION (RECOMPILE, MAXDOP 1)', [[1]]],
  [
    "SELECT MAX(m.taken) AS [freshness] FROM [heap].[meter] AS m INNER JOIN dbo.tree AS t ON t.[id] = m.[id] WHERE m.[code] = 'bb'",
    [['2019-02-28']],
  ],
];

describe('queries', () => {
  for (const [query, expected] of queries) {
    it(query, async () => {
      assert.deepEqual(await session.rows(query), expected);
    });
  }

  it('names and types of columns', async () => {
    const { sets } = await session.run(
      'SELECT id, code, name, amount, wide, taken, 1 AS one, COUNT(*) OVER (), id + 1 FROM heap.meter',
    );
    assert.deepEqual(
      sets[0]?.columns.map(({ name, type, nullable }) => [name, type, nullable]),
      [
        ['id', 'int', false],
        ['code', 'varchar(4)', false],
        ['name', 'nvarchar(50)', true],
        ['amount', 'decimal(12,2)', true],
        ['wide', 'decimal(28,8)', true],
        ['taken', 'date', true],
        ['one', 'int', false],
        ['', 'int', false],
        ['', 'int', false],
      ],
    );
  });

  it('several results of one batch, without semicolons', async () => {
    const { sets, rowCounts } = await session.run(
      'SELECT id FROM tree SELECT 1 a WHERE 1 = 0 UPDATE tree SET parent = parent WHERE id > 2',
    );
    assert.deepEqual(
      sets.map((set) => set.rows.length),
      [4, 0],
    );
    assert.deepEqual(rowCounts, [4, 0, 2]);
  });
});

const refused: [string, number][] = [
  ['SELECT meter_id FROM heap.meter', 207],
  ['SELECT id FROM tree a JOIN tree b ON a.id = b.id', 209],
  ['SELECT 1 FROM tree a JOIN tree a ON 1 = 1', 1011],
  ['SELECT x.id FROM tree', 4104],
  ['SELECT x.* FROM tree', 107],
  ['SELECT * FROM (SELECT 1) d', 8155],
  ['SELECT * FROM (SELECT 1 a, 2 a) d', 8156],
  ['SELECT * FROM (SELECT 1 a) d(x, y)', 8159],
  ['SELECT kind, id FROM heap.meter GROUP BY kind', 8120],
  ['SELECT COUNT(*) FROM heap.meter WHERE COUNT(*) > 1', 147],
  ['SELECT kind FROM heap.meter GROUP BY kind HAVING id > 1', 8121],
  ['SELECT DISTINCT kind FROM heap.meter ORDER BY id', 145],
  ["SELECT id FROM tree ORDER BY id, 'CZK'", 408],
  ['SELECT id FROM tree ORDER BY CAST(NULL AS int)', 408],
  ['DECLARE @a int = 1; SELECT id FROM tree ORDER BY @a', 1008],
  ['SELECT id FROM tree AS A ORDER BY [A].ID, A.id DESC', 169],
  ['SELECT id AS x FROM tree ORDER BY 1, x', 169],
  ['SELECT id FROM tree ORDER BY CAST(id AS nvarchar(9)), CAST(id AS xml)', 305],
  ["SELECT CAST(N'<a/>' AS xml) AS x FROM tree GROUP BY CAST(N'<a/>' AS xml)", 164],
  ["SELECT DISTINCT CAST(N'<a/>' AS xml) AS x FROM tree", 305],
  ['SELECT COUNT(*) FROM tree GROUP BY (SELECT 1)', 144],
  ['SELECT ROW_NUMBER() OVER (ORDER BY 1) FROM tree', 5308],
  ["SELECT ROW_NUMBER() OVER (ORDER BY 'a') FROM tree", 5309],
  ['SELECT id FROM heap.meter WHERE ROW_NUMBER() OVER (ORDER BY id) = 1', 4108],
  ['SELECT (SELECT id FROM tree)', 512],
  ["SELECT id FROM heap.meter WHERE id = 'x'", 245],
  ['SELECT * FROM heap.nothing', 208],
  ['SELECT * FROM nowhere.dbo.tree', 208],
  ['SELECT amount / (id - id) FROM heap.meter', 8134],
  ['SELECT id FROM tree ORDER BY 3', 108],
  ['SELECT TOP 1.5 id FROM tree', 1060],
  ['SELECT id FROM tree WHERE id', 4145],
  ['SELECT id FROM tree WHERE', 102],
  ['SELECT id FROM tree GROUP id', 102],
  ['SELECT id FROM tree ORDER', 102],
  ['SELECT id, FROM tree', 156],
  ['SELECT id FROM tree) ', 102],
];

describe('refused queries', () => {
  for (const [query, number] of refused) {
    it(`${query} is ${number}`, async () => {
      assert.equal(await session.error(query), number);
    });
  }
});
