/** Queries that a definition can be asked as they stand: each is checked before it is shown. */

import type { CheckedQuery, Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { checkQuery } from '../language/query.ts';
import type { Templates } from './forms.ts';
import { type ConditionHelp, formsOf } from './forms.ts';

export type ExampleKind = 'first' | 'condition' | 'below';

export interface ExampleQuery {
  kind: ExampleKind;
  /** Of its title. */
  values: Record<string, string>;
  body: Record<string, unknown>;
  /** The same as parameters of an address. */
  rows: string;
}

const mostFields = 4;
const top = 10;

/** One of a few rows, one with a condition and an order, one with the rows below. */
export function exampleQueries(definition: Definition, templates: Templates): ExampleQuery[] {
  // ABRA Gen gives all rows.
  const few = templates === 'needed' ? { top } : {};
  const { root } = definition;
  const select = fieldsOf(root);
  const key = [...root.keys.values()].find(({ hidden }) => !hidden)?.id;
  const fits = (body: Record<string, unknown>): CheckedQuery | undefined =>
    checkQuery(definition, body, { templates }).query;
  const where = [...root.conditions.values()]
    .flatMap((condition) => conditionsOf(condition, templates))
    .find((one) => fits({ select, where: one }) !== undefined);
  const [child] = root.children.toSorted(
    (one, other) => other.children.length - one.children.length,
  );
  const bodies: Omit<ExampleQuery, 'rows'>[] = [
    { kind: 'first', values: {}, body: { select, ...few } },
    ...(where === undefined
      ? []
      : [
          {
            kind: 'condition' as const,
            values: { condition: where.id },
            body: {
              select,
              where: [where],
              ...(key !== undefined && { orderby: [{ id: key, ordering: 'desc' }] }),
              ...few,
            },
          },
        ]),
    ...(child === undefined
      ? []
      : [
          {
            kind: 'below' as const,
            values: { dataset: child.name },
            body: { select, datasets: [below(child)], ...few },
          },
        ]),
  ];
  return bodies
    .filter(({ body }) => fits(body) !== undefined)
    .map((one) => ({ ...one, rows: addressOf(one.body) }));
}

function fieldsOf({ fields }: LoadedDataset): string[] {
  return [...fields.values()].slice(0, mostFields).map(({ fieldname }) => fieldname);
}

function below(dataset: LoadedDataset): Record<string, unknown> {
  const [child] = dataset.children;
  return {
    name: dataset.name,
    select: fieldsOf(dataset),
    ...(child !== undefined && { datasets: [below(child)] }),
  };
}

type Condition = { id: string; value?: unknown };

/** Of these the first that the check takes is shown. */
function conditionsOf(condition: LoadedCondition, templates: Templates): Condition[] {
  const { id } = condition.document;
  const help = formsOf(condition, templates);
  const forms = help.forms ?? [];
  const [declared] = help.declared;
  return [
    ...(forms.includes('pattern') ? ['A*'] : []),
    ...(forms.includes('range') ? [rangeOf(help)] : []),
    ...(forms.includes('list') ? [[oneOf(help)]] : []),
    ...(forms.includes('one') ? [oneOf(help)] : []),
    ...(declared === undefined ? [] : [declared.value]),
    ...(forms.includes('boolean') ? [true] : []),
  ]
    .map((value): Condition => ({ id, value }))
    .concat(forms.includes('none') ? [{ id }] : []);
}

function rangeOf(help: ConditionHelp): unknown[] {
  if (help.value?.kind === 'date') return ['2026-01-01', '2026-12-31'];
  if (help.value?.kind === 'time') return ['08:00', '16:30'];
  return help.value?.kind === 'number' ? [1, 100] : ['A', 'Z'];
}

function oneOf(help: ConditionHelp): unknown {
  switch (help.value?.kind) {
    case 'date':
      return '2026-11-30';
    case 'time':
      return '12:00';
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'id':
      return '6F9619FF-8B86-D011-B42D-00C04FC964FF';
    case 'record':
      return '1000000101';
    default:
      return 'A';
  }
}

interface Level {
  name?: string;
  select?: string[];
  where?: Condition[];
  orderby?: { id: string; ordering?: string }[];
  datasets?: Level[];
  top?: number;
}

/** The reverse of `queryOfParameters`, for bodies as they are made here. */
function addressOf(body: Level): string {
  const parameters = new URLSearchParams({ select: selected(body, '').join(',') });
  for (const { id, value } of body.where ?? []) parameters.set(`where.${id}`, textOf(value));
  const keys = body.orderby?.map(({ id, ordering }) => (ordering === 'desc' ? `-${id}` : id));
  if (keys !== undefined) parameters.set('orderby', keys.join(','));
  if (body.top !== undefined) parameters.set('top', String(body.top));
  return String(parameters);
}

const selected = ({ select = [], datasets = [] }: Level, before: string): string[] => [
  ...select.map((name) => `${before}${name}`),
  ...datasets.flatMap((one) => selected(one, `${before}${one.name}.`)),
];

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
