/** `distinct` and `groupby` against the same rows put together in memory. */

import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { buildStatement } from '../../shared/dynsql/sql/statements.ts';
import { seededRandom } from '../support/random.ts';
import { type Item, startStandIn } from './engine.ts';
import { insert } from './rows.ts';

const engine = await startStandIn();
after(() => engine.close());

type Row = Record<
  'ID' | 'City' | 'Year' | 'Currency' | 'Amount' | 'Pieces',
  string | number | null
>;

const random = seededRandom(18);
const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
const rows = Array.from(
  { length: 80 },
  (_, index): Row => ({
    ID: index + 1,
    City: pick('Ukhta', "O'Hara", null),
    Year: pick(2019, 2020, null),
    Currency: pick('CZK', 'EUR'),
    Amount: pick(null, Math.round(random() * 100_000) / 100),
    Pieces: pick(2_000_000_000, 7, null),
  }),
);
await engine.run(
  'CREATE TABLE dbo.sales (ID int PRIMARY KEY, city nvarchar(20) NULL, year int NULL, currency char(3) NOT NULL, amount decimal(12, 2) NULL, pieces int NULL)',
);
await engine.run(
  insert(
    'dbo.sales',
    rows.map((row) => Object.values(row)),
  ),
);

const field = (fieldname: string, datatype: string, more: object = {}) => ({
  ...{ expression: `A.${fieldname}`, fieldname, datatype, ...more },
});
const text = {
  id: 'TESTGR0UPS0000000000000001',
  name: 'Sales',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.sales A {WHERE} {ORDERBY}',
      fields: [
        field('ID', 'dtInteger'),
        field('City', 'dtString'),
        field('Year', 'dtInteger'),
        field('Currency', 'dtString'),
        field('Amount', 'dtFloat', { aggregate: 'sum', currency: 'Currency' }),
        field('Pieces', 'dtInteger', { aggregate: 'sum' }),
        { ...field('Largest', 'dtFloat', { aggregate: 'max' }), expression: 'A.amount AS Largest' },
        { ...field('Least', 'dtFloat', { aggregate: 'min' }), expression: 'A.amount + 0 AS Least' },
        {
          ...field('Rows', 'dtString', { aggregate: 'count' }),
          expression: "A.city + N'' AS Rows",
        },
        { ...field('Mean', 'dtInteger', { aggregate: 'avg' }), expression: 'A.year + 0 AS Mean' },
      ],
      aliases: [{ alias: 'A' }],
    },
    {
      name: 'BELOW',
      master: 'MAIN',
      masterfields: 'Year',
      sql: 'SELECT {FIELDS} FROM dbo.sales A WHERE A.year = :Year {WHERE} {ORDERBY}',
      fields: [field('ID', 'dtInteger'), field('Pieces', 'dtInteger', { aggregate: 'sum' })],
      aliases: [{ alias: 'A' }],
    },
  ],
  conditions: [{ id: 'ID', dataset: 'MAIN', alias: 'A', datatype: 'ctInteger', template: 'INT' }],
  keys: [
    { id: 'Year', sql: 'A.Year', dataset: 'MAIN' },
    { id: 'City', sql: 'City', dataset: 'MAIN' },
    { id: 'Amount', sql: 'A.amount', dataset: 'MAIN' },
    { id: 'ID', sql: 'A.ID', dataset: 'MAIN' },
  ],
  templates: { INT: { type: 'int', range: '{ALIAS}.ID BETWEEN {FROM} AND {TO}' } },
};
const definition = loadDefinition(text);

const valuesOf = (group: readonly Row[], name: keyof Row): number[] =>
  group.flatMap((row) => (row[name] === null ? [] : [Number(row[name])]));
const sum = (values: readonly number[], scale: number) =>
  values.length === 0 ? null : Math.round(values.reduce((a, b) => a + b * scale, 0)) / scale;
const aggregates: Readonly<Record<string, (group: readonly Row[]) => number | null>> = {
  Amount: (group) => sum(valuesOf(group, 'Amount'), 100),
  Pieces: (group) => sum(valuesOf(group, 'Pieces'), 1),
  Largest: (group) => valuesOf(group, 'Amount').toSorted((a, b) => b - a)[0] ?? null,
  Least: (group) => valuesOf(group, 'Amount').toSorted((a, b) => a - b)[0] ?? null,
  Rows: (group) => group.filter(({ City }) => City !== null).length,
  Mean: (group) => {
    const years = valuesOf(group, 'Year');
    const mean = (sum(years, 1) ?? 0) / years.length;
    return years.length === 0 ? null : Math.trunc(mean * 1e6 + 1e-6) / 1e6;
  },
};

function grouped(list: readonly Row[], by: readonly string[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of list) {
    const key = JSON.stringify(by.map((name) => row[name as keyof Row]));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return by.length === 0 ? [[...list]] : [...groups.values()];
}

const itemOf = (group: readonly Row[], select: readonly string[]): Item =>
  Object.fromEntries(
    select.map((name) => [
      name.toUpperCase(),
      aggregates[name]?.(group) ?? (name in aggregates ? null : group[0]?.[name as keyof Row]),
    ]),
  );

const answer = (body: object) => {
  const { query, errors } = checkQuery(definition, body);
  assert.ok(query, JSON.stringify(errors));
  return engine.body(buildStatement(query));
};

const texts = (items: readonly Item[]) => items.map((item) => JSON.stringify(item)).toSorted();

describe('rows that are one', () => {
  const names = fc.subarray(['City', 'Year', 'Currency']);

  it('by groupby, as in memory', async () => {
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.subarray(Object.keys(aggregates), { minLength: 1 }),
        fc.nat({ max: 90 }),
        fc.boolean(),
        async (by, added, least, copies) => {
          const can = added.filter((name) => name !== 'Amount' || by.includes('Currency'));
          const select = [...by, ...can];
          if (select.length === 0) return;
          const where = { id: 'ID', value: { from: least } };
          const body = { select, where, groupby: by };
          const expected = grouped(
            rows.filter(({ ID }) => Number(ID) >= least),
            by,
          );
          const items = expected.map((group) => itemOf(group, select));
          const whole = await answer({ ...body, count: copies });
          assert.deepEqual(texts(whole.items), texts(items));
          if (copies) assert.equal(whole.count, items.length);
          const paged: Item[] = [];
          for (let next: string | true | undefined = true; next !== undefined; ) {
            const page = await answer({ ...body, top: 2, next });
            paged.push(...page.items);
            next = page.next;
          }
          assert.deepEqual(paged, whole.items);
        },
      ),
      { numRuns: Number(process.env['DYNSQL_QUERIES'] ?? 25), seed: 12 },
    );
  });

  it('by distinct, sorted by what is selected', async () => {
    for (const select of [['City'], ['Year', 'City'], ['Amount']]) {
      const { items } = await answer({
        select,
        distinct: true,
        orderby: { id: select[0], ordering: 'desc' },
      });
      const expected = grouped(rows, select).map(([row]) =>
        Object.fromEntries(select.map((name) => [name.toUpperCase(), row?.[name as keyof Row]])),
      );
      assert.deepEqual(texts(items), texts(expected));
      const first = items.map((item) => item[String(select[0]).toUpperCase()]);
      assert.equal(first.at(-1), null);
    }
  });

  it('sorted by what they add up to, with datasets of theirs below', async () => {
    const body = {
      select: ['Year', 'Currency', 'Amount'],
      groupby: ['Year', 'Currency'],
      orderby: { id: 'Amount', ordering: 'desc' },
      top: 3,
      datasets: { name: 'BELOW', select: 'Pieces', groupby: [] },
    };
    const { items } = await answer(body);
    const amounts = items.map((item) => Number(item['AMOUNT']));
    assert.deepEqual(
      amounts,
      amounts.toSorted((a, b) => b - a),
    );
    for (const { YEAR, datasets } of items) {
      const own = rows.filter(({ Year }) => Year !== null && Year === YEAR);
      const pieces = sum(valuesOf(own, 'Pieces'), 1);
      assert.deepEqual(datasets, [{ name: 'BELOW', items: [{ PIECES: pieces }] }]);
    }
  });

  const faults: [object, string, RegExp][] = [
    [{ select: 'ID', groupby: 'Year' }, 'select', /ID does not say how it adds up/],
    [{ select: ['Year', 'ID'], groupby: 'Year' }, 'select[1]', /Amount, Pieces/],
    [{ select: 'Amount', groupby: 'Year' }, 'groupby', /not added across currencies; put Currency/],
    [{ select: 'Year', groupby: 'Yaer' }, 'groupby', /did you mean Year\?/],
    [{ select: 'Year', groupby: 'Year', distinct: true }, 'distinct', /left out beside groupby/],
    [{ select: 'Year', distinct: 'yes' }, 'distinct', /true or false/],
    [
      { select: 'Year', distinct: true, orderby: [{ id: 'Year' }, { id: 'ID' }] },
      'orderby[1]',
      /cannot be sorted by ID/,
    ],
    [
      { select: 'City', distinct: true, datasets: { name: 'BELOW', select: 'ID' } },
      'distinct',
      /BELOW below refers to Year/,
    ],
  ];
  for (const [body, place, message] of faults) {
    it(`${JSON.stringify(body)} is a fault`, () => {
      const { errors = [] } = checkQuery(definition, body);
      const fault = errors.find((one) => one.field === place);
      assert.ok(fault, JSON.stringify(errors));
      assert.match(`${fault.message} ${fault.allowed}`, message);
    });
  }

  it('are left to databases of ours', () => {
    for (const [body, place] of [
      [{ select: 'Year', distinct: true }, 'distinct'],
      [{ select: 'Year', groupby: 'Year' }, 'groupby'],
    ] as const) {
      const { errors = [] } = checkQuery(definition, body, { templates: 'elsewhere' });
      assert.equal(errors[0]?.field, place);
      assert.match(errors[0]?.message ?? '', /cannot be used with ABRA Gen/);
    }
  });

  it('cannot be declared of what does not add up', () => {
    const [main, below] = text.datasets;
    const load = (more: object) => {
      const fields = [
        ...(main?.fields ?? []),
        { ...field('X', 'dtString'), expression: 'A.city', ...more },
      ];
      return () => loadDefinition({ ...text, datasets: [{ ...main, fields }, below] });
    };
    assert.throws(load({ aggregate: 'sum' }), /fields\[10\]\.aggregate: "sum" of dtString; use/);
    assert.throws(load({ aggregate: 'total' }), /fields\[10\]\.aggregate/);
    assert.throws(
      load({ aggregate: 'min', datatype: 'dtBoolean' }),
      /aggregate: "min" of dtBoolean/,
    );
    assert.throws(load({ currency: 'Curency' }), /currency.*did you mean Currency/);
  });
});
