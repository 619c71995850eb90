/** Help says what is so: of each condition what the check takes, and examples that can be asked. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Definition, LoadedDataset } from '../../shared/dynsql/definition.ts';
import { exampleQueries } from '../../shared/dynsql/help/examples.ts';
import { type Form, forms, formsOf, type Templates } from '../../shared/dynsql/help/forms.ts';
import { helpOf, helpSchema } from '../../shared/dynsql/help/help.ts';
import cs from '../../shared/dynsql/help/messages/cs.json' with { type: 'json' };
import en from '../../shared/dynsql/help/messages/en.json' with { type: 'json' };
import ru from '../../shared/dynsql/help/messages/ru.json' with { type: 'json' };
import { querySchemaOf } from '../../shared/dynsql/help/query-schema.ts';
import { helpText } from '../../shared/dynsql/help/text.ts';
import { languages } from '../../shared/dynsql/help/words.ts';
import { checkQuery } from '../../shared/dynsql/language/query.ts';
import { queryOfParameters } from '../../shared/dynsql/language/query-parameters.ts';
import { loadDefinition, parseDefinition } from '../../shared/dynsql/language/read-definition.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';
import { seededRandom } from '../support/random.ts';
import { someOf } from '../support/some-of.ts';
import invoicesOfTheManual from './fixtures/issued-invoices.json' with { type: 'json' };
import manual from './fixtures/queries-of-the-manual.json' with { type: 'json' };
import { models } from './model.ts';
import { queries } from './random-query.ts';
import { makeWorld } from './rows.ts';

/** A condition of each kind of template. */
const types = loadDefinition({
  id: 'TEST00ALLK1NDS0FTEMPLATES0',
  name: 'Kinds',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM dbo.t A {JOIN} {WHERE} {ORDERBY}',
      fields: [{ expression: 'A.ID', fieldname: 'ID', datatype: 'dtString', displaylabel: 'Klíč' }],
      aliases: [{ alias: 'A' }],
    },
  ],
  conditions: [
    ...['bit', 'time', 'guid', 'money', 'decimal', 'int', 'varchar', 'moment', 'stored', 'all'].map(
      (id) => ({ id, dataset: 'MAIN', datatype: 'ctString', alias: 'A', template: id }),
    ),
    {
      id: 'ID',
      dataset: 'MAIN',
      datatype: 'ctString',
      alias: 'A',
      template: 'link',
      params: 'CLASSID=4J5FINKNYNDL3C5P00CA141B44',
    },
    {
      id: 'none',
      dataset: 'MAIN',
      datatype: 'ctString',
      alias: 'A',
      template: 'none',
      specialsubtype: 11,
    },
    {
      id: 'one',
      dataset: 'MAIN',
      datatype: 'ctString',
      alias: 'A',
      template: 'declared',
      specialsubtype: 1,
    },
    {
      id: 'some',
      dataset: 'MAIN',
      datatype: 'ctString',
      alias: 'A',
      template: 'some',
      specialsubtype: 14,
    },
    { id: 'flagged', dataset: 'MAIN', datatype: 'ctString', alias: 'A', template: 'flagged' },
    { id: 'empty', dataset: 'MAIN', datatype: 'ctString', alias: 'A', template: 'empty' },
    { id: 'missing', dataset: 'MAIN', datatype: 'ctString', alias: 'A' },
  ],
  templates: {
    empty: {
      type: 'int',
      single: 'A.b = {VALUE}',
      list: 'A.b IN {LIST}',
      range: 'A.b BETWEEN {FROM} AND {TO}',
      isNull: 'A.b IS NULL',
    },
    bit: { type: 'bit', single: 'A.b = {VALUE}' },
    time: { type: 'time(0)', single: 'A.b = {VALUE}', range: 'A.b BETWEEN {FROM} AND {TO}' },
    guid: { type: 'uniqueidentifier', list: 'A.b IN {LIST}' },
    money: { type: 'money', range: 'A.b BETWEEN {FROM} AND {TO}' },
    decimal: { type: 'decimal(5, 2)', single: 'A.b = {VALUE}' },
    int: { type: 'tinyint', list: 'A.b IN {LIST}' },
    varchar: { type: 'varchar(3)', single: 'A.b = {VALUE}' },
    moment: { type: 'datetime2(3)', range: 'A.b >= {FROM} AND A.b < {TO}' },
    stored: { type: 'float', kind: 'date', range: 'A.b >= {FROM} AND A.b < {TO}' },
    all: {
      type: 'nvarchar(9)',
      none: 'A.b IS NULL',
      single: 'A.b = {VALUE}',
      pattern: 'A.b LIKE {VALUE}',
      list: 'A.b IN {LIST}',
      true: 'A.b = 1',
      false: 'A.b = 0',
    },
    link: { type: 'char(10)', single: 'A.ID = {VALUE}', list: 'A.ID IN {LIST}' },
    none: { special: 'A.b IS NULL' },
    declared: {
      values: [
        { value: '0', name: 'ano', sql: 'A.b = 0' },
        { value: '1', name: 'ne', sql: 'A.b = 1' },
      ],
    },
    some: { type: 'int', special: 'A.b IN {LIST}', values: [{ value: '3' }, { value: '9' }] },
    flagged: {
      type: 'int',
      single: 'A.b = {VALUE}',
      flags: { Empty: { none: 'A.b IS NULL' }, Range: { range: 'A.b BETWEEN {FROM} AND {TO}' } },
    },
  },
});

const shipped = shippedDynsql().definitions;
const invoices = parseDefinition(invoicesOfTheManual);
const every: [Definition, Templates][] = [
  [types, 'needed'],
  [invoices, 'elsewhere'],
  ...shipped.map((one): [Definition, Templates] => [one, 'needed']),
];

const conditionsIn = ({ datasets }: Definition) =>
  [...datasets.values()].flatMap((dataset) =>
    [...dataset.conditions.values()].map((condition) => ({ dataset, condition })),
  );

/** A query with one condition of a dataset, wherever that is. */
function asking(dataset: LoadedDataset, where: object): object {
  const [field] = [...dataset.fields.values()];
  const own = { select: field?.fieldname, where };
  return dataset.master === undefined ? own : { datasets: { name: dataset.name, ...own } };
}

const samples: Record<string, unknown> = {
  text: 'A',
  number: 1,
  date: '2026-11-30',
  time: '12:30',
  boolean: true,
  id: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  record: '1000000101',
};

test('of each condition the check takes what help says, and nothing else', () => {
  let looked = 0;
  for (const [definition, templates] of every) {
    if (templates === 'elsewhere') continue;
    for (const { dataset, condition } of conditionsIn(definition)) {
      const help = formsOf(condition, templates);
      const sample = samples[help.value?.kind ?? 'text'];
      const [declared] = help.declared;
      const values: Record<Form, unknown> = {
        none: undefined,
        one: sample,
        // Of what is no text a pattern cannot be.
        pattern: '*',
        range: [sample, sample],
        list: [sample, sample, sample],
        boolean: true,
        declared: declared?.value ?? 'no such value',
        isNull: undefined,
        'some declared': help.declared.map(({ value }) => value).join(';') || 'no such value',
      };
      // Of text any value is one, and a list of two is no range.
      const isText = help.value?.kind === 'text';
      const takes = (form: Form, has: readonly Form[]) =>
        has.includes(form) ||
        (form === 'pattern' && isText && has.includes('one')) ||
        (form === 'range' && has.includes('list')) ||
        (form === 'declared' && has.includes('some declared')) ||
        (['declared', 'some declared'].includes(form) && isText && has.includes('one')) ||
        (form === 'boolean' && help.value?.kind === 'boolean' && has.includes('one'));
      const states = [{ flags: [] as string[], has: help.forms ?? [] }].concat(
        help.flags.map((flag) => ({ flags: [flag.name], has: flag.forms })),
      );
      for (const { flags, has } of states) {
        for (const form of forms) {
          const { id } = condition.document;
          const value = values[form];
          const asked = form === 'isNull' ? { isNull: true } : { value };
          const given = form === 'isNull' ? [] : flags;
          const where = { id, ...asked, ...(given.length > 0 && { flags: given }) };
          // A text that is no declared value, or longer than its type, says nothing of a form.
          if (isText && form.includes('declared') && has.includes('one')) continue;
          if (values[form] === samples['boolean'] && form === 'one' && has.includes('boolean'))
            continue;
          const { errors = [] } = checkQuery(definition, asking(dataset, where));
          const told = `${definition.name}: ${id} ${form} ${flags} ${errors[0]?.message ?? ''}`;
          assert.equal(errors.length === 0, takes(form, has), told);
          looked++;
        }
      }
    }
  }
  assert.ok(looked > 500, `${looked}`);
});

test('examples are right, and the same as parameters of an address', () => {
  for (const [definition, templates] of every) {
    const examples = exampleQueries(definition, templates);
    const kinds = examples.map(({ kind }) => kind);
    assert.ok(kinds.includes('first'), definition.name);
    assert.equal(kinds.includes('below'), definition.root.children.length > 0, definition.name);
    if (templates === 'needed') assert.ok(kinds.includes('condition'), definition.name);
    for (const { body, rows } of examples) {
      const { query, errors } = checkQuery(definition, body, { templates });
      assert.ok(query, JSON.stringify(errors));
      const byGet = queryOfParameters(definition, new URLSearchParams(rows));
      const same = checkQuery(definition, byGet.body, { templates });
      assert.deepEqual(same.errors ?? [], [], rows);
      assert.deepEqual(same.query, query, rows);
    }
  }
});

test('each language says all of it, with nothing left to fill in', () => {
  const shapeOf = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, shapeOf(inside)]))
      : String(value)
          .match(/\{\w+\}/g)
          ?.sort();
  for (const other of [cs, ru]) assert.deepEqual(shapeOf(other), shapeOf(en));
  for (const [definition, templates] of every) {
    const reports =
      templates === 'needed' ? [{ id: 'W400000001', title: 'T', language: 'cs' }] : undefined;
    const texts = languages.map((language) => {
      const help = helpOf({ definition, templates, reports }, '/ab/dynsql/X', language);
      assert.deepEqual(helpSchema.parse(help), help);
      const text = helpText(help, language);
      assert.doesNotMatch(text.replaceAll(/^ {2}(\{|GET|POST).*$/gm, ''), /\{\w+\}|undefined/);
      for (const line of text.split('\n')) assert.equal(line, line.trimEnd());
      return text;
    });
    assert.equal(new Set(texts).size, languages.length, definition.name);
  }
});

test('words, limits and labels of a few', () => {
  const { dataset, reports, timezone } = helpOf(
    { definition: types, templates: 'needed', reports: [] },
    '/ab/dynsql/X',
    'en',
  );
  const text = (id: string) => dataset.conditions.find((one) => one.id === id)?.text;
  assert.equal(text('bit'), 'true or false');
  assert.equal(text('time'), 'a time of day (12:30), or two of them as a range');
  assert.equal(
    text('money'),
    'a number from -922337203685477.5807 to 922337203685477.5807 with at most 4 decimal places, or two of them as a range',
  );
  assert.equal(text('decimal'), 'a number below 1000 with at most 2 decimal places');
  assert.equal(text('int'), 'a whole number from 0 to 255, or up to 10000 of them as a list');
  assert.equal(text('varchar'), 'text of at most 3 characters of ASCII');
  assert.equal(
    text('ID'),
    'the id of a record (10 characters of 0-9 and A-Z), or up to 10000 of them as a list',
  );
  assert.equal(text('none'), 'no value');
  assert.equal(text('one'), 'one of 0 (ano), 1 (ne)');
  assert.equal(text('some'), 'some of 3, 9, separated by ;');
  assert.equal(text('missing'), 'cannot be used: the definition has no template for it');
  assert.equal(dataset.conditions.find((one) => one.id === 'ID')?.label, 'Klíč');
  assert.deepEqual([dataset.unique, reports, timezone], [['ID'], [], 'UTC']);
  const issued = shipped.find(({ id }) => id === 'AB04SYNCBOARDINVOICES00001');
  assert.ok(issued);
  const own = helpOf({ definition: issued, templates: 'needed', reports: [] }, '/ab', 'cs');
  const groups = own.dataset.fields.flatMap(({ name, aggregate, currency }) =>
    aggregate === undefined ? [] : `${name}: ${aggregate} ${currency}`,
  );
  assert.deepEqual(groups, ['Amount: sum Currency_Code', 'NotPaidAmount: sum Currency_Code']);
  assert.match(helpText(own, 'cs'), /^ {4}Amount {2,}číslo.* \(groupby: součet\)$/m);
  const there = helpOf(
    { definition: invoices, templates: 'elsewhere', reports: undefined },
    '/demodata/dynsql/X',
    'cs',
  );
  assert.equal(there.reports, undefined);
  assert.equal(there.timezone, undefined);
  const kinds = there.dataset.conditions.map((one) => `${one.id}: ${one.forms?.join() ?? '?'}`);
  assert.ok(kinds.includes('IntrastatCompleteKind: declared'), kinds.join('; '));
  assert.ok(kinds.includes('TradeType: some declared'), kinds.join('; '));
  assert.ok(kinds.includes('SimplifiedVATDocument: boolean'), kinds.join('; '));
});

/** Checks bodies by the JSON Schema of a definition's queries. */
function validatorOf(definition: Definition, templates: Templates) {
  // A key is named twice, plainly and in any case of letters.
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    allowMatchingProperties: true,
    strictRequired: false,
  });
  const validate = ajv.compile(querySchemaOf(definition, templates));
  return (body: unknown) => (validate(body) ? '' : ajv.errorsText(validate.errors));
}

test('what the check takes is right by the schema', async () => {
  // A schema takes a tenth of a second to compile.
  const all = models(makeWorld(seededRandom(6)));
  const some = someOf(all, 0.3);
  const validators = new Map(
    shipped
      .filter((one) => some.some(({ id }) => id === one.id))
      .map((one) => [one.id, validatorOf(one, 'needed')]),
  );
  assert.equal(validators.size, some.length);
  fc.assert(
    fc.property(queries(some), ({ id, body }) => {
      const said = validators.get(id)?.(body);
      assert.equal(said, '', JSON.stringify(body));
    }),
    { numRuns: 100 },
  );
  for (const [definition, templates] of someOf(every, 0.2)) {
    const validate = validatorOf(definition, templates);
    for (const { body } of exampleQueries(definition, templates)) {
      assert.equal(validate({ $schema: 'x', ...body }), '', JSON.stringify(body));
    }
  }
  const validate = validatorOf(invoices, 'elsewhere');
  for (const query of Object.values(manual))
    assert.equal(validate(query), '', JSON.stringify(query));
});

test('what no check takes is wrong by the schema', () => {
  const validate = validatorOf(types, 'needed');
  const wrong = [
    {},
    { select: 'IDx' },
    { select: 7 },
    { selec: 'ID' },
    { select: 'ID', top: 0 },
    { select: 'ID', skip: 1.5 },
    { select: 'ID', orderby: { id: 'ID' } },
    { select: 'ID', datasets: { name: 'MAIN', select: 'ID' } },
    { select: 'ID', where: { id: 'x' } },
    { select: 'ID', where: { value: 1 } },
    { select: 'ID', where: { id: 'none', value: 1 } },
    { select: 'ID', where: { id: 'one', value: '2' } },
    { select: 'ID', where: { id: 'some', value: '3;4' } },
    { select: 'ID', where: { id: 'decimal', value: [1, 2] } },
    { select: 'ID', where: { id: 'varchar', value: 'long' } },
    { select: 'ID', where: { id: 'money', value: [1, 2, 3] } },
    { select: 'ID', where: { id: 'all', flags: 'CaseInsensitive' } },
    { select: 'ID', where: { id: 'int', value: true } },
    { select: 'ID', where: { id: 'int', isNull: true } },
    { select: 'ID', where: { or: { id: 'x' } } },
    { select: 'ID', where: { or: [{ id: 'none' }], id: 'none' } },
    { select: 'ID', where: { id: 'decimal', value: { from: 1 } } },
    { select: 'ID', distinct: 'yes' },
    { select: 'ID', groupby: 'IDx' },
    { select: 'ID', count: 1 },
    { select: 'ID', top: 1, next: '' },
  ];
  for (const body of wrong) {
    assert.ok(checkQuery(types, body).errors, JSON.stringify(body));
    assert.notEqual(validate(body), '', JSON.stringify(body));
  }
  const right = [
    { select: 'ID', where: { or: [{ id: 'none' }, { NOT: { id: 'money', value: { From: 1 } } }] } },
    { select: 'ID', where: { and: { id: 'int', value: { in: [1, 2] } } } },
    { select: 'ID', where: { id: 'empty', isNull: false } },
    { SELECT: ['id'], WHERE: { ID: 'SOME', VALUE: '3 ; 9' } },
    { select: 'ID', where: { id: 'some', value: [3, '9'] } },
    { select: 'ID', where: { id: 'one', value: 1 } },
    {
      select: 'ID',
      where: [
        { iD: 'Flagged', value: [1, 2], flags: 'range' },
        { id: 'FLAGGED', Flags: ['EMPTY'] },
      ],
    },
    { select: 'ID', where: { id: 'all', value: true } },
    { select: 'ID', distinct: true, Count: true, top: 2, NEXT: true },
    { select: ['ID'], groupby: 'id', top: 2, next: 'kT3w-_' },
    { select: ['ID'], groupBy: ['ID'], count: false, next: false },
  ];
  for (const body of right) {
    assert.deepEqual(checkQuery(types, body).errors ?? [], [], JSON.stringify(body));
    assert.equal(validate(body), '', JSON.stringify(body));
  }
});
