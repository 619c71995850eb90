import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkQuery, requireQuery } from '../../shared/dynsql/language/query.ts';
import { loadDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { seededRandom } from '../support/random.ts';
import invoices from './fixtures/issued-invoices.json' with { type: 'json' };
import { models } from './model.ts';
import { queries } from './random-query.ts';
import { makeWorld } from './rows.ts';

const definition = loadDefinition(invoices);

/** `place: message` of every fault. */
const faultsOf = (body: unknown) =>
  (checkQuery(definition, body).errors ?? []).map(({ field, message }) => [field, message]);

const where = (condition: unknown) => ({ select: 'ID', where: [{ id: 'Rows' }, condition] });

const deep = (levels: number): unknown =>
  levels === 0 ? { id: 'Rows' } : { not: deep(levels - 1) };

const faults: [string, unknown, string, RegExp][] = [
  ['no object', 7, 'body', /an object with select/],
  ['nothing', undefined, 'body', /body is needed/],
  ['no select', {}, 'select', /select is needed/],
  ['no datasets', { datasets: [] }, 'select', /select is needed/],
  [
    'none below',
    { datasets: [{ name: 'rows', datasets: [] }] },
    'datasets[0].select',
    /select is needed/,
  ],
  ['an empty select', { select: [] }, 'select', /at least one field of MAIN, such as ID/],
  ['an unknown key', { select: 'ID', wher: [] }, 'wher', /no key here \(did you mean where\?\)/],
  ['a key twice', { select: 'ID', SELECT: 'ID' }, 'SELECT', /there twice, in another case/],
  ['an unknown field', { select: ['ID', 'OrdNumer'] }, 'select[1]', /did you mean OrdNumber\?/],
  ['a field that is no text', { select: ['ID', 5] }, 'select[1]', /5 is no field of MAIN/],
  ['an unknown condition', where({ id: 'Firm' }), 'where[1].id', /is no condition of MAIN/],
  ['a single one', { select: 'ID', where: { id: 'x' } }, 'where.id', /is no condition of MAIN/],
  ['no id', where({ value: 1 }), 'where[1].id', /is needed/],
  ['a condition that is none', where('Rows'), 'where[1]', /an object with id, value, flags/],
  ['a misspelt key', where({ Id: 'ID', Valu: 1 }), 'where[1].Valu', /did you mean value\?/],
  ['no value', where({ id: 'Firm_ID' }), 'where[1].value', /is needed/],
  ['null', where({ id: 'Firm_ID', value: null }), 'where[1].value', /text of ASCII/],
  ['an object', where({ id: 'Firm_ID', value: {} }), 'where[1].value', /text of ASCII/],
  [
    'a part that is none',
    where({ id: 'OrdNumber', value: { form: 1 } }),
    'where[1].value.form',
    /mean from/,
  ],
  [
    'no range',
    where({ id: 'Firm_ID', value: { from: 'x' } }),
    'where[1].value.from',
    /takes no range/,
  ],
  [
    'no range, of both ends',
    where({ id: 'Firm_ID', value: { from: 'x', to: 'y' } }),
    'where[1].value.from',
    /takes no range/,
  ],
  ['no list', where({ id: 'OrdNumber', value: { in: [1] } }), 'where[1].value.in', /takes no list/],
  [
    'ends turned round',
    where({ id: 'OrdNumber', value: { from: 2, to: 1 } }),
    'where[1].value.to',
    /no less than from/,
  ],
  [
    'days turned round',
    where({ id: 'DocDate', value: { from: '2020-02-02', to: '2020-02-01' } }),
    'where[1].value.to',
    /no less than from/,
  ],
  [
    'an end that is none',
    where({ id: 'DocDate', value: { to: 'x' } }),
    'where[1].value.to',
    /a date/,
  ],
  ['an empty or', where({ or: [] }), 'where[1].or', /is an empty list/],
  [
    'an id beside or',
    where({ or: { id: 'Rows' }, id: 'Rows' }),
    'where[1].id',
    /cannot stand beside or/,
  ],
  [
    'within not',
    where({ not: [{ id: 'Rows' }, { id: 'Row' }] }),
    'where[1].not[1].id',
    /mean Rows/,
  ],
  [
    'isNull of whatever',
    where({ id: 'Firm_ID', isNull: 'yes' }),
    'where[1].isNull',
    /true or false/,
  ],
  [
    'isNull that is not there',
    where({ id: 'Rows', isNull: true }),
    'where[1].isNull',
    /has no isNull/,
  ],
  [
    'a value beside',
    where({ id: 'Firm_ID', isNull: true, value: 1 }),
    'where[1].value',
    /beside isNull/,
  ],
  ['too deep', where(deep(11)), `where[1]${'.not'.repeat(11)}`, /at most 10 levels deep/],
  ['an empty list', where({ id: 'Firm_ID', value: [] }), 'where[1].value', /empty list/],
  ['a long text', where({ id: 'ID', value: ['x', '12345678901'] }), 'where[1].value[1]', /10 char/],
  ['a value too many', where({ id: 'ESLCompleteKind', value: 1 }), 'where[1].value', /left out/],
  ['no boolean', where({ id: 'SimplifiedVATDocument', value: 'x' }), 'where[1].value', /true or/],
  ['three of a range', where({ id: 'OrdNumber', value: [1, 2, 3] }), 'where[1].value', /two of th/],
  ['a fraction', where({ id: 'OrdNumber', value: 1.5 }), 'where[1].value', /a whole number/],
  ['too great a number', where({ id: 'OrdNumber', value: [1, 3e9] }), 'where[1].value[1]', /21474/],
  ['a list for text', where({ id: 'Description', value: ['a', 'b'] }), 'where[1].value', /pattern/],
  ['none of the declared', where({ id: 'TradeType', value: '3;8' }), 'where[1].value', /"8" is no/],
  ['nothing declared', where({ id: 'TradeType', value: '' }), 'where[1].value', /"" is no value/],
  [
    'two of one',
    where({ id: 'IntrastatCompleteKind', value: ['0', '1'] }),
    'where[1].value',
    /one/,
  ],
  [
    'an unknown flag',
    where({ id: 'Description', value: 'x', flags: 'CaseInsensitiv' }),
    'where[1].flags',
    /did you mean CaseInsensitive\?/,
  ],
  ['a day that is none', where({ id: 'DocDate', value: '2020-02-30' }), 'where[1].value', /a date/],
  [
    'an hour that is none',
    where({ id: 'DocDate', value: ['2020-02-03', '2020-02-03T25:00'] }),
    'where[1].value[1]',
    /a date/,
  ],
  ['a number that is no day', where({ id: 'DocDate', value: 1e9 }), 'where[1].value', /days since/],
  ['no template', where({ id: 'OfTheirsOnly', value: 1 }), 'where[1].id', /has no template for it/],
  [
    'an unknown key to sort by',
    { select: 'ID', orderby: [{ id: 'DocDat' }] },
    'orderby[0].id',
    /did you mean DocDate\?/,
  ],
  [
    'a direction',
    { select: 'ID', orderby: { id: 'DocDate', ordering: 'up' } },
    'orderby.ordering',
    /asc or desc/,
  ],
  [
    'an unknown dataset',
    { select: 'ID', datasets: { name: 'batch' } },
    'datasets.name',
    /is no dataset below MAIN/,
  ],
  [
    'itself',
    { select: 'ID', datasets: [{ name: 'main', select: 'ID' }] },
    'datasets[0].name',
    /is no dataset below MAIN/,
  ],
  [
    'a dataset twice',
    {
      datasets: [
        { name: 'rows', select: 'ID' },
        { name: 'ROWS', select: 'ID' },
      ],
    },
    'datasets[1].name',
    /ROWS is there twice/,
  ],
  [
    'below another',
    { datasets: [{ name: 'vatrates', datasets: [{ name: 'batches', select: 'ID' }] }] },
    'datasets[0].datasets[0].name',
    /no dataset below VATRates/,
  ],
  ['a dataset without select', { datasets: { name: 'rows' } }, 'datasets.select', /is needed/],
  [
    'a condition of another dataset',
    { datasets: [{ name: 'rows', select: 'ID', where: { id: 'ID', value: 'x' } }] },
    'datasets[0].where.id',
    /is no condition of ROWS/,
  ],
  [
    'top below the root',
    { datasets: [{ name: 'rows', select: 'ID', top: 1 }] },
    'datasets[0].top',
    /no key here/,
  ],
  ['top', { select: 'ID', top: 0 }, 'top', /a whole number from 1 to/],
  ['skip', { select: 'ID', skip: '1' }, 'skip', /a whole number from 0 to/],
];

describe('a query that does not fit', () => {
  for (const [name, body, field, message] of faults) {
    it(name, () => {
      const found = faultsOf(body);
      const fault = found.find(([place]) => place === field);
      assert.ok(fault, `no fault at ${field}: ${JSON.stringify(found)}`);
      assert.match(String(fault[1]), message);
    });
  }

  it('is told everything at once', () => {
    const found = faultsOf({ select: 'x', where: { id: 'y' }, orderby: { id: 'z' }, top: -1 });
    assert.deepEqual(
      found.map(([field]) => field),
      ['top', 'select', 'orderby.id', 'where.id'],
    );
  });

  it('is told a slip once, with what else is wrong below it', () => {
    const cases: [body: object, fields: string[]][] = [
      [{ selct: 'ID' }, ['selct']],
      [{ selct: 'x' }, ['selct', 'selct']],
      [where({ di: 'ID', value: 'x' }), ['where[1].di']],
      [where({ id: 'Firm_ID', valeu: 'J000000101' }), ['where[1].valeu']],
      [{ select: 'ID', orderby: { di: 'DocDate' } }, ['orderby.di']],
      [{ datasets: { nmae: 'rows', select: 'ID' } }, ['datasets.nmae']],
      [{ select: 'ID', selct: 'x' }, ['selct']],
      [{ x: 'ID' }, ['x', 'select']],
    ];
    for (const [body, fields] of cases) {
      assert.deepEqual(
        faultsOf(body).map(([field]) => field),
        fields,
        JSON.stringify(body),
      );
    }
  });

  it('is told ten faults of a hundred thousand', () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => [`selec${n}`, 1]);
    assert.equal(faultsOf(Object.fromEntries(keys)).length, 10);
    const value = Array(10_000).fill({ deep: ['x'.repeat(1_000)] });
    assert.ok(faultsOf({ select: Array(1_000).fill(value) }).length <= 11);
  });

  it('is a problem with all of it', () => {
    assert.throws(() => requireQuery(definition, { select: 'x', top: 0 }), {
      name: 'QueryFault',
      kind: 'unfit',
    });
  });

  it('never throws, whatever it is', () => {
    const names = fc.constantFrom(
      'select',
      'where',
      'id',
      'value',
      'datasets',
      'name',
      'ROWS',
      'ID',
    );
    const { body } = fc.letrec((tie) => ({
      body: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(names, fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
        fc.array(tie('body'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(names, fc.string()), tie('body'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(body, (given) => {
        for (const { field, allowed, message } of checkQuery(definition, given).errors ?? []) {
          assert.ok(field && allowed && message);
        }
      }),
      { numRuns: Number(process.env['DYNSQL_QUERIES'] ?? 500) },
    );
  });
});

/** Ways to spoil any query, each with the places where the fault must be. */
const spoilers: ((body: Record<string, unknown>) => [Record<string, unknown>, RegExp])[] = [
  (body) => [{ ...body, [keyOf(body, 'select')]: ['no_such_field'] }, /^select/i],
  (body) => [{ ...body, [keyOf(body, 'where')]: [{ id: 'no such condition' }] }, /^where/i],
  (body) => [{ ...body, orderby: { id: "x'; DROP TABLE y--" } }, /^orderby/],
  (body) => [{ ...body, datasets: [{ name: 'nowhere', select: 'x' }] }, /^datasets\[0\]\.name/],
  (body) => [{ ...body, top: -3 }, /^top/],
  (body) => [{ ...body, skip: 0.5 }, /^skip/],
  (body) => [{ ...body, surprise: 1 }, /^surprise/],
];
const keyOf = (body: Record<string, unknown>, name: string) =>
  Object.keys(body).find((key) => key.toLowerCase() === name) ?? name;

describe('a random query over the shipped definitions', () => {
  const definitions = new Map(shippedDynsql().definitions.map((one) => [one.id, one]));
  const random = queries(models(makeWorld(seededRandom(9))));

  it('that is spoilt is told where', () => {
    fc.assert(
      fc.property(random, fc.constantFrom(...spoilers), ({ id, body }, spoil) => {
        const [spoilt, place] = spoil(body);
        const { errors = [] } = checkQuery(definitions.get(id) ?? definition, spoilt);
        assert.ok(
          errors.some(({ field }) => place.test(field)),
          JSON.stringify(errors),
        );
      }),
      { numRuns: Number(process.env['DYNSQL_QUERIES'] ?? 500) },
    );
  });
});
