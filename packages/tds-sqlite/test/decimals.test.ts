/** Numbers are exact in the stand-in, by the rules of "Precision, scale, and length" of T-SQL. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

/** Text of the value, and the declared type of the column. */
const table: [expression: string, value: string | number, type: string][] = [
  ['0.1 + 0.2', '0.3', 'decimal(2,1)'],
  ['1.0 / 3', '0.333333', 'decimal(7,6)'],
  ['10.00 / 3.000', '3.3333333', 'decimal(12,7)'],
  ['100.0 * 1.0 / 3.0', '33.333333', 'decimal(12,6)'],
  [
    'CAST(1 AS decimal(18, 2)) / CAST(3 AS decimal(18, 2))',
    '0.33333333333333333333',
    'decimal(38,20)',
  ],
  ['CAST(1 AS decimal(38, 10)) / 3', '0.3333333333', 'decimal(38,10)'],
  ['CAST(1 AS decimal(38, 20)) * CAST(1 AS decimal(38, 20))', '1.000000', 'decimal(38,6)'],
  ['5.5 % 2', '1.5', 'decimal(2,1)'],
  ['9223372036854775807 + 1', '9223372036854775808', 'decimal(20,0)'],
  ['CAST(9223372036854775807 AS bigint) * 1.0', '9223372036854775807.0', 'decimal(22,1)'],
  ["'1.5' + 1.25", '2.75', 'decimal(4,2)'],
  ['1.10 * 1e0', 1.1, 'float'],
  ['CAST(12.345 AS numeric(6, 2))', '12.35', 'decimal(6,2)'],
  ['CAST(-12.345 AS numeric(6, 2))', '-12.35', 'decimal(6,2)'],
  ['ROUND(123.456, 2)', '123.460', 'decimal(6,3)'],
  ['ROUND(123.455, 2, 1)', '123.450', 'decimal(6,3)'],
  ['ROUND(-2.5, 0)', '-3.0', 'decimal(2,1)'],
  [
    'ROUND(CAST(1234567890123456789012345678.0123456789 AS decimal(38, 10)), 3)',
    '1234567890123456789012345678.0120000000',
    'decimal(38,10)',
  ],
  ['POWER(CAST(2 AS decimal(10, 2)), 3)', '8.00', 'decimal(38,2)'],
  ['$12.34', '12.3400', 'money'],
  ['-$12.34567', '-12.3457', 'money'],
  ['$10 / 3', '3.3333', 'money'],
  ['CAST($1.5 AS int)', 2, 'int'],
  ['CAST(1.5 AS int)', 1, 'int'],
  ['CAST(-922337203685477.5808 AS money)', '-922337203685477.5808', 'money'],
  ['CAST(1.00005 AS money)', '1.0001', 'money'],
  ['CAST(214748.3647 AS smallmoney)', '214748.3647', 'smallmoney'],
  ['CONVERT(varchar(40), CAST(1234.5678 AS money))', '1234.57', 'varchar(40)'],
  ['CONVERT(varchar(40), CAST(1234.5678 AS money), 2)', '1234.5678', 'varchar(40)'],
  [
    'CONVERT(varchar(40), CAST(1234567890123456.78 AS decimal(18, 2)))',
    '1234567890123456.78',
    'varchar(40)',
  ],
];

const failing: [expression: string, number: number][] = [
  ['CAST(99999999999999999999999999999999999999 AS decimal(38, 0)) + 1', 8115],
  ['12345678901234567890.12 * 98765432109876543210.34', 8115],
  ['ROUND(748.58, -3)', 8115],
  ['CAST(1000 AS decimal(3, 0))', 8115],
  ['CAST(12.345 AS decimal(4, 3))', 8115],
  ["CAST('922337203685477.5808' AS money)", 8115],
  ['CAST(214748.3648 AS smallmoney)', 8115],
  ['CAST(922337203685477 AS money) * 2000', 8115],
  ['CAST(9223372036854775807 AS bigint) + 1', 8115],
  // 19 digits, and beyond 64 bits all the same.
  ['CAST(900000000000000 AS money) + CAST(90000000000000 AS money)', 8115],
  ['CAST(200000 AS smallmoney) + CAST(200000 AS smallmoney)', 8115],
  ...(
    [
      ['SUM', 'money', '900000000000000', '90000000000000'],
      ['AVG', 'money', '900000000000000', '90000000000000'],
      ['SUM', 'money', '900000000000000', '900000000000000'],
      ['SUM', 'decimal(38, 0)', '9'.repeat(38), '1'],
      ['SUM', 'bigint', '9223372036854775807', '1'],
      ['AVG', 'bigint', '9223372036854775807', '1'],
      ['SUM', 'int', '2147483647', '1'],
      ['AVG', 'int', '2147483647', '1'],
      ['SUM', 'float', '1.7e308', '1.7e308'],
      ['AVG', 'float', '1.7e308', '1.7e308'],
    ] as const
  ).map(([name, type, one, other]): [string, number] => [
    `(SELECT ${name}(v) FROM (VALUES (CAST(${one} AS ${type})), (CAST(${other} AS ${type}))) AS t(v))`,
    8115,
  ]),
  ['1.5 / 0', 8134],
  ["CAST('1e5' AS decimal(10, 2))", 8114],
  ["CAST('abc' AS money)", 235],
];

const wide = '1234567890123456789012345678.0123456789';

describe('numbers of the stand-in', () => {
  let instance: TestInstance;
  let session: TestSession;
  before(async () => {
    instance = await startInstance({
      schema: `CREATE TABLE dbo.d (id int NOT NULL PRIMARY KEY, n decimal(5, 2) NULL, w decimal(38, 10) NULL, m money NULL);
CREATE TABLE dbo.r (id int NOT NULL PRIMARY KEY, v decimal(30, 12) NOT NULL);`,
    });
    session = await instance.session();
    await session.run(
      `INSERT INTO dbo.d VALUES (1, 1.10, 1.1, 1.2345), (2, 0.10, ${wide}, 922337203685477.5807), (3, -1.1, -5, -5), (4, NULL, NULL, NULL), (5, 1.1, 1.1000000000, 1.1)`,
    );
  });
  after(() => instance.close());

  for (const [expression, value, type] of table) {
    it(expression, async () => {
      const { sets, errors } = await session.run(`SELECT ${expression} AS v`);
      assert.deepEqual(errors, []);
      const [set] = sets;
      assert.deepEqual([set?.rows, set?.columns[0]?.type], [[[value]], type]);
    });
  }

  for (const [expression, number] of failing) {
    it(`${expression}: error ${number}`, async () => {
      assert.equal(await session.error(`SELECT ${expression} AS v`), number);
    });
  }

  const queries: [query: string, rows: unknown[][]][] = [
    [
      'SELECT SUM(n), AVG(n), SUM(w), AVG(w), MIN(w), MAX(w) FROM dbo.d',
      [
        [
          '1.20',
          '0.300000',
          '1234567890123456789012345675.2123456789',
          '308641972530864197253086418.8030864197',
          '-5.0000000000',
          wide,
        ],
      ],
    ],
    [
      'SELECT SUM(DISTINCT w), AVG(DISTINCT n), COUNT(DISTINCT w) FROM dbo.d',
      [['1234567890123456789012345674.1123456789', '0.033333', 3]],
    ],
    ['SELECT SUM(m), AVG(m) FROM dbo.d WHERE id <> 2', [['-2.6655', '-0.8885']]],
    ['SELECT SUM(w), MAX(w), AVG(w) FROM dbo.d WHERE id = 4', [[null, null, null]]],
    ['SELECT id FROM dbo.d ORDER BY w, id', [[4], [3], [1], [5], [2]]],
    ['SELECT id FROM dbo.d ORDER BY m DESC, id', [[2], [1], [5], [3], [4]]],
    [
      'SELECT w, COUNT(*) FROM dbo.d WHERE id <> 2 GROUP BY w HAVING w > -6',
      [
        ['-5.0000000000', 1],
        ['1.1000000000', 2],
      ],
    ],
    [
      'SELECT id, MAX(w) OVER (ORDER BY id) FROM dbo.d WHERE id IN (1, 3)',
      [
        [1, '1.1000000000'],
        [3, '1.1000000000'],
      ],
    ],
    [
      'SELECT id, MIN(m) OVER (PARTITION BY n) FROM dbo.d WHERE n = 1.1 ORDER BY id',
      [
        [1, '1.1000'],
        [5, '1.1000'],
      ],
    ],
    ['SELECT id FROM dbo.d WHERE w IN (1.1, 5) ORDER BY id', [[1], [5]]],
    [
      'SELECT a.id, b.id FROM dbo.d a JOIN dbo.d b ON a.w = b.n WHERE a.id = 1 ORDER BY b.id',
      [
        [1, 1],
        [1, 5],
      ],
    ],
    ['SELECT w FROM dbo.d WHERE id = 1 UNION SELECT n FROM dbo.d WHERE id = 5', [['1.1000000000']]],
    [
      "SELECT a FROM OPENJSON('[12345678901234.1234]') WITH (a decimal(18, 4) '$')",
      [['12345678901234.1234']],
    ],
    [
      'SELECT n, w, m FROM dbo.d WHERE id = 1 FOR JSON PATH',
      [['[{"n":1.10,"w":1.1000000000,"m":1.2345}]']],
    ],
  ];
  for (const [query, rows] of queries) {
    it(query, async () => {
      assert.deepEqual(await session.rows(query), rows);
    });
  }

  it('of any size add up, compare and sort as whole numbers do', async () => {
    const limit = 10n ** 28n;
    const units = fc.oneof(
      fc.bigInt({ min: -limit, max: limit }),
      fc.bigInt({ min: -1000n, max: 1000n }),
    );
    const text = (unscaled: bigint) => {
      const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(13, '0');
      return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -12)}.${digits.slice(-12)}`;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(units, { minLength: 1, maxLength: 30 }), async (values) => {
        await session.run('DELETE FROM dbo.r');
        const rows = values.map((value, id) => `(${id}, ${text(value)})`).join(', ');
        assert.deepEqual((await session.run(`INSERT INTO dbo.r VALUES ${rows}`)).errors, []);
        const sum = values.reduce((total, value) => total + value, 0n);
        const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const [pivot = 0n] = values;
        assert.deepEqual(
          await session.rows(
            `SELECT SUM(v), MIN(v), MAX(v), SUM(CASE WHEN v < ${text(pivot)} THEN 1 ELSE 0 END) FROM dbo.r`,
          ),
          [
            [
              text(sum),
              text(sorted[0] ?? 0n),
              text(sorted.at(-1) ?? 0n),
              values.filter((value) => value < pivot).length,
            ],
          ],
        );
        assert.deepEqual(
          await session.rows('SELECT v FROM dbo.r ORDER BY v'),
          sorted.map((value) => [text(value)]),
        );
        const [[difference] = []] = await session.rows(
          `SELECT CAST(MAX(v) - MIN(v) AS decimal(38, 12)) FROM dbo.r`,
        );
        assert.equal(difference, text((sorted.at(-1) ?? 0n) - (sorted[0] ?? 0n)));
      }),
      { numRuns: 100 },
    );
  });
});
