import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { objectsIn } from '../../shared/dynsql/sql/objects.ts';

/** `heap.meter`, `dbo.f()` of a table-valued function, `=dbo.f` of one called in an expression. */
const read = (sql: string) =>
  objectsIn(sql).map(({ parts, kind }) => {
    const name = parts.join('.');
    return kind === 'table' ? name : kind === 'scalar function' ? `=${name}` : `${name}()`;
  });

const statements: [sql: string, objects: string[]][] = [
  ['SELECT 1 FROM a, b', ['a', 'b']],
  ['SELECT f(x, y) FROM dbo.a A, heap.b AS B, c WHERE x IN (1, 2)', ['dbo.a', 'heap.b', 'c']],
  ['SELECT 1 FROM a WITH (NOLOCK, INDEX(1)), b (NOLOCK), c', ['a', 'b', 'c']],
  [
    'SELECT 1 FROM AB.heap.meter, HCS..room, [srv].[AB].[dbo].[x]',
    ['AB.heap.meter', 'HCS..room', 'srv.AB.dbo.x'],
  ],
  ['SELECT 1 FROM "heap"."a ""b""" JOIN [c].[d]]e] ON 1 = 1', ['heap.a "b"', 'c.d]e']],
  ['SELECT 1 FROM heap . meter AS m', ['heap.meter']],
  ['SELECT 1 FROM -- x\n /* FROM y /* z */ */ heap.meter', ['heap.meter']],
  ["SELECT 'Import FROM Excel' AS [x FROM y] FROM a", ['a']],
  [
    'WITH a AS (SELECT * FROM x), b (c, d) AS (SELECT * FROM a JOIN y ON 1 = 1) SELECT * FROM b, A, z',
    ['x', 'y', 'z'],
  ],
  ['WITH a AS (SELECT 1 AS x) SELECT * FROM dbo.a', ['dbo.a']],
  ['WITH a AS (SELECT 1 AS x) SELECT * FROM a; SELECT * FROM a', ['a']],
  [
    'SELECT * FROM dbo.rows_of(1) AS r CROSS APPLY own(r.x) OUTER APPLY [s].[f] (2)',
    ['dbo.rows_of()', 'own()', 's.f()'],
  ],
  ["SELECT * FROM OPENJSON(@x) WITH (a int '$.a') AS j, STRING_SPLIT('a', ',')", []],
  [
    "SELECT * FROM a CROSS APPLY a.Data.nodes('/x') AS T(c) WHERE a.Data.value('.', 'int') = 1",
    ['a'],
  ],
  ['SELECT dbo.rate(A.x), MAX(y), A.z FROM a A', ['=dbo.rate', 'a']],
  ['SELECT * FROM (a JOIN (b LEFT JOIN c ON 1 = 1) ON 1 = 1), d', ['a', 'b', 'c', 'd']],
  [
    'SELECT * FROM (SELECT * FROM a UNION SELECT * FROM b) AS x, ((c CROSS JOIN d))',
    ['a', 'b', 'c', 'd'],
  ],
  ['SELECT * FROM (VALUES (1), (2)) AS v (n), a', ['a']],
  ["SELECT TRIM('x' FROM name), (SELECT MAX(y) FROM b) FROM a", ['b', 'a']],
  ['SELECT * FROM a WHERE x IS DISTINCT FROM y AND EXISTS (SELECT 1 FROM b, c)', ['a', 'b', 'c']],
  ['SELECT * FROM h FOR SYSTEM_TIME AS OF @t, b', ['h', 'b']],
  ['SELECT * FROM @t, #own, sys.tables, INFORMATION_SCHEMA.TABLES', []],
  ['SELECT * FROM t TABLESAMPLE (10 PERCENT), [where] WHERE x = 1', ['t', 'where']],
  ['SELECT a, b FROM x ORDER BY a, b OFFSET 0 ROWS', ['x']],
  ['LEFT JOIN heap.premises P ON P.id = A.id', ['heap.premises']],
  ['EXISTS (SELECT 1 FROM heap.payment X WHERE X.id = {ALIAS}.id)', ['heap.payment']],
  [
    'SELECT {FIELDS} FROM heap.meter A, heap.room B {JOIN} {WHERE} {ORDERBY}',
    ['heap.meter', 'heap.room'],
  ],
  ['Import from Excel, Word', []],
  ['A.from_date AS "from", join_date', []],
];
for (const [sql, objects] of statements) {
  test(`reads ${sql.replaceAll('\n', ' ')}`, () => assert.deepEqual(read(sql), objects));
}

test('aliases are told: of a join with and without AS, and the name where there is none', () => {
  const aliases = objectsIn('SELECT 1 FROM a AS x JOIN b y ON 1 = 1 LEFT JOIN c ON 1 = 1, d').map(
    ({ alias }) => alias,
  );
  assert.deepEqual(aliases, ['X', 'Y', 'C', 'D']);
});

/** A statement with the tables it reads. */
interface Sample {
  sql: string;
  tables: string[];
}

const part = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/).filter((name) => name.length > 1);
const written = (name: string) =>
  fc.constantFrom(`[${name}_]`, `"${name}_"`, `${name}_`, `[${name}_]`.toUpperCase());
const table: fc.Arbitrary<Sample> = fc.array(part, { minLength: 1, maxLength: 3 }).chain((parts) =>
  fc.tuple(...parts.map(written)).map((texts) => ({
    sql: texts.join('.'),
    tables: [parts.map((name) => `${name}_`).join('.')],
  })),
);
const noise = fc.constantFrom(' ', '\n', ' /* FROM x, y */ ', ' -- JOIN z\n', '\t');

const { query } = fc.letrec<{ query: Sample; source: Sample }>((tie) => ({
  source: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    table,
    tie('query').map(({ sql, tables }) => ({ sql: `(${sql}) AS q`, tables })),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => ({
      sql: `(${a.sql} AS l1 CROSS JOIN ${b.sql} AS l2)`.replaceAll(/ AS q AS l\d/g, ' AS q'),
      tables: [...a.tables, ...b.tables],
    })),
  ),
  query: fc
    .tuple(
      fc.array(tie('source'), { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom(',', ' CROSS JOIN', ' CROSS APPLY'), { minLength: 3, maxLength: 3 }),
      noise,
      fc.constantFrom(
        '',
        " WHERE x IN (1, 2) AND y = 'a FROM b, c'",
        ' ORDER BY x, y',
        ' GROUP BY x, y',
      ),
    )
    .map(([sources, joins, space, end]) => ({
      sql: `SELECT f(x, y), 'FROM z' AS [from w]${space}FROM${space}${sources
        .map(({ sql }, index) => (index === 0 ? sql : `${joins[index - 1]}${space}${sql}`))
        .join('')}${end}`,
      tables: sources.flatMap(({ tables }) => tables),
    })),
}));

test('any query: all its tables, and nothing else', () => {
  fc.assert(
    fc.property(query, ({ sql, tables }) => {
      assert.deepEqual(
        read(sql).map((name) => name.toLowerCase()),
        tables,
      );
    }),
    { numRuns: 2000 },
  );
});

test('any text at all is read without an error', () => {
  const words = fc.constantFrom(
    ...'SELECT FROM JOIN APPLY CROSS WITH AS ( ) , . ; [ ] " \' /* */ -- a b @x #t {F} :b FOR'.split(
      ' ',
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
      objectsIn(parts.join(' '));
    }),
    { numRuns: 2000 },
  );
});
