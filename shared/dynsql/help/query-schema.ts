/**
 * JSON Schema of the queries that a definition takes, for editors: names are completed, values that
 * cannot be are underlined. Whatever the check of a query takes is right by the schema, too; what
 * depends on more than one place only the check knows.
 */

import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { foldName } from '../name.ts';
import { type Form, formsOf, type Templates } from './forms.ts';

export type JsonSchema = Record<string, unknown> | boolean;

interface Named {
  name: string;
  label?: string;
}

const longestList = 10_000;
const most = {
  ...{ select: 1_000, where: 100, orderby: 50 },
  ...{ groupby: 50, datasets: 50, flags: 20 },
} as const;
const largestNumber = 2 ** 31 - 1;
/** The `next` of an answer. */
const place = { type: 'string', pattern: '^[\\w-]+$' };

export function querySchemaOf(definition: Definition, templates: Templates): JsonSchema {
  const definitions = new Definitions();
  const nested = [...definition.datasets.values()].filter(({ master }) => master !== undefined);
  for (const dataset of nested) {
    const { displaylabel } = dataset.document;
    const schema = objectOf({
      name: oneOfNames([{ name: dataset.name, label: displaylabel }]),
      ...membersOf(dataset, templates, definitions),
    });
    definitions.add(dataset.name, { ...described(displaylabel), ...schema });
  }
  const count = (minimum: number) => ({ type: 'integer', minimum, maximum: largestNumber });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `A query of ${definition.name} (${definition.id})`,
    ...objectOf({
      $schema: { type: 'string' },
      ...membersOf(definition.root, templates, definitions),
      // ABRA Gen gives all rows.
      ...(templates === 'needed' && {
        ...{ top: count(1), skip: count(0) },
        ...{ count: { type: 'boolean' }, next: { anyOf: [{ type: 'boolean' }, place] } },
      }),
    }),
    minProperties: 1,
    $defs: definitions.all,
  };
}

/** What is there once, and referred to from wherever it is allowed. */
class Definitions {
  readonly all: Record<string, JsonSchema> = {};

  add(name: string, schema: JsonSchema): JsonSchema {
    this.all[name] = schema;
    return this.at(name);
  }

  at(name: string): JsonSchema {
    const pointer = name.replaceAll('~', '~0').replaceAll('/', '~1');
    return { $ref: `#/$defs/${encodeURIComponent(pointer)}` };
  }

  /** One, or a list of them. */
  oneOrMore(name: string, item: JsonSchema, maxItems: number): JsonSchema {
    if (item === false) return listOf(false, 0);
    return this.add(`${name} list`, oneOrMore(this.add(name, item), maxItems));
  }
}

function membersOf(
  dataset: LoadedDataset,
  templates: Templates,
  definitions: Definitions,
): Record<string, JsonSchema> {
  const fields = [...dataset.fields.values()].map((field) => {
    return { name: field.fieldname, label: field.displaylabel };
  });
  const keys = [...dataset.keys.values()].map(({ id, displaylabel }) => {
    return { name: id, label: displaylabel };
  });
  const conditions = [...dataset.conditions.values()].map((one) => conditionSchema(one, templates));
  const below = datasetsBelow(dataset).map(({ name }) => definitions.at(name));
  const ordering = {
    anyOf: [{ enum: ['asc', 'desc'] }, { type: 'string', pattern: anyCase(['ASC', 'DESC']) }],
  };
  const order = keys.length === 0 ? false : objectOf({ id: oneOfNames(keys), ordering });
  // Whether they stand in each other, and how deep, only the check knows.
  const nested = definitions.at(`${dataset.name} condition list`);
  const joins = templates === 'needed' ? ['or', 'and', 'not'] : ['and'];
  const joined = joins.map((join) => ({ ...objectOf({ [join]: nested }), minProperties: 1 }));
  if (conditions.length > 0) conditions.push(...joined);
  const several = (what: string, item: JsonSchema, maxItems: number) =>
    definitions.oneOrMore(`${dataset.name} ${what}`, item, maxItems);
  return {
    select: several('field', oneOfNames(fields), most.select),
    // ABRA Gen gives rows as they are.
    ...(templates === 'needed' && {
      distinct: { type: 'boolean' },
      groupby: oneOrMore(definitions.at(`${dataset.name} field`), most.groupby),
    }),
    where: several('condition', anyOf(conditions), most.where),
    orderby: several('key', order, most.orderby),
    datasets: several('dataset', anyOf(below), most.datasets),
  };
}

const datasetsBelow = ({ children }: LoadedDataset): LoadedDataset[] =>
  children.flatMap((child) => [child, ...datasetsBelow(child)]);

function conditionSchema(condition: LoadedCondition, templates: Templates): JsonSchema {
  const { document, template } = condition;
  const flags = Object.keys(template?.flags ?? {}).map((name) => ({ name }));
  const value = valueSchema(condition, templates);
  const hasNull = formsOf(condition, templates).forms?.includes('isNull');
  return objectOf({
    id: oneOfNames([{ name: document.id, label: document.description }]),
    ...(value !== false && { value }),
    ...(hasNull && { isNull: { type: 'boolean' } }),
    ...(templates === 'elsewhere'
      ? { flags: oneOrMore({ type: 'string' }, most.flags) }
      : flags.length > 0 && { flags: oneOrMore(oneOfNames(flags), most.flags) }),
  });
}

/** False: there is none. */
function valueSchema(condition: LoadedCondition, templates: Templates): JsonSchema {
  const help = formsOf(condition, templates);
  const anything = { type: ['string', 'number', 'boolean'] };
  if (help.forms === undefined) return anyOf([oneOrMore(anything), bounded(anything)]);
  // A flag may bring forms of its own.
  const all = new Set<Form>([...help.forms, ...help.flags.flatMap((flag) => flag.forms)]);
  const has = (...some: Form[]) => some.some((one) => all.has(one));
  if (has('declared', 'some declared')) return declaredSchema(condition, has('some declared'));
  const { kind, longest } = help.value ?? {};
  const isLimited = kind === 'text' && longest !== undefined && !has('pattern');
  const scalar =
    kind === 'boolean'
      ? { enum: [true, false, 0, 1] }
      : { type: ['string', 'number'], ...(isLimited && { maxLength: longest }) };
  const maxItems = has('list') ? longestList : has('range') ? 2 : 1;
  return anyOf([
    ...(has('range', 'list') ? [bounded(scalar)] : []),
    ...(has('boolean') ? [{ type: 'boolean' }, listOf({ type: 'boolean' }, 1)] : []),
    ...(has('one', 'pattern', 'range', 'list') ? [scalar, listOf(scalar, maxItems)] : []),
  ]);
}

/** A list, a range that may be open at one end, or what either of them finds. */
function bounded(scalar: JsonSchema): JsonSchema {
  return objectOf({ in: oneOrMore(scalar), from: scalar, to: scalar });
}

function declaredSchema({ template }: LoadedCondition, several: boolean): JsonSchema {
  const values = template?.values ?? [];
  if (values.length === 0) return oneOrMore({ type: ['string', 'number'] });
  const one = anyOf(
    values.flatMap(({ value, name }) => [
      { const: value, ...described(name) },
      // A number may come as one.
      ...(String(Number(value)) === value ? [{ const: Number(value) }] : []),
    ]),
  );
  if (!several) return anyOf([one, listOf(one, 1)]);
  const choice = values.map(({ value }) => escaped(value)).join('|');
  const pattern = `^\\s*(?:${choice})\\s*(?:;\\s*(?:${choice})\\s*)*$`;
  return anyOf([one, { type: 'string', pattern }, listOf(one, longestList)]);
}

/** An object whose keys are matched without regard to case, as its names are. */
function objectOf(properties: Record<string, JsonSchema>): Record<string, unknown> {
  const names = Object.keys(properties).filter((name) => name !== '$schema');
  const [first] = names;
  const isNamed = first === 'id' || first === 'name';
  return {
    type: 'object',
    properties,
    patternProperties: Object.fromEntries(
      names.map((name) => [anyCase([foldName(name)]), properties[name]]),
    ),
    additionalProperties: false,
    // Each of the names that it may be given by.
    ...(isNamed && { anyOf: spellings(first).map((name) => ({ required: [name] })) }),
  };
}

/** `id`, `ID`, `Id`, `iD`: the plain one first, which is the one that editors offer. */
function spellings(name: string): string[] {
  return [...name].reduce<string[]>(
    (before, letter) =>
      before
        .map((one) => `${one}${letter}`)
        .concat(before.map((one) => `${one}${letter.toUpperCase()}`)),
    [''],
  );
}

function oneOfNames(names: readonly Named[]): JsonSchema {
  return anyOf([
    ...names.map(({ name, label = '' }) => ({ const: name, ...described(label) })),
    { type: 'string', pattern: anyCase(names.map(({ name }) => foldName(name))) },
  ]);
}

/** @param folded names in upper case */
function anyCase(folded: readonly string[]): string {
  const names = folded.map((name) => [...name].map(eitherCase).join(''));
  return `^(?:${names.join('|')})$`;
}

function eitherCase(letter: string): string {
  const lower = letter.toLowerCase();
  const isOne = lower !== letter && [...lower].length === 1;
  return isOne ? `[${letter}${lower}]` : escaped(letter);
}

const described = (description: string) => (description === '' ? {} : { description });

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const listOf = (items: JsonSchema, maxItems: number) => ({ type: 'array', items, maxItems });

const oneOrMore = (item: JsonSchema, maxItems = longestList): JsonSchema =>
  anyOf([item, listOf(item, maxItems)]);

function anyOf(schemas: readonly JsonSchema[]): JsonSchema {
  const possible = schemas.filter((schema) => schema !== false);
  const [only] = possible;
  if (only === undefined) return false;
  return possible.length === 1 ? only : { anyOf: possible };
}
