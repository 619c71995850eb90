/** The examples of ABRA's manual: its countries, and every query it prints. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import shippedCountries from '../../catalog/dynsql/countries.json' with { type: 'json' };
import type { Statement } from '../../shared/dynsql/definition.ts';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition, parseDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import countries from './fixtures/countries-of-the-manual.json' with { type: 'json' };
import invoices from './fixtures/issued-invoices.json' with { type: 'json' };
import queries from './fixtures/queries-of-the-manual.json' with { type: 'json' };

const [large, byId, report] = queries;
const definition = loadDefinition(invoices);

function built(body: unknown): Statement {
  const { query, errors } = checkQuery(definition, body);
  assert.deepEqual(errors ?? [], []);
  assert.ok(query);
  return buildStatement(query);
}

/** Every member of `part` is in `whole`; items of a list in any place. */
function includes(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((one) => includes(one, item)));
  }
  if (typeof part !== 'object' || part === null) return whole === part;
  return Object.entries(part).every(([key, value]) =>
    includes(Reflect.get(Object(whole), key), value),
  );
}

describe('the definition of countries', () => {
  it('as the manual prints it is read unchanged', () => {
    const read = parseDefinition(countries);
    assert.ok(includes(read.document, countries));
    assert.deepEqual(
      read.root.children.map(({ name }) => name),
      ['HISTORY'],
    );
  });

  it('lacks what the manual left out', () => {
    assert.throws(() => loadDefinition(countries), {
      faults: [
        'datasets[1].masterfields: "ID" is not a field of MAIN; use one of ObjVersion, Hidden, Code, Currency_DocVATRounding',
      ],
    });
  });

  it('that is shipped has every member of the printed one', () => {
    assert.ok(includes(shippedCountries, countries));
    assert.ok(!includes(countries, shippedCountries), 'and more');
  });
});

describe('the queries of the manual', () => {
  it('the large one uses every kind of value', () => {
    const { levels, sql, parameters } = built(large);
    assert.deepEqual(
      levels.map(({ dataset, depth, parent, children }) => [dataset, depth, parent, children]),
      [
        ['MAIN', 0, undefined, [1, 3]],
        ['ROWS', 1, 0, [2]],
        ['BATCHES', 2, 1, []],
        ['VATRates', 1, 0, []],
      ],
    );
    const [root = ''] = sql.split(', [__l1]');
    assert.deepEqual(root.split(/ WHERE | AND (?=\()/), [
      'WITH [__l0] AS (SELECT CAST(ROW_NUMBER() OVER (ORDER BY A.DocDate$DATE DESC, A.OrdNumber, A.ID) AS int) AS [n0], A.ID AS [c0], Q.Code AS [c1], P.Code AS [c2], A.OrdNumber AS [c3], A.Amount-A.PaidAmount AS [c4], A.DocDate$DATE AS [c5], A.ID AS [m0] FROM IssuedInvoices A JOIN DocQueues Q ON Q.ID=A.DocQueue_ID JOIN Periods P ON P.ID=A.Period_ID',
      "(A.Firm_ID IN (SELECT [v] FROM OPENJSON(@p1) WITH ([v] char(10) '$')))",
      "(A.Simplified = 'A')",
      "(A.TradeType IN (SELECT [v] FROM OPENJSON(@p2) WITH ([v] int '$')))",
      '(1 = 1)',
      '(A.Intrastat = 0)',
      '(A.DocDate$DATE >= @p3 AND A.DocDate$DATE < @p4)',
      '(UPPER(A.Description) LIKE UPPER(@p5))',
      '(A.OrdNumber BETWEEN @p6 AND @p7)',
      "(A.ESLComplete = 'N'))",
    ]);
    const [firms, trades, from, to, ...rest] = parameters;
    assert.deepEqual(
      [firms?.value, trades?.value],
      ['["J000000101","7000000101","2000000101"]', '["3","9"]'],
    );
    assert.deepEqual(
      rest.slice(0, 3).map(({ value }) => value),
      ['%hello%', 3, 5],
    );
    // 12:00Z and 23:00Z of 14 November are 13:00 and midnight in Prague; the later comes first.
    const minute = 1 / 1440;
    assert.ok(Math.abs(Number(from?.value) - (44149 + 13 / 24)) < minute);
    assert.ok(Math.abs(Number(to?.value) - 44150) < minute);
  });

  it('a value that a fragment has twice is one parameter', () => {
    const twice = structuredClone(invoices);
    const { flags } = twice.templates.TPL00000000000000000000007;
    flags.CaseInsensitive.pattern = '{ALIAS}.Description LIKE {VALUE} OR {ALIAS}.Text LIKE {VALUE}';
    const { query } = checkQuery(loadDefinition(twice), large);
    assert.ok(query);
    const { sql, parameters } = buildStatement(query);
    assert.match(sql, /\(A\.Description LIKE @p5 OR A\.Text LIKE @p5\)/);
    assert.deepEqual(parameters, built(large).parameters);
  });

  it('joins only what is used', () => {
    const { sql } = built({ select: 'Period_Code' });
    assert.equal(
      sql,
      'SELECT P.Code AS [c0] FROM IssuedInvoices A JOIN Periods P ON P.ID=A.Period_ID ORDER BY A.ID',
    );
  });

  it('one invoice with datasets, whose parent comes along without fields', () => {
    const [main, rows, batches] = built(byId).levels;
    assert.deepEqual(
      main?.columns.map(({ key }) => key),
      ['ID', 'DOCQUEUE_CODE', 'PERIOD_CODE', 'ORDNUMBER', 'NOTPAIDAMOUNT', 'DOCDATE$DATE'],
    );
    assert.deepEqual(rows?.columns, []);
    assert.deepEqual(batches?.positions, ['n0', 'n1', 'n2']);
    assert.deepEqual(batches?.parentKey, [{ own: 'k0_2', parent: 'm0_1' }]);
  });

  it('that of the report, with single values and a list of one', () => {
    const { parameters } = built(report);
    assert.deepEqual(parameters, [{ name: 'p1', type: 'char(10)', value: '1400000101' }]);
  });

  it('fit what ABRA Gen gives out, which has no templates', () => {
    const { templates: _, ...bare } = invoices;
    const theirs = parseDefinition(bare);
    for (const query of queries) {
      assert.ok(checkQuery(theirs, query, { templates: 'elsewhere' }).query);
    }
  });
});
