/** What SQL Server would refuse is told when a definition is loaded; what is right is asked. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { CatalogError } from '../../shared/faults/catalog-error.ts';
import { type Item, startStandIn } from './engine.ts';

const engine = await startStandIn();
after(() => engine.close());

interface Written {
  sql?: string;
  fields?: readonly string[];
  keys?: readonly string[];
  /** Empty: without the currencies. */
  joins?: '';
  condition?: string;
  uniquefields?: string;
  below?: string;
}

/** Countries with their currencies, and what is given in place of its own. */
function definition(written: Written): unknown {
  const { sql = 'SELECT {FIELDS} FROM Countries A {JOIN} {WHERE} {ORDERBY}' } = written;
  const { fields = ['A.Code AS Code', 'A.Name AS Name', 'C.Code AS Currency'] } = written;
  return {
    id: 'TESTRU1ES00000000000000001',
    name: 'Země',
    datasets: [
      {
        name: 'MAIN',
        sql,
        fields: fields.map((expression, index) => ({
          expression,
          fieldname: ['Code', 'Name', 'Currency'][index],
          datatype: 'dtString',
        })),
        aliases: [
          { alias: 'A' },
          ...(written.joins === ''
            ? []
            : [{ alias: 'C', joinsql: 'JOIN Currencies C ON C.ID=A.Currency_ID' }]),
        ],
        uniquefields: written.uniquefields ?? '',
      },
      ...(written.below === undefined
        ? []
        : [
            {
              name: 'BELOW',
              sql: written.below,
              master: 'MAIN',
              masterfields: 'Code',
              fields: [{ expression: 'B.Code', fieldname: 'Code', datatype: 'dtString' }],
              aliases: [{ alias: 'B' }],
            },
          ]),
    ],
    conditions: [
      { id: 'Code', dataset: 'MAIN', alias: 'A', datatype: 'ctString', template: 'TEXT' },
    ],
    keys: (written.keys ?? ['A.Code']).map((key, index) => ({
      id: `K${index}`,
      sql: key,
      dataset: 'MAIN',
    })),
    templates: { TEXT: { type: 'char(3)', single: written.condition ?? '{ALIAS}.Code = {VALUE}' } },
  };
}

const from = (text: string) => `SELECT {FIELDS} FROM Countries A {JOIN} ${text}`;

const refused: [string, Written, RegExp][] = [
  ['408, a constant key', { keys: ["A.Code, 'CZK'"] }, /^keys\[0\]\.sql: "'CZK'" is the same for/],
  ['408, a place', { keys: ['1'] }, /^keys\[0\]\.sql: "1" is the same for all rows/],
  ['408, NULL', { keys: ['CAST(NULL AS int)'] }, /^keys\[0\]\.sql: .* is the same for all rows/],
  [
    '408, in the dataset',
    { sql: from('{WHERE} {ORDERBY} ORDER BY 1') },
    /^datasets\[0\]\.sql: "1"/,
  ],
  [
    '305',
    { keys: ['CAST(A.Name AS xml)'] },
    /^keys\[0\]\.sql: .* is xml, which cannot be compared/,
  ],
  ['305, a method', { keys: ["A.Data.query('/a')"] }, /^keys\[0\]\.sql: .* is xml/],
  ['306', { keys: ['CONVERT(ntext, A.Name)'] }, /^keys\[0\]\.sql: .* is ntext/],
  [
    '306, unique',
    { fields: ['CAST(A.Code AS text) AS Code'], uniquefields: 'Code' },
    /^datasets\[0\]\.uniquefields: .* is text/,
  ],
  [
    'pages',
    { sql: from('{WHERE} {ORDERBY} ORDER BY A.Code OFFSET 5 ROWS') },
    /OFFSET is not allowed/,
  ],
  ['a comma', { fields: ['A.Code, A.Name'] }, /^datasets\[0\]\.fields\[0\]\.expression: a comma/],
  ['no operator', { fields: ['A.Code A.Name AS Code'] }, /"Code A": an operator is missing/],
  ['two names', { fields: ['A.Code x y'] }, /"Code x": an operator is missing/],
  ['an open end', { fields: ['A.Code + AS Code'] }, /expression: "\+" is at its end/],
  [
    'a parenthesis',
    { fields: ['UPPER(A.Code AS Code'] },
    /expression: a parenthesis is not closed/,
  ],
  [
    'one too many',
    { condition: '{ALIAS}.Code = {VALUE}) OR (1 = 1' },
    /^conditions\[0\]: a \) too much/,
  ],
  ['nothing', { fields: [' AS Code'] }, /expression: empty/],
  ['a statement', { fields: ['SELECT 1'] }, /expression: "SELECT" is not allowed here/],
  ['DISTINCT', { fields: ['DISTINCT A.Code'] }, /expression: "DISTINCT" is not allowed here/],
  [
    'a clause',
    { condition: '{ALIAS}.Code = {VALUE} ORDER BY A.Code' },
    /^conditions\[0\]: "ORDER" is/,
  ],
  ['an end', { keys: ['A.Code,'] }, /^keys\[0\]\.sql: empty/],
  [
    '144',
    {
      sql: from('{WHERE} {ORDERBY}').replace('SELECT', 'SELECT DISTINCT'),
      fields: ['(SELECT 1) AS Code'],
    },
    /"SELECT" is not allowed with DISTINCT/,
  ],
  ['a master in a field', { fields: [':ID AS Code'] }, /expression: :ID is for the dataset's sql/],
  [
    'a table of ours',
    { sql: `WITH __l0 AS (SELECT 1 AS x) ${from('{WHERE} {ORDERBY}')}` },
    /__L0 is ours/,
  ],
  [
    'a place in WITH',
    { sql: `WITH x AS (SELECT 1 AS y {WHERE}) ${from('{ORDERBY}')}` },
    /{WHERE} is not allowed in WITH/,
  ],
  [
    'two tables of a name',
    {
      sql: `WITH x AS (SELECT 1 AS y) ${from('{WHERE} {ORDERBY}')}`,
      below: 'WITH X AS (SELECT 2 AS y) SELECT {FIELDS} FROM Countries B WHERE B.Code = :Code',
    },
    /^datasets\[1\]\.sql: X is another table in MAIN/,
  ],
];

const codes = (items: readonly Item[]) => items.map((item) => item['CODE']);

/** What is asked, and what comes. */
const right: [string, Written, unknown, (items: readonly Item[]) => unknown, unknown][] = [
  [
    'constants alone',
    { fields: ["'CZK' AS Code", '1 AS Name'] },
    { select: ['Code', 'Name'], top: 2 },
    (items) => items,
    [
      { CODE: 'CZK', NAME: '1' },
      { CODE: 'CZK', NAME: '1' },
    ],
  ],
  [
    'one column by two names',
    { keys: ['[A].Code, A.Code, CODE, "A"."Code", (A.Code)'], uniquefields: 'Code' },
    { select: 'Code', orderby: { id: 'K0', ordering: 'desc' }, top: 1 },
    codes,
    ['AT'],
  ],
  [
    'a name without AS',
    { fields: ['A.Code Code', "A.Name 'Name'", 'Currency = C.Code'] },
    { select: ['Code', 'Currency'], where: { id: 'Code', value: 'CZ' } },
    (items) => items,
    [{ CODE: 'CZ', CURRENCY: 'CZK' }],
  ],
  [
    'OR in a CASE',
    {
      sql: from(
        "WHERE CASE WHEN A.Code = 'CZ' OR A.Code = 'SK' THEN 1 ELSE 0 END = 1 {WHERE} {ORDERBY}",
      ),
    },
    { select: 'Code', orderby: { id: 'K0' } },
    codes,
    ['CZ', 'SK'],
  ],
  [
    'a common table expression, and rows below',
    {
      sql: `WITH own AS (SELECT * FROM Countries X WHERE X.Code < 'BG') ${from('{WHERE} {ORDERBY}').replace('Countries A', 'own A')}`,
      below:
        'WITH twice AS (SELECT Y.Code FROM Countries Y) SELECT {FIELDS} FROM twice B WHERE B.Code = :Code',
    },
    { select: 'Code', orderby: { id: 'K0' }, datasets: { name: 'below', select: 'Code' } },
    (items) => items,
    ['AT', 'BE'].map((CODE) => ({ CODE, datasets: [{ name: 'BELOW', items: [{ CODE }] }] })),
  ],
  [
    'groups and a union in a derived table, after WITH',
    {
      sql: `WITH own AS (SELECT * FROM Countries) SELECT {FIELDS} FROM (SELECT X.Code, MIN(X.Name) AS Name FROM own X GROUP BY X.Code UNION SELECT 'XX', N'x') A {WHERE} {ORDERBY}`,
      fields: ['A.Code', 'A.Name'],
      joins: '',
    },
    { select: 'Code', orderby: { id: 'K0', ordering: 'desc' }, top: 1 },
    codes,
    ['XX'],
  ],
  [
    'DISTINCT',
    {
      sql: from('{WHERE} {ORDERBY}').replace('SELECT', 'SELECT DISTINCT'),
      fields: ['C.Code AS Code', "'x' AS Name"],
      keys: ['C.Code'],
    },
    { select: ['Code', 'Name'], orderby: { id: 'K0' }, skip: 1, top: 2 },
    codes,
    ['CZK', 'DKK'],
  ],
  [
    'DISTINCT with rows below',
    {
      sql: from('{WHERE} {ORDERBY}').replace('SELECT', 'SELECT DISTINCT'),
      fields: ["CASE WHEN C.Code = 'CZK' THEN 'CZ' ELSE 'SK' END AS Code"],
      below: 'SELECT {FIELDS} FROM Countries B WHERE B.Code = :Code',
    },
    { select: 'Code', datasets: { name: 'below', select: 'Code' } },
    (items) => items,
    ['CZ', 'SK'].map((CODE) => ({ CODE, datasets: [{ name: 'BELOW', items: [{ CODE }] }] })),
  ],
  [
    'DISTINCT of constants',
    {
      sql: from('{WHERE} {ORDERBY}').replace('SELECT', 'SELECT DISTINCT'),
      fields: ["'x' AS Code"],
    },
    { select: 'Code' },
    codes,
    ['x'],
  ],
  [
    'TOP in a subquery',
    {
      sql: from('{WHERE} {ORDERBY}').replace(
        'Countries A',
        '(SELECT TOP 2 * FROM Countries X ORDER BY X.Code DESC) A',
      ),
      fields: ['(SELECT TOP 1 Y.Code FROM Countries Y WHERE Y.ID = A.ID ORDER BY Y.Code) AS Code'],
    },
    { select: 'Code', orderby: { id: 'K0' } },
    (items) => items.length,
    2,
  ],
  [
    'long text that tells rows apart',
    { fields: ['CAST(A.Code AS ntext) AS Code'] },
    { select: 'Code', top: 1 },
    codes,
    ['AT'],
  ],
];

describe('a definition that SQL Server would refuse', () => {
  for (const [name, written, fault] of refused) {
    it(name, () => {
      assert.throws(
        () => loadDefinition(definition(written)),
        (error) => {
          assert.ok(error instanceof CatalogError);
          assert.ok(
            error.faults.some((one) => fault.test(one)),
            error.message,
          );
          return true;
        },
      );
    });
  }
});

describe('a definition that is right', () => {
  for (const [name, written, body, shown, expected] of right) {
    it(name, async () => {
      const { query, errors } = checkQuery(loadDefinition(definition(written)), body);
      assert.deepEqual(errors ?? [], []);
      const { items } = await engine.answer(buildStatement(query ?? assert.fail()));
      assert.deepEqual(shown(items), expected);
    });
  }
});
