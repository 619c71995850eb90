/**
 * A dynamic SQL as ABRA Gen gives it (`GET /dynsql/<id>`), and what we add: `templates`, which ABRA
 * keeps to itself, and three optional keys. Keys that are unknown here are kept.
 */

import { z } from 'zod';
import { unsuitable } from '../../faults/catalog-error.ts';
import { expects, expectsOneOf } from '../../faults/field.ts';

const text = (what: string) => z.string(expects(what, 'use text'));
const optionalText = (what: string) => text(what).default('');

function object<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  return z.looseObject(shape, expects(what, `use an object with ${Object.keys(shape).join(', ')}`));
}
const list = <Item extends z.ZodType>(item: Item, what: string) =>
  z.array(item, expects(`a list of ${what}`, 'use […]'));

const nameUse = 'use letters, digits, _ and $, not a digit first';
const name = (what: string) =>
  z.string(expects(what, nameUse)).regex(/^[\p{L}_][\p{L}\p{N}_$]*$/u, expects(what, nameUse));

/** 128 bits in 26 characters. */
const packedClsid = z
  .string(expects('a packed CLSID', 'use 26 characters of 0-9 and A-Z'))
  .regex(/^[0-9A-Z]{26}$/, expects('a packed CLSID', 'use 26 characters of 0-9 and A-Z'));

export const aggregates = ['sum', 'avg', 'min', 'max', 'count'] as const;

const field = object('a field', {
  /** SQL, with the name after AS where the two differ: `C.ID AS Country_ID`. */
  expression: text('an SQL expression').min(1, { error: 'empty; use an SQL expression' }),
  fieldname: name('the name of a field'),
  displaylabel: optionalText('a label'),
  /** `dtString`, `dtInteger`, `dtFloat`, `dtBoolean`, `dtDate`, `dtDateTime`, … */
  datatype: text('a data type'),
  /** Ours: how values add up where rows are grouped by others. */
  aggregate: z.enum(aggregates, expectsOneOf('a way to add up', aggregates)).optional(),
  /** Ours: the field with the currency of this one's amounts, which are never added across them. */
  currency: text('the name of a field').optional(),
  sqljoinbinding: z
    .looseObject({ alias: optionalText('an alias'), fieldname: optionalText('a column') })
    .default({ alias: '', fieldname: '' }),
});

const alias = object('an alias', {
  alias: name('an alias'),
  /** Empty of what the dataset's own SQL names. */
  joinsql: optionalText('an SQL join'),
});

const dataset = object('a dataset', {
  name: name('the name of a dataset'),
  sql: text('an SQL query').min(1, { error: 'empty; use SELECT {FIELDS} FROM …' }),
  /** Empty of the root. */
  master: optionalText('the name of a dataset'),
  /** Fields of the master, which the SQL uses as `:name`; separated by `;`. */
  masterfields: optionalText('names of fields'),
  displaylabel: optionalText('a label'),
  fields: list(field, 'fields').min(1, { error: 'empty; name at least one field' }),
  aliases: list(alias, 'aliases').default([]),
  /** Ours: fields that no two rows share, separated by `;`; without it ID, where there is one. */
  uniquefields: optionalText('names of fields'),
});

const condition = object('a condition', {
  id: text('an id').min(1, { error: 'empty; use text' }),
  dataset: text('the name of a dataset'),
  /** Lines `NAME=value`; `{NAME}` in the template's SQL becomes the value. */
  params: optionalText('lines NAME=value'),
  description: optionalText('a description'),
  /** `ctBoolean`: true or false. */
  datatype: text('a data type'),
  /** 1: one of the declared values; 11: no value; 14: any of the declared values. */
  specialsubtype: z.int(expects('a special subtype', 'use a whole number')).default(0),
  template: optionalText('the id of a template'),
  alias: optionalText('an alias'),
});

const key = object('a key', {
  id: text('an id').min(1, { error: 'empty; use text' }),
  /** Columns; `{DIR}` stands for the direction of a column before the last. */
  sql: text('SQL to sort by').min(1, { error: 'empty; use columns' }),
  dataset: text('the name of a dataset'),
  displaylabel: optionalText('a label'),
  hidden: z.boolean(expects('a flag', 'use true or false')).default(false),
});

/** SQL for each kind of value, with placeholders for the values. */
const fragmentShape = {
  /** No value. */
  none: text('an SQL condition').optional(),
  /** `{VALUE}` */
  single: text('an SQL condition').optional(),
  /** `{VALUE}`, a pattern of LIKE without ESCAPE, for text with `*` in it. */
  pattern: text('an SQL condition').optional(),
  /** From `{FROM}` to `{TO}`, both included; of dates `{TO}` is the first moment after. */
  range: text('an SQL condition').optional(),
  /** `{LIST}`, a list of one column in parentheses. */
  list: text('an SQL condition').optional(),
  /** Of rows that have no value there, asked as `"isNull": true`. */
  isNull: text('an SQL condition').optional(),
  /** Of a condition of ctBoolean. */
  true: text('an SQL condition').optional(),
  false: text('an SQL condition').optional(),
  /** Special subtypes: 1 with `{VALUE}`, 14 with `{LIST}`, 11 with neither. */
  special: text('an SQL condition').optional(),
};

const fragmentKinds = Object.keys(fragmentShape);
/** Ours alone, so a key that is unknown is a slip. */
function strict<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  const use = `use an object with ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${issue.keys.join(', ')}: not keys of ${what}; ${use}`
        : unsuitable(issue.input, what, use),
  });
}

const template = strict('a template', {
  description: optionalText('a description'),
  /** SQL type that values travel as: `nvarchar(40)`, `bigint`, `date`, `float`. */
  type: text('an SQL type').optional(),
  /** `date`: values are dates, whatever the type that stores them. */
  kind: z.enum(['date'], expectsOneOf('a kind', ['date'])).optional(),
  ...fragmentShape,
  /** Declared values of the special subtypes 1 and 14; `sql` where one has its own. */
  values: list(
    strict('a value', {
      value: text('a value').regex(/^[^;]+$/, { error: 'empty or with a ; in it' }),
      name: optionalText('a name'),
      sql: text('an SQL condition').optional(),
    }),
    'values',
  ).default([]),
  /** Fragments that take the place of the template's own where the flag is given. */
  flags: z.record(z.string(), strict('a flag', fragmentShape)).default({}),
});

export const definitionSchema = object('a definition', {
  id: packedClsid,
  name: text('a name'),
  datasets: list(dataset, 'datasets').min(1, { error: 'empty; name at least one dataset' }),
  conditions: list(condition, 'conditions').default([]),
  keys: list(key, 'keys').default([]),
  /** Ours: SQL of the conditions, by the id that a condition's `template` names. */
  templates: z.record(z.string(), template).default({}),
  /** Ours: where stored dates without a zone are at home; an IANA name. */
  timezone: text('a time zone').default('UTC'),
});

export type DefinitionDocument = z.infer<typeof definitionSchema>;
export type Dataset = z.infer<typeof dataset>;
export type Field = z.infer<typeof field>;
export type Alias = z.infer<typeof alias>;
export type Condition = z.infer<typeof condition>;
export type OrderKey = z.infer<typeof key>;
export type Template = z.infer<typeof template>;

/** The template that a condition names; undefined where it is not there, as of ABRA Gen's own. */
export function templateOf(
  { templates }: Pick<DefinitionDocument, 'templates'>,
  { template: id }: Condition,
): Template | undefined {
  return Object.hasOwn(templates, id) ? templates[id] : undefined;
}

export type FragmentKind = keyof typeof fragmentShape;
export const fragmentNames = fragmentKinds as readonly FragmentKind[];
