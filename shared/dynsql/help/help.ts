/** What a definition can be asked, for people and programs that look around. */

import { z } from 'zod';
import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { aggregates, type Field } from '../language/definition.ts';
import { namesIn, paramsIn } from '../language/short-lists.ts';
import { foldName } from '../name.ts';
import { groupable } from '../sql/grouped-level.ts';
import { exampleQueries } from './examples.ts';
import { forms, formsOf, type Templates, valueKinds } from './forms.ts';
import { type Language, wordsOf } from './words.ts';

const formsSchema = z.array(z.enum(forms));

const fieldSchema = z
  .object({
    name: z.string(),
    key: z.string().meta({ description: 'Of the answer' }),
    label: z.string().optional(),
    datatype: z.string().meta({ description: 'As ABRA has it: dtString' }),
    type: z.string().meta({ description: 'The same in words' }),
    aggregate: z
      .enum(aggregates)
      .optional()
      .meta({ description: 'What groups (groupby) have of it; absent: it must be in groupby' }),
    currency: z
      .string()
      .optional()
      .meta({ description: 'The field with the currency of its amounts, beside it in groupby' }),
    comparable: z.boolean().optional().meta({
      description: 'false: neither groups nor rows are equal in it',
    }),
  })
  .meta({ id: 'HelpField' });

const conditionSchema = z
  .object({
    id: z.string(),
    label: z.string().optional(),
    text: z.string().meta({ description: 'What its value may be, in words' }),
    forms: formsSchema
      .optional()
      .meta({ description: 'Absent: only ABRA Gen knows. Empty: its template is missing' }),
    value: z
      .object({
        kind: z.enum(valueKinds),
        longest: z.int().optional().meta({ description: 'Letters of a text' }),
        isAscii: z.boolean().optional(),
        least: z.string().optional(),
        greatest: z.string().optional(),
        below: z.string().optional().meta({ description: 'What the size of a number is below' }),
        places: z.int().optional().meta({ description: 'After the decimal point' }),
      })
      .optional(),
    declared: z.array(z.object({ value: z.string(), name: z.string() })).optional(),
    flags: z.array(z.object({ name: z.string(), forms: formsSchema })).optional(),
  })
  .meta({ id: 'HelpCondition' });

const keySchema = z
  .object({ id: z.string(), label: z.string().optional() })
  .meta({ id: 'HelpKey' });

const datasetSchema = z
  .object({
    name: z.string(),
    label: z.string().optional(),
    fields: z.array(fieldSchema),
    unique: z.array(z.string()).meta({ description: 'Fields that no two rows share' }),
    masterfields: z.array(z.string()).optional().meta({
      description: 'Of a nested one: fields of the dataset above by which its rows are found',
    }),
    conditions: z.array(conditionSchema),
    keys: z.array(keySchema),
    get datasets(): z.ZodArray<typeof datasetSchema> {
      return z.array(datasetSchema);
    },
  })
  .meta({ id: 'HelpDataset' });

export const reportNameSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    language: z.string().meta({ description: 'Of its texts' }),
  })
  .meta({ id: 'ReportName' });

export const helpSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    timezone: z.string().optional().meta({
      description: 'By whose clock dates without an offset are; absent: ABRA Gen tells not',
    }),
    dataset: datasetSchema,
    reports: z
      .array(reportNameSchema)
      .optional()
      .meta({ description: 'Absent: ABRA Gen does not tell' }),
    examples: z.array(
      z
        .object({
          title: z.string(),
          body: z.looseObject({}).meta({ description: 'Of a POST to exec' }),
          rows: z.string().meta({ description: 'The same by GET' }),
        })
        .meta({ id: 'HelpExample' }),
    ),
    links: z.object({
      definition: z.string(),
      exec: z.string(),
      rows: z.string(),
      schema: z.string().meta({ description: 'JSON Schema of the body of exec' }),
    }),
  })
  .meta({ id: 'Help' });

export type Help = z.infer<typeof helpSchema>;
export type HelpDataset = z.infer<typeof datasetSchema>;
export type HelpCondition = z.infer<typeof conditionSchema>;

export interface Described {
  definition: Definition;
  templates: Templates;
  reports: readonly z.infer<typeof reportNameSchema>[] | undefined;
}

/** @param path of the definition: `/ab/dynsql/01B4XCTHYNDL3C5P00CA141B44` */
export function helpOf(
  { definition, templates, reports }: Described,
  path: string,
  language: Language,
): Help {
  const words = wordsOf(language);
  const dataset = (one: LoadedDataset): HelpDataset => ({
    name: one.name,
    ...labelled(one.document.displaylabel),
    fields: [...one.fields.values()].map((field) => ({
      name: field.fieldname,
      key: foldName(field.fieldname),
      ...labelled(field.displaylabel),
      datatype: field.datatype,
      type: words.fieldType(field.datatype),
      // ABRA Gen gives rows as they are.
      ...(templates === 'needed' && groupsOf(field, one)),
    })),
    unique: namesIn(one.document.uniquefields || (one.fields.has('ID') ? 'ID' : '')),
    ...(one.master !== undefined && {
      masterfields: one.masterFields.map((name) => declaredName(name, one.master)),
    }),
    conditions: [...one.conditions.values()].map((condition) => {
      const help = formsOf(condition, templates);
      return {
        id: condition.document.id,
        ...labelled(labelOf(condition, one)),
        text: words.condition(help),
        ...(help.forms !== undefined && { forms: help.forms }),
        ...(help.value !== undefined && { value: help.value }),
        ...(help.declared.length > 0 && { declared: help.declared }),
        ...(help.flags.length > 0 && { flags: help.flags }),
      };
    }),
    keys: [...one.keys.values()].map(({ id, displaylabel }) => ({ id, ...labelled(displaylabel) })),
    datasets: one.children.map(dataset),
  });
  return {
    id: definition.id,
    name: definition.name,
    ...(templates === 'needed' && { timezone: definition.document.timezone }),
    dataset: dataset(definition.root),
    ...(reports !== undefined && { reports: [...reports] }),
    examples: exampleQueries(definition, templates).map(({ kind, values, body, rows }) => ({
      title: words.example(kind, values),
      body,
      rows: `${path}/rows?${rows}`,
    })),
    links: {
      definition: path,
      exec: `${path}/exec`,
      rows: `${path}/rows`,
      schema: `${path}/schema`,
    },
  };
}

/** What groups make of a field. */
function groupsOf(field: Field, dataset: LoadedDataset) {
  const { aggregate, currency } = field;
  return {
    ...(aggregate !== undefined && { aggregate }),
    ...(aggregate !== undefined &&
      currency !== undefined && { currency: declaredName(currency, dataset) }),
    ...(groupable(field) === undefined && { comparable: false }),
  };
}

/** As the dataset spells it. */
const declaredName = (name: string, dataset: LoadedDataset | undefined): string =>
  dataset?.fields.get(foldName(name))?.fieldname ?? name;

const labelled = (label: string) => (label === '' ? {} : { label });

/** Its own, or that of its field. */
function labelOf({ document }: LoadedCondition, { fields }: LoadedDataset): string {
  const { description, params, id } = document;
  if (description !== '') return description;
  const named = paramsIn(params);
  const name = named.get('FIELDNAME') ?? named.get('FIELD') ?? id;
  const field: Field | undefined =
    fields.get(foldName(name)) ?? fields.get(foldName(`${name}$DATE`));
  return field?.displaylabel ?? '';
}
