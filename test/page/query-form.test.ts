/** The form of a query: what it makes, where faults belong, and that the API takes what it can make. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Help, HelpCondition, HelpDataset } from '../../page/api/schema.d.ts';
import {
  bodyOf,
  type ConditionForm,
  emptyLevel,
  type Form,
  fieldsKey,
  isAsked,
  type LevelForm,
  type NodeForm,
  numberText,
  placeOfFault,
  type QueryForm,
  rowsKey,
} from '../../page/views/queries/form.ts';
import { formOfBody } from '../../page/views/queries/form-of-body.ts';
import { leftOut } from '../../page/views/queries/left-out.ts';
import { helpOf } from '../../shared/dynsql/help/help.ts';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';

const definitions = [...shippedDynsql().definitions];
/** As it is sent. */
function helpFor(definition: (typeof definitions)[number]): Help {
  const help = helpOf({ definition, templates: 'needed', reports: [] }, '/ab/dynsql/x', 'en');
  return JSON.parse(JSON.stringify(help));
}

const condition = (
  id: string,
  forms: Form[],
  kind?: 'text' | 'number' | 'date',
): HelpCondition => ({
  ...{ id, text: '', forms },
  ...(kind && { value: { kind } }),
});
const rows: HelpDataset = {
  ...{ name: 'ROWS', masterfields: ['id'], unique: [], keys: [], datasets: [] },
  fields: [
    { ...field('amount'), aggregate: 'sum', currency: 'currency' },
    field('currency'),
    { ...field('pieces'), aggregate: 'count' },
  ],
  conditions: [condition('amount', ['one', 'range', 'list'], 'number')],
};
const root: HelpDataset = {
  ...{ name: 'MAIN', fields: [field('id'), field('name')], unique: ['id'], datasets: [rows] },
  conditions: [
    condition('name', ['one', 'pattern', 'list', 'isNull'], 'text'),
    condition('day', ['one', 'range'], 'date'),
    condition('paid', ['boolean']),
    condition('all', ['none']),
    condition('kinds', ['some declared']),
  ],
  keys: [{ id: 'name' }],
};
function field(name: string) {
  return { name, key: name.toUpperCase(), datatype: 'dtString', type: 'text' };
}
const given = (id: string, form: Form, ...values: string[]): ConditionForm => ({
  ...{ key: `k-${id}`, id, form, values, flags: [] },
});
const form = (main: Partial<LevelForm>, below: Partial<LevelForm> = {}, top = ''): QueryForm => {
  return { levels: { MAIN: { ...emptyLevel, ...main }, ROWS: { ...emptyLevel, ...below } }, top };
};

const bodies: [what: string, form: QueryForm, body: object][] = [
  ['nothing', form({}), {}],
  ['fields and top', form({ fields: ['id'] }, {}, '1 000'), { select: ['id'], top: 1000 }],
  [
    'no such top: as it was typed, for the API to refuse',
    form({ fields: ['id'] }, {}, 'many'),
    { select: ['id'], top: 'many' },
  ],
  [
    'a range of dates',
    form({ where: [given('day', 'range', '2026-01-01', '2026-01-31')] }),
    { where: [{ id: 'day', value: ['2026-01-01', '2026-01-31'] }] },
  ],
  [
    'ranges that are open',
    form({
      where: [given('day', 'range', '2026-01-01', ''), given('day', 'range', '', '2026-02-01')],
    }),
    {
      where: [
        { id: 'day', value: { from: '2026-01-01' } },
        { id: 'day', value: { to: '2026-02-01' } },
      ],
    },
  ],
  [
    'what lacks a value',
    form({ where: [given('day', 'range', '', ''), given('name', 'one', '')] }),
    {},
  ],
  [
    'a switch, no value, none there, some of the declared',
    form({
      where: [
        given('paid', 'boolean', 'false'),
        given('all', 'none'),
        given('name', 'isNull', 'true'),
        given('kinds', 'some declared', '3', '9'),
      ],
    }),
    {
      where: [
        { id: 'paid', value: false },
        { id: 'all' },
        { id: 'name', isNull: true },
        { id: 'kinds', value: ['3', '9'] },
      ],
    },
  ],
  [
    'groups, of which an empty one is left out',
    form({
      where: [
        {
          key: 'g',
          join: 'or',
          nodes: [given('name', 'pattern', 'A*'), given('name', 'one', 'B')],
        },
        { key: 'h', join: 'not', nodes: [given('name', 'one', '')] },
      ],
    }),
    {
      where: [
        {
          or: [
            { id: 'name', value: 'A*' },
            { id: 'name', value: 'B' },
          ],
        },
      ],
    },
  ],
  [
    'two values of a list that could be a range',
    form({}, { fields: ['amount'], where: [given('amount', 'list', '1 000,50', '2')] }),
    {
      datasets: [
        {
          name: 'ROWS',
          select: ['amount'],
          where: [{ id: 'amount', value: { in: ['1000.50', '2'] } }],
        },
      ],
    },
  ],
  [
    'conditions of a dataset that is not asked for',
    form({ fields: ['id'] }, { where: [given('amount', 'one', '1')] }),
    { select: ['id'] },
  ],
  [
    'keys, and rows that are equal',
    form({ fields: ['name'], orderby: [{ id: 'name', isDown: true }], distinct: true }),
    { select: ['name'], orderby: [{ id: 'name', ordering: 'desc' }], distinct: true },
  ],
  [
    'groups: what does not add up, the currency of what does, what rows below refer to',
    form({ fields: ['name'], groupby: [] }, { fields: ['pieces', 'amount'], groupby: [] }),
    {
      select: ['name'],
      groupby: ['name', 'id'],
      datasets: [{ name: 'ROWS', select: ['pieces', 'amount'], groupby: ['currency'] }],
    },
  ],
  [
    'groups that are equal in an amount and in what is not selected',
    form({}, { fields: ['amount'], groupby: ['amount', 'pieces'] }),
    { datasets: [{ name: 'ROWS', select: ['amount'], groupby: ['amount', 'pieces'] }] },
  ],
  [
    'one row of all',
    form({}, { fields: ['pieces'], groupby: [] }),
    { datasets: [{ name: 'ROWS', select: ['pieces'], groupby: [] }] },
  ],
];
for (const [what, filled, body] of bodies) {
  test(`a body: ${what}`, () => {
    assert.deepEqual(bodyOf(filled, root).body, body);
  });
}

test('numbers are read as they are written here', () => {
  const cases = { '1 234,50': '1234.50', '-3': '-3', '1.5': '1.5', '12\u202f000': '12000', x: 'x' };
  for (const [typed, text] of Object.entries(cases)) assert.equal(numberText(typed), text);
});

test('a fault belongs to the input whose value it is about', () => {
  const filled = form(
    {
      where: [
        given('day', 'range', '', ''),
        {
          key: 'g',
          join: 'or',
          nodes: [given('name', 'one', ''), given('paid', 'boolean', 'true')],
        },
      ],
    },
    { fields: ['amount'], where: [given('amount', 'one', 'x')] },
  );
  const { places } = bodyOf(filled, root);
  // What was left out has moved the others up.
  const cases: Record<string, string | undefined> = {
    'where[0]': 'g',
    'where[0].or[0].value': 'k-paid',
    'datasets[0].where[0].value': 'k-amount',
    'datasets[0].select[3]': fieldsKey('ROWS'),
    'datasets[0].groupby': rowsKey('ROWS'),
    distinct: rowsKey('MAIN'),
    select: fieldsKey('MAIN'),
    top: 'top',
    next: undefined,
    topple: undefined,
  };
  for (const [place, key] of Object.entries(cases))
    assert.equal(placeOfFault(places, place), key, place);
});

const wrapped = (list: fc.Arbitrary<NodeForm[]>): fc.Arbitrary<NodeForm[]> =>
  fc
    .tuple(list, fc.constantFrom('', '', 'or', 'and', 'not'))
    .map(([nodes, join]) => (join === '' ? nodes : [{ key: 'g', join: join as 'or', nodes }]));

/** As somebody may fill it in, who keeps to what the inputs take. */
function filledLevel(dataset: HelpDataset): fc.Arbitrary<LevelForm> {
  const able = dataset.conditions.filter(({ forms = [] }) => forms.length > 0);
  const conditions = fc
    .subarray(able, { maxLength: Math.min(4, able.length) })
    .chain((chosen) => fc.tuple(...chosen.map(filledCondition)))
    .map((list): NodeForm[] => list);
  return fc
    .record({
      fields: fc.shuffledSubarray(dataset.fields.map(({ name }) => name)),
      where: wrapped(wrapped(conditions)),
      orderby: fc
        .shuffledSubarray(dataset.keys, { maxLength: Math.min(2, dataset.keys.length) })
        .chain((keys) =>
          fc.tuple(...keys.map(({ id }) => fc.boolean().map((isDown) => ({ id, isDown })))),
        ),
      distinct: fc.constant(false),
      groupby: fc.option(
        fc.shuffledSubarray(
          dataset.fields.flatMap(({ name, comparable }) => (comparable === false ? [] : [name])),
          { maxLength: Math.min(3, dataset.fields.length) },
        ),
        { nil: undefined, freq: 2 },
      ),
    })
    .map((level) => (level.groupby === undefined ? level : { ...level, orderby: [] }));
}

function filledCondition(help: HelpCondition): fc.Arbitrary<ConditionForm> {
  const { id, forms = [], value, declared = [], flags = [] } = help;
  const one = valueFor(value);
  const byForm: Record<Form, fc.Arbitrary<string[]>> = {
    none: fc.constant([]),
    one: one.map((text) => [text]),
    pattern: fc.constantFrom(['A*'], ['*'], ['']),
    range: fc.tuple(one, one),
    list: fc.array(one, { maxLength: 3 }),
    boolean: fc.constantFrom(['true'], ['false']),
    declared: fc.constantFrom([''], ...declared.map((item) => [item.value])),
    'some declared': fc.subarray(declared.map((item) => item.value)),
    isNull: fc.constantFrom(['true'], ['false']),
  };
  return fc.constantFrom(...forms).chain((chosen) =>
    fc.record({
      ...{ key: fc.constant(`k-${id}`), id: fc.constant(id), form: fc.constant(chosen) },
      values: byForm[chosen],
      flags: fc.subarray(
        chosen === 'isNull'
          ? []
          : flags
              .filter(({ forms: own }) => own.includes(chosen))
              .slice(0, 1)
              .map(({ name }) => name),
      ),
    }),
  );
}

function valueFor(value: HelpCondition['value']): fc.Arbitrary<string> {
  switch (value?.kind) {
    case 'date':
      return fc.constantFrom('', '2026-01-31', '2025-12-01', '2026-03-01T10:30');
    case 'time':
      return fc.constantFrom('', '08:00', '16:30:15');
    case 'number':
      return value.places === 0 ? fc.constantFrom('', '1', '12') : fc.constantFrom('', '1', '2,5');
    case 'boolean':
      return fc.constantFrom('', 'true', 'false');
    case 'id':
      return fc.constantFrom('', '6F9619FF-8B86-D011-B42D-00C04FC964FF');
    case 'record':
      return fc.constantFrom('', '1000000101', 'ABCDEFGHIJ');
    default:
      return fc.string({
        maxLength: value?.longest ?? 5,
        unit: fc.constantFrom('a', 'B', ' ', '9'),
      });
  }
}

function filledForm(dataset: HelpDataset): fc.Arbitrary<QueryForm> {
  const all = (one: HelpDataset): HelpDataset[] => [one, ...one.datasets.flatMap(all)];
  const levels = all(dataset).map((one) =>
    filledLevel(one).map((level): [string, LevelForm] => [one.name, level]),
  );
  return fc
    .tuple(fc.tuple(...levels), fc.constantFrom('', '10', '1 000'))
    .map(([list, top]) => ({ levels: Object.fromEntries(list), top }));
}

test('what the form can make, the API takes; and a body comes back as the form that makes it', () => {
  for (const definition of definitions) {
    const { dataset } = helpFor(definition);
    fc.assert(
      fc.property(filledForm(dataset), (filled) => {
        fc.pre(isAsked(filled, dataset));
        const { body } = bodyOf(filled, dataset);
        assert.deepEqual(checkQuery(definition, body).errors, undefined);
        const sent = JSON.parse(JSON.stringify(body));
        assert.deepEqual(bodyOf(formOfBody(sent, dataset), dataset).body, body);
        assert.deepEqual(leftOut(sent, dataset), []);
      }),
      { numRuns: 25 },
    );
  }
});

test('examples of help come into the form as they are', () => {
  for (const definition of definitions) {
    const { dataset, examples } = helpFor(definition);
    for (const { body } of examples) {
      const filled = formOfBody(body, dataset);
      assert.deepEqual(checkQuery(definition, bodyOf(filled, dataset).body).errors, undefined);
      assert.deepEqual(leftOut(body, dataset), []);
    }
  }
});

const day = { id: 'day', value: '2026-01-01' };
const addresses: [what: string, body: unknown, left: string[]][] = [
  ['all of it', { SELECT: ['ID'], where: { ID: 'day', value: ['2026-01-01', '2026-02-01'] } }, []],
  ['a range by its ends', { where: [{ id: 'day', value: { from: '2026-01-01' } }] }, []],
  [
    'numbers',
    {
      top: 5,
      datasets: { name: 'rows', select: 'amount', where: { id: 'amount', value: [1, 2] } },
    },
    [],
  ],
  ['declared ones in a text', { where: [{ id: 'kinds', value: '3;9' }] }, []],
  ['no query', 'nothing', ['query']],
  ['a list', [day], ['query']],
  [
    'an unknown condition between others',
    { where: [day, { id: 'dya' }, { id: 'all' }] },
    ['where[1]'],
  ],
  ['where in another shape', { where: { day: '2026-01-01' } }, ['where[0]']],
  ['a condition that is a text', { where: 'day' }, ['where[0]']],
  ['inside a group', { where: [{ or: [day, { id: 'x', value: 1 }] }] }, ['where[0].or[1]']],
  ['two ways in one', { where: [{ or: [day], and: [day] }] }, ['where[0]']],
  ['a group of nothing known', { where: [{ not: [{ id: 'x' }] }] }, ['where[0]']],
  ['a value of objects', { where: [{ id: 'name', value: [{ a: 1 }] }] }, ['where[0]']],
  ['a value of null', { where: [{ id: 'name', value: [null] }] }, ['where[0]']],
  ['a member of a condition', { where: [{ ...day, than: 'less' }] }, ['where[0]']],
  ['an unknown flag', { where: [{ ...day, flags: ['loud'] }] }, ['where[0]']],
  ['none there, and a value', { where: [{ id: 'name', isNull: true, value: 'A' }] }, ['where[0]']],
  ['an unknown field', { select: ['id', 'nmae'] }, ['select[1]']],
  [
    'an unknown key, and an ordering',
    { orderby: [{ id: 'x' }, { id: 'name', ordering: 'down' }] },
    ['orderby[0]', 'orderby[1]'],
  ],
  [
    'rows below that nothing is selected of',
    { datasets: [{ name: 'ROWS', where: [{ id: 'amount', value: 1 }] }] },
    ['datasets[0]'],
  ],
  ['unknown rows below', { datasets: [{ name: 'ROWZ', select: ['amount'] }] }, ['datasets[0]']],
  ['another member', { select: ['id'], having: [] }, ['having']],
  ['groups', { select: 'NAME', groupby: ['name', 'ID'] }, []],
  ['one of all', { datasets: [{ name: 'rows', select: 'pieces', groupby: [] }] }, []],
  ['an unknown field of groups', { select: ['id'], groupby: ['id', 'x'] }, ['groupby[1]']],
  ['groups and equal ones', { select: ['id'], groupby: 'id', distinct: true }, ['distinct']],
  ['what the page asks for by itself', { select: ['id'], count: true, next: true }, []],
  ['a place to go on from', { select: ['id'], top: 1, next: 'kT3w' }, ['next']],
  ['rows left out', { select: ['id'], skip: 5 }, ['skip']],
  ['a top that is an object', { top: { rows: 5 } }, ['top']],
];
for (const [what, body, left] of addresses) {
  test(`what a query says and its form does not is told: ${what}`, () => {
    assert.deepEqual(leftOut(body, root), left);
  });
}

test('whatever an address has, it is a form', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.equal(typeof bodyOf(formOfBody(value, root), root).body, 'object');
      assert.ok(Array.isArray(leftOut(value, root)));
    }),
  );
});
