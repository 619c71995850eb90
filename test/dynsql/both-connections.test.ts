/** The same rows in ABRA Gen and in a database of ours: one question, one answer. */

import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { DynsqlConnection } from '../../shared/app/connections/connection.ts';
import { DynsqlConnections } from '../../shared/app/connections/dynsql-connections.ts';
import { shippedCatalog } from '../../shared/catalog/index.ts';
import { makeDynsqlCatalog } from '../../shared/dynsql/language/dynsql-catalog.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { startConnections } from '../support/dynsql-connections.ts';
import { soon } from '../support/storage.ts';
import queries from './fixtures/queries-of-the-manual.json' with { type: 'json' };
import { insert } from './rows.ts';

const invoices = '40SBPEINEFD13ACM03KIU0CLP4';
const started = await startConnections();
const { abraGen, databases } = started;
after(() => started.close());

/** Few, but with those that the manual's example finds. */
const kept = `rowid % 20 = 0 OR ID = '2E00000101' OR DocDate$DATE BETWEEN 44149 AND 44150`;
for (const sql of [
  `DELETE FROM IssuedInvoices WHERE NOT (${kept})`,
  'DELETE FROM IssuedInvoices2 WHERE Parent_ID NOT IN (SELECT ID FROM IssuedInvoices)',
  'DELETE FROM IssuedInvoicesVAT WHERE Parent_ID NOT IN (SELECT ID FROM IssuedInvoices)',
  'DELETE FROM DocRowBatches WHERE Parent_ID NOT IN (SELECT ID FROM IssuedInvoices2)',
]) {
  abraGen.database.exec(sql);
}

const tables =
  'IssuedInvoices IssuedInvoices2 IssuedInvoicesVAT DocRowBatches DocQueues Periods Firms VATRates StoreCards StoreBatches';
for (const table of tables.split(' ')) {
  const columns = abraGen.database.prepare(`PRAGMA table_info(${table})`).all();
  const list = columns.map(({ name, type }) => {
    const isId = /(^|_)ID$/.test(String(name));
    const own = isId ? 'char(10)' : { INTEGER: 'int', REAL: 'float' }[String(type)];
    return `[${name}] ${own ?? 'nvarchar(200)'} NULL`;
  });
  const rows = abraGen.database.prepare(`SELECT * FROM ${table}`).all();
  const cells = rows.map((row) => Object.values(row) as (string | number | null)[]);
  await databases.query('ab', `CREATE TABLE ${table} (${list.join(', ')})`, [], soon());
  for (let from = 0; from < cells.length; from += 500) {
    await databases.query('ab', insert(table, cells.slice(from, from + 500)), [], soon());
  }
}

interface Condition {
  id: string;
  params: string;
  template: string;
  datatype: string;
}

/** What ABRA Gen keeps in its editor, which its answers do not tell. */
function templateOf({ id, params, template, datatype }: Condition): object {
  const param = (name: string) => new RegExp(`^${name}=(.*?)\r?$`, 'm').exec(params)?.[1] ?? '';
  const column = `{ALIAS}.${param('FIELDNAME') || id}`;
  const values = param('VALUES')
    .split(';')
    .map((value) => ({ value }));
  const like = { single: `${column} = {VALUE}`, pattern: `${column} LIKE {VALUE}` };
  const exact = (sql: string) => `${sql} COLLATE Latin1_General_BIN2`;
  switch (template) {
    case 'LKR4PB0W0NEL3DW201C0CX3F40':
      return { type: 'char(10)', single: like.single, list: `${column} IN {LIST}` };
    case 'T0TEXT0G2NEL3C5V00CA141B44':
      return {
        type: 'nvarchar(100)',
        single: exact(like.single),
        pattern: exact(like.pattern),
        flags: {
          CaseInsensitive: {
            single: `UPPER(${column}) = UPPER({VALUE})`,
            pattern: `UPPER(${column}) LIKE UPPER({VALUE})`,
          },
        },
      };
    case 'T0NUMBER2NEL3C5V00CA141B44':
      return {
        type: datatype === 'ctInteger' ? 'int' : 'float',
        single: like.single,
        range: `${column} BETWEEN {FROM} AND {TO}`,
      };
    case 'T0DATES02NEL3C5V00CA141B44':
      return { type: 'float', kind: 'date', range: `${column} >= {FROM} AND ${column} < {TO}` };
    case 'T0BOOLEANNEL3C5V00CA141B44':
      return { true: `${column} = 'A'`, false: `${column} = 'N'` };
    case 'T0ONEOF02NEL3C5V00CA141B44':
      return { type: 'varchar(2)', values, special: `CAST(${column} AS varchar(2)) = {VALUE}` };
    case 'T0SUBSET2NEL3C5V00CA141B44':
      return { type: 'varchar(2)', values, special: `CAST(${column} AS varchar(2)) IN {LIST}` };
    case 'T0FIXED02NEL3C5V00CA141B44':
      return { special: param('SPECIAL') };
    default:
      return { none: param('LINK'), flags: { [param('FLAG')]: { none: '1 = 1' } } };
  }
}

const demodata = started.connections.find('demodata') ?? assert.fail();
const bare = JSON.parse(await demodata.definition(invoices, soon()));
const own = {
  ...bare,
  timezone: 'Europe/Prague',
  conditions: bare.conditions.map((one: Condition, at: number) => ({ ...one, template: `T${at}` })),
  templates: Object.fromEntries(
    bare.conditions.map((one: Condition, at: number) => [`T${at}`, templateOf(one)]),
  ),
};
const both = new DynsqlConnections({
  catalog: shippedCatalog(),
  dynsql: makeDynsqlCatalog(
    { definitions: [{ name: 'dynsql/invoices.json', json: () => own }], reports: [] },
    'test',
  ),
  addresses: {
    demodata: {
      origin: abraGen.url,
      ...{ user: 'Supervisor', password: 'supervisor', trustServerCertificate: false },
    },
  },
  databases,
  stopping: new AbortController().signal,
  now: () => new Date('2026-11-30T12:00:00Z'),
});
after(() => both.close());

interface Dataset {
  name: string;
  items: (Record<string, unknown> & { datasets?: Dataset[] })[];
}

const connectionOf = (id: string): DynsqlConnection => both.find(id) ?? assert.fail();

async function ask(id: string, body: unknown): Promise<Dataset> {
  const answer = connectionOf(id).answer({ definition: invoices, body });
  return JSON.parse(await text(answer.make(soon())));
}

/** Places of the faults. */
async function faultsOf(id: string, body: unknown): Promise<string[]> {
  try {
    await connectionOf(id).answer({ definition: invoices, body }).dry(soon());
  } catch (error) {
    assert.ok(error instanceof QueryFault, String(error));
    return error.errors.map(({ field }) => field);
  }
  return [];
}

/** Rows that tie in a query's order come as the server likes. */
function inAnyOrder({ name, items }: Dataset): unknown {
  const sorted = items.map(({ datasets, ...item }) => ({
    ...item,
    ...(datasets && { datasets: datasets.map(inAnyOrder) }),
  }));
  return { name, items: sorted.map((item) => JSON.stringify(item)).toSorted() };
}

const [manual, ...others] = queries;

describe('through ABRA Gen and over a database of ours with the same data', () => {
  it("the manual's own example, word for word, finds the same two", async () => {
    const [theirs, ours] = [await ask('demodata', manual), await ask('ab', manual)];
    assert.deepEqual(ours, theirs);
    assert.equal(theirs.items.length, 2);
  });

  it('its other examples, too', async () => {
    for (const body of others) {
      const [theirs, ours] = [await ask('demodata', body), await ask('ab', body)];
      assert.deepEqual(ours, theirs);
      assert.ok(theirs.items.length <= 1);
    }
  });

  it('the same for any query, in whatever form its values come', async () => {
    const sizes: number[] = [];
    await fc.assert(
      fc.asyncProperty(query(), async (body) => {
        const [theirs, ours] = [await ask('demodata', body), await ask('ab', body)];
        assert.deepEqual(inAnyOrder(ours), inAnyOrder(theirs));
        sizes.push(theirs.items.length);
      }),
      { numRuns: Number(process.env['DYNSQL_QUERIES'] ?? 15), seed: 18 },
    );
    assert.ok(sizes.filter((size) => size > 0).length > sizes.length / 5, sizes.join(' '));
  });

  const where = (id: string, value: unknown) => ({ select: 'ID', where: { id, value } });
  const faults: [unknown, string][] = [
    [where('Firm_ID', "'J000000101'"), 'where.value'],
    [where('Firm_ID', 'J000000101,7000000101'), 'where.value'],
    [where('Firm_ID', ['J000000101', 'J00000010']), 'where.value[1]'],
    [where('Firm_ID', 'j000000101'), 'where.value'],
    [where('Firm_ID', '*'), 'where.value'],
    [where('Firm_ID', []), 'where.value'],
    [where('Firm_ID', [null]), 'where.value[0]'],
    [where('OrdNumber', 'x'), 'where.value'],
    [where('OrdNumber', 1.5), 'where.value'],
    [where('DocDate', '2020-02-30'), 'where.value'],
    [where('DocDate', ['2020-02-03', '2020-02-04', '2020-02-05']), 'where.value'],
    [where('SimplifiedVATDocument', 'true'), 'where.value'],
    [where('TradeType', ''), 'where.value'],
    [where('ESLCompleteKind', 1), 'where.value'],
    [{ datasets: [] }, 'select'],
    [{ select: 'ID', datasets: { name: 'rows', datasets: [] } }, 'datasets.select'],
  ];
  for (const [body, field] of faults) {
    it(`a fault at ${field}: ${JSON.stringify(body)}`, async () => {
      assert.deepEqual(await faultsOf('demodata', body), [field]);
      assert.deepEqual(await faultsOf('ab', body), [field]);
    });
  }
});

const sent: [what: string, value: unknown, normal: unknown][] = [
  ['OrdNumber', [5, 3], [3, 5]],
  ['OrdNumber', ['5', '03.0'], [3, 5]],
  ['ordnumber', [4], 4],
  ['Amount', '12345678901234.12340', '12345678901234.1234'],
  ['Amount', ['1e3', 1.5], [1.5, 1000]],
  ['DocDate', '2020-11-14', ['2020-11-14', '2020-11-14']],
  ['DocDate', [44150, '2020-11-14'], ['2020-11-14', '2020-11-15']],
  [
    'DOCDATE',
    ['2020-11-14T23:00:00.000Z', '2020-11-14'],
    ['2020-11-14T00:00:00.000', '2020-11-14T23:00:00.000Z'],
  ],
  ['DocDate', 44149.5, ['2020-11-14T12:00:00.000', '2020-11-14T12:00:00.000']],
  [
    'DocDate',
    ['2020-11-14 12:00+02:00', '2020-11-14T10:30'],
    ['2020-11-14T10:30:00.000', '2020-11-14T10:00:00.000Z'],
  ],
  ['Firm_ID', ['J000000101'], 'J000000101'],
  ['TradeType', [9, ' 3 ', '9'], '9;3'],
  ['IntrastatCompleteKind', [0], '0'],
  ['SimplifiedVATDocument', [false], false],
  ['Description', ['*x*'], '*x*'],
];

describe('a query is sent in one form', () => {
  for (const [id, value, normal] of sent) {
    it(`${id} ${JSON.stringify(value)}`, async () => {
      const body = { SELECT: 'id', Where: { ID: id, value, flags: 'a' } };
      const dry = await connectionOf('demodata').answer({ definition: invoices, body }).dry(soon());
      assert.ok('query' in dry);
      const known = bare.conditions.find(
        (one: Condition) => one.id.toUpperCase() === id.toUpperCase(),
      );
      const where = [{ id: known.id, value: normal, flags: ['a'] }];
      // Digits that a double does not hold are compared as text.
      const written = JSON.stringify(dry.query).replace(/:(\d{16,}|\d+\.\d{4,})/, ':"$1"');
      assert.deepEqual(JSON.parse(written), { select: ['ID'], where });
      if (written !== JSON.stringify(dry.query)) return;
      const again = await connectionOf('demodata')
        .answer({ definition: invoices, body: dry.query })
        .dry(soon());
      assert.deepEqual(again, dry);
    });
  }

  const ours: [unknown, string, RegExp?][] = [
    [{ or: [{ id: 'OrdNumber', value: 1 }] }, 'where.or', /joins conditions by AND only/],
    [{ not: { id: 'OrdNumber', value: 1 } }, 'where.not'],
    [{ and: [{ not: { id: 'Rows' } }, { id: 'OrdNumber', value: 'x' }] }, 'where.and[0].not'],
    [{ id: 'Firm_ID', isNull: true }, 'where.isNull', /does not ask for what is empty/],
    [{ id: 'OrdNumber', value: { from: 3 } }, 'where.value.from', /ranges have both ends/],
    [{ id: 'DocDate', value: { to: '2020-11-14' } }, 'where.value.to', /ranges have both ends/],
    [{ id: 'OrdNumber', value: { from: 5, to: 3 } }, 'where.value.to', /no less than from/],
    [{ id: 'OrdNumber', value: { in: [3, 5] } }, 'where.value.in', /two values are a range/],
    [{ id: 'OrdNumber', value: { in: [3], from: 5 } }, 'where.value.from', /no range beside/],
    [{ id: 'Firm_ID', value: { from: 'J000000101', to: 'J000000102' } }, 'where.value.from'],
    [{ id: 'DocDate', value: { in: ['2020-11-14', 'x', 'y'] } }, 'where.value.in'],
  ];
  for (const [where, field, message] of ours) {
    it(`or is a 400 at ${field}: ${JSON.stringify(where)}`, async () => {
      const answer = connectionOf('demodata').answer({
        definition: invoices,
        body: { select: 'ID', where },
      });
      await assert.rejects(answer.dry(soon()), (error: unknown) => {
        assert.ok(error instanceof QueryFault);
        assert.ok(error.errors.map((one) => one.field).includes(field), error.message);
        assert.match(error.message, message ?? /./);
        return true;
      });
    });
  }

  it('without the joins that AND is anyway', async () => {
    const where = {
      and: [
        { id: 'ordnumber', value: { from: 3, to: 5 } },
        { and: { id: 'firm_id', value: { in: ['J000000101', '7000000101'] } } },
      ],
    };
    const body = { select: 'id', where };
    const dry = await connectionOf('demodata').answer({ definition: invoices, body }).dry(soon());
    assert.deepEqual(dry, {
      query: {
        select: ['ID'],
        where: [
          { id: 'OrdNumber', value: [3, 5] },
          { id: 'Firm_ID', value: ['J000000101', '7000000101'] },
        ],
      },
    });
  });

  it('with names as they are declared, in the order of the definition', async () => {
    const body = {
      orderby: [
        { id: 'docdate', ordering: 'DESC' },
        { ID: 'ordnumber', ordering: 'asc' },
      ],
      datasets: [
        { name: 'vatrates', select: 'name' },
        {
          name: 'rows',
          where: { id: 'text', value: 'x' },
          datasets: { name: 'batches', select: ['qunit', 'QUNIT'] },
        },
      ],
    };
    const dry = await connectionOf('demodata').answer({ definition: invoices, body }).dry(soon());
    assert.deepEqual(dry, {
      query: {
        orderby: [{ id: 'DocDate', ordering: 'desc' }, { id: 'OrdNumber' }],
        datasets: [
          { name: 'ROWS', where: [{ id: 'Text', value: 'x' }] },
          { name: 'BATCHES', select: ['QUnit'] },
          { name: 'VATRates', select: ['Name'] },
        ],
      },
    });
  });
});

/** Random queries: conditions that find something, in forms that people write. */
function query(): fc.Arbitrary<unknown> {
  const some = <T>(...values: T[]) => fc.constantFrom(...values);
  const maybeAlone = (list: readonly unknown[], alone: boolean) =>
    alone && list.length === 1 ? list[0] : list;
  const firms = abraGen.database
    .prepare('SELECT ID FROM Firms')
    .all()
    .map((row) => row['ID']);
  const day = fc.integer({ min: 43_100, max: 45_200 });
  const date = fc.oneof(
    day,
    day.map((value) => new Date((value - 25_569) * 86_400_000).toISOString().slice(0, 10)),
    fc
      .tuple(day, fc.integer({ min: 0, max: 95 }), some('', 'Z', '+02:00'))
      .map(([value, quarter, zone]) => {
        const at = new Date((value - 25_569) * 86_400_000 + quarter * 900_000);
        return `${at.toISOString().slice(0, 19)}${zone}`;
      }),
  );
  const pair = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 2 });
  const values: Record<string, fc.Arbitrary<unknown>> = {
    Firm_ID: fc.array(fc.constantFrom(...firms), { minLength: 1, maxLength: 9 }),
    OrdNumber: pair(fc.integer({ min: 1, max: 400 })).map((list) => maybeAlone(list, true)),
    Amount: fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 5_000, max: 90_000 })),
    DocDate: pair(date),
    CreatedAt: fc.tuple(date, date),
    Description: some('*hello*', '*', 'K*', '*a*e*', 'hello'),
    SimplifiedVATDocument: fc.boolean(),
    TradeType: fc.subarray(['1', '2', '3', '5', '9'], { minLength: 1 }).map((all) => all.join(';')),
    IntrastatCompleteKind: some<unknown>('0', 1, ['2']),
    ESLCompleteKind: fc.constant(undefined),
    Rows: fc.constant(undefined),
  };
  const condition = fc.constantFrom(...Object.keys(values)).chain((id) =>
    (values[id] ?? fc.constant(undefined)).map((value) => ({
      id: id.toLowerCase(),
      ...(value !== undefined && { value }),
    })),
  );
  const fieldsOf = (name: string) => {
    const known: { name: string; fields: { fieldname: string }[] }[] = bare.datasets;
    const dataset = known.find((one) => one.name.toLowerCase() === name) ?? assert.fail();
    const names = dataset.fields.map(({ fieldname }) => fieldname);
    return fc.subarray(names, { minLength: 1, maxLength: 6 });
  };
  return fc
    .record({
      select: fieldsOf('main'),
      where: fc.array(condition, { maxLength: 2 }),
      orderby: fc.subarray([{ id: 'document', ordering: 'desc' }, { id: 'amount' }]),
      datasets: fc
        .subarray(['rows', 'batches', 'vatrates'])
        .chain((names) =>
          fc.tuple(...names.map((name) => fieldsOf(name).map((select) => ({ name, select })))),
        ),
    })
    .map(({ select, where, orderby, datasets }) => ({
      select,
      where: maybeAlone(where, true),
      ...(orderby.length > 0 && { orderby: maybeAlone(orderby, true) }),
      ...(datasets.length > 0 && { datasets }),
    }));
}
