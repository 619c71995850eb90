/**
 * A query as somebody fills it in: fields, conditions and keys of each dataset. What is not filled in
 * is left out of the body, and where the body has something from is known, so that a fault of the API
 * is shown there.
 */

import type { HelpCondition, HelpDataset } from '../../api/schema.d.ts';
import { groupsOf } from './groups.ts';

export type Form = NonNullable<HelpCondition['forms']>[number];
export type Join = 'or' | 'and' | 'not';

export interface ConditionForm {
  /** Of this place in the form, for as long as it is there. */
  key: string;
  /** Of the definition. */
  id: string;
  form: Form;
  /** One text; of a range two, of which either may be empty; of a list any. As typed. */
  values: readonly string[];
  flags: readonly string[];
}

export interface GroupForm {
  key: string;
  join: Join;
  nodes: readonly NodeForm[];
}

export type NodeForm = ConditionForm | GroupForm;

export interface OrderForm {
  id: string;
  isDown: boolean;
}

export interface LevelForm {
  fields: readonly string[];
  where: readonly NodeForm[];
  orderby: readonly OrderForm[];
  distinct: boolean;
  /** Fields that somebody has chosen to group by, beside those that must be; undefined: no groups. */
  groupby: readonly string[] | undefined;
}

export interface QueryForm {
  /** By the dataset's name; one that is missing is empty. */
  levels: Readonly<Record<string, LevelForm>>;
  /** As typed; empty: all rows. */
  top: string;
}

/** What a form makes: the query, and which place of the form each place of it is from. */
export interface MadeQuery {
  body: Record<string, unknown>;
  places: ReadonlyMap<string, string>;
}

export const emptyLevel: LevelForm = {
  ...{ fields: [], where: [], orderby: [] },
  ...{ distinct: false, groupby: undefined },
};

export const levelOf = (form: QueryForm, name: string): LevelForm =>
  form.levels[name] ?? emptyLevel;

export const isGroup = (node: NodeForm): node is GroupForm => 'join' in node;

/** Where a fault of a dataset's fields, order, groups, or of the top is shown. */
export const fieldsKey = (dataset: string) => `fields ${dataset}`;
export const orderKey = (dataset: string) => `order ${dataset}`;
export const rowsKey = (dataset: string) => `rows ${dataset}`;
export const topKey = 'top';

/** Whether anything of a dataset, or of one below it, is selected: only then it is in the answer. */
export function isAsked(form: QueryForm, dataset: HelpDataset): boolean {
  const { fields } = levelOf(form, dataset.name);
  return fields.length > 0 || dataset.datasets.some((one) => isAsked(form, one));
}

/**
 * The body of a query. Conditions that lack a value, and all of datasets that are not asked for, are
 * left out: the form may be filled in in any order. A number of rows that is none stays as it was
 * typed: without it the query would ask for all of them.
 */
export function bodyOf(form: QueryForm, root: HelpDataset): MadeQuery {
  const places = new Map<string, string>();
  const top = wholeNumber(form.top);
  const body = {
    ...level(form, root, '', places),
    ...(form.top.trim() !== '' && { top: top ?? form.top.trim() }),
  };
  places.set('top', topKey);
  return { body, places };
}

function level(
  form: QueryForm,
  dataset: HelpDataset,
  before: string,
  places: Map<string, string>,
): Record<string, unknown> {
  const own = levelOf(form, dataset.name);
  const { fields, where, orderby, distinct } = own;
  const known = new Map(dataset.conditions.map((one) => [one.id, one]));
  const conditions = nodes(where, known, `${before}where`, places);
  const below = dataset.datasets.filter((one) => isAsked(form, one));
  const groups = groupsOf(own, dataset, below);
  places.set(`${before}select`, fieldsKey(dataset.name));
  places.set(`${before}orderby`, orderKey(dataset.name));
  for (const name of ['distinct', 'groupby']) places.set(`${before}${name}`, rowsKey(dataset.name));
  return {
    ...(fields.length > 0 && { select: [...fields] }),
    ...(conditions.length > 0 && { where: conditions }),
    ...(orderby.length > 0 && {
      orderby: orderby.map(({ id, isDown }) => ({ id, ...(isDown && { ordering: 'desc' }) })),
    }),
    ...(distinct && { distinct }),
    ...(groups !== undefined && { groupby: [...groups] }),
    ...(below.length > 0 && {
      datasets: below.map((one, index) => ({
        name: one.name,
        ...level(form, one, `${before}datasets[${index}].`, places),
      })),
    }),
  };
}

function nodes(
  list: readonly NodeForm[],
  known: ReadonlyMap<string, HelpCondition>,
  before: string,
  places: Map<string, string>,
): object[] {
  const made: object[] = [];
  for (const node of list) {
    const place = `${before}[${made.length}]`;
    const one = isGroup(node)
      ? group(node, known, place, places)
      : condition(node, known.get(node.id));
    if (one === undefined) continue;
    places.set(place, node.key);
    made.push(one);
  }
  return made;
}

function group(
  { join, nodes: list }: GroupForm,
  known: ReadonlyMap<string, HelpCondition>,
  place: string,
  places: Map<string, string>,
): object | undefined {
  const inside = nodes(list, known, `${place}.${join}`, places);
  return inside.length === 0 ? undefined : { [join]: inside };
}

function condition(
  { id, form, values, flags }: ConditionForm,
  help: HelpCondition | undefined,
): object | undefined {
  const named = { id, ...(flags.length > 0 && { flags: [...flags] }) };
  if (form === 'none') return named;
  if (form === 'isNull') return { id, isNull: values[0] !== 'false' };
  const value = givenValue(form, values, help);
  return value === undefined ? undefined : { ...named, value };
}

function givenValue(
  form: Form,
  values: readonly string[],
  help: HelpCondition | undefined,
): unknown {
  const kind = help?.value?.kind;
  const given = values.map((text) => (kind === 'number' ? numberText(text) : trimmed(text, kind)));
  const filled = given.filter((text) => text !== '');
  const [first = '', second = ''] = given;
  switch (form) {
    case 'boolean':
      return first === '' ? undefined : first === 'true';
    case 'range':
      if (first !== '' && second !== '') return [first, second];
      if (first !== '') return { from: first };
      return second === '' ? undefined : { to: second };
    case 'list':
      if (filled.length === 0) return undefined;
      // Two values by themselves would be a range.
      return filled.length === 2 && help?.forms?.includes('range') ? { in: filled } : filled;
    case 'some declared':
      return filled.length === 0 ? undefined : filled;
    default:
      return first === '' ? undefined : kind === 'boolean' ? first === 'true' : first;
  }
}

/** Blanks around a text may be meant; around anything else they are not. */
function trimmed(text: string, kind: NonNullable<HelpCondition['value']>['kind'] | undefined) {
  return kind === 'text' || kind === undefined ? text : text.trim();
}

/** `1 234,50` as `1234.50`: a number as people here write it, with all its digits. */
export function numberText(text: string): string {
  const plain = text.replace(/[\s\u00a0\u202f']/g, '').replace('\u2212', '-');
  return /^[-+]?\d*,\d+$/.test(plain) ? plain.replace(',', '.') : plain;
}

function wholeNumber(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '');
  return /^\d{1,15}$/.test(plain) && Number(plain) > 0 ? Number(plain) : undefined;
}

/**
 * Which place of the form a fault is about: the one whose place in the body is the longest beginning
 * of the fault's. Undefined: of the query as a whole.
 *
 * @param field as the API names it: `where[0].value[1]`
 */
export function placeOfFault(places: MadeQuery['places'], field: string): string | undefined {
  const found = [...places.keys()]
    .filter((place) => field === place || /^[.[]/.test(field.slice(place.length)))
    .filter((place) => field.startsWith(place))
    .sort((one, other) => other.length - one.length);
  return found[0] === undefined ? undefined : places.get(found[0]);
}
