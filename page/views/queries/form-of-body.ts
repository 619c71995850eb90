/** The form that a query would have been made by: from an address, a saved query, an example. */

import type { HelpCondition, HelpDataset } from '../../api/schema.d.ts';
import type { ConditionForm, Form, Join, LevelForm, NodeForm, QueryForm } from './form.ts';

export const joins: readonly Join[] = ['or', 'and', 'not'];

let made = 0;

/** Of a new place in a form. */
export function newKey(): string {
  made += 1;
  return `place-${made}`;
}

/** Whatever `body` is, the form has what the definition knows of it; `leftOut` tells the rest. */
export function formOfBody(body: unknown, root: HelpDataset): QueryForm {
  const levels: Record<string, LevelForm> = {};
  read(body, root, root, levels);
  const top = memberOf(body, 'top');
  return { levels, top: isObject(top) ? '' : String(top ?? '') };
}

/** @param above where its datasets are looked for: at the top or inside the one above */
function read(
  body: unknown,
  dataset: HelpDataset,
  above: HelpDataset,
  levels: Record<string, LevelForm>,
): void {
  levels[dataset.name] = levelFrom(body, dataset);
  for (const one of listOf(memberOf(body, 'datasets'))) {
    const name = memberOf(one, 'name');
    const found = typeof name === 'string' ? below(above, name) : undefined;
    if (found !== undefined) read(one, found, found, levels);
  }
}

function below(dataset: HelpDataset, name: string): HelpDataset | undefined {
  for (const one of dataset.datasets) {
    const found = isSame(one.name, name) ? one : below(one, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function levelFrom(body: unknown, dataset: HelpDataset): LevelForm {
  const names = dataset.fields.map(({ name }) => name);
  const keys = dataset.keys.map(({ id }) => id);
  const fieldsOf = (member: string) => [
    ...new Set(listOf(memberOf(body, member)).flatMap((one) => named(names, one))),
  ];
  const isGrouped = (memberOf(body, 'groupby') ?? undefined) !== undefined;
  return {
    fields: fieldsOf('select'),
    where: nodesFrom(memberOf(body, 'where'), dataset.conditions),
    orderby: listOf(memberOf(body, 'orderby')).flatMap((one) =>
      named(keys, memberOf(one, 'id')).map((id) => ({
        id,
        isDown: isSame(String(memberOf(one, 'ordering') ?? ''), 'desc'),
      })),
    ),
    distinct: memberOf(body, 'distinct') === true && !isGrouped,
    groupby: isGrouped ? fieldsOf('groupby') : undefined,
  };
}

function nodesFrom(value: unknown, known: readonly HelpCondition[]): NodeForm[] {
  return listOf(value).flatMap((one): NodeForm[] => {
    const join = joins.find((name) => memberOf(one, name) !== undefined);
    if (join !== undefined) {
      return [{ key: newKey(), join, nodes: nodesFrom(memberOf(one, join), known) }];
    }
    const id = memberOf(one, 'id');
    const help = known.find((condition) => isSame(condition.id, String(id ?? '')));
    return help === undefined ? [] : [conditionFrom(one, help)];
  });
}

function conditionFrom(one: unknown, help: HelpCondition): ConditionForm {
  const value = memberOf(one, 'value');
  const isNull = memberOf(one, 'isNull');
  const flags = listOf(memberOf(one, 'flags')).flatMap((flag) =>
    named(
      (help.flags ?? []).map(({ name }) => name),
      flag,
    ),
  );
  const filled = { key: newKey(), id: help.id, flags };
  if (typeof isNull === 'boolean') return { ...filled, form: 'isNull', values: [String(isNull)] };
  return { ...filled, ...shapeOf(value, help) };
}

function shapeOf(value: unknown, help: HelpCondition): Pick<ConditionForm, 'form' | 'values'> {
  const forms = formsOf(help);
  const has = (form: Form) => forms.includes(form);
  const values = listOf(value).map(String);
  if (value === undefined) return blank(has('none') ? 'none' : (forms[0] ?? 'one'));
  if (has('declared')) return { form: 'declared', values };
  if (has('some declared')) {
    return { form: 'some declared', values: values.flatMap((text) => text.split(';')) };
  }
  if (isObject(value)) {
    const ends = ['from', 'to'].map((end) => String(memberOf(value, end) ?? ''));
    const inside = memberOf(value, 'in');
    return inside === undefined
      ? { form: 'range', values: ends }
      : { form: 'list', values: listOf(inside).map(String) };
  }
  if (typeof value === 'boolean' && has('boolean')) return { form: 'boolean', values };
  if (values.length === 2 && has('range')) return { form: 'range', values };
  if (Array.isArray(value) && has('list')) return { form: 'list', values };
  if (has('pattern') && values[0]?.includes('*')) return { form: 'pattern', values };
  if (has('one') || values.length < 2)
    return { form: has('one') ? 'one' : (forms[0] ?? 'one'), values };
  return { form: 'list', values };
}

/** How a condition may be filled in; of one that only ABRA Gen knows, however it might be. */
export function formsOf({ forms }: HelpCondition): readonly Form[] {
  return forms ?? ['one', 'range', 'list', 'none'];
}

/** A form of a condition with nothing in it yet. */
export function blank(form: Form): Pick<ConditionForm, 'form' | 'values'> {
  const values = { range: ['', ''], isNull: ['true'], boolean: ['true'] }[form as string];
  return { form, values: values ?? (['none', 'some declared', 'list'].includes(form) ? [] : ['']) };
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members may be named in any case of letters. */
export function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return Object.entries(value).find(([key]) => isSame(key, name))?.[1];
}

export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export const isSame = (one: string, other: string) => one.toUpperCase() === other.toUpperCase();

function named(names: readonly string[], value: unknown): string[] {
  const found = names.find((name) => typeof value === 'string' && isSame(name, value));
  return found === undefined ? [] : [found];
}
