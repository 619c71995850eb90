/** Conditions as SQL: what ABRA Gen keeps in the fragments of its templates. */

import { readDate } from '../dates.ts';
import type { Condition } from '../definitions/shape.ts';
import { templates } from '../definitions/templates.ts';
import { badRequest } from '../http/refusal.ts';
import type { Where } from './query.ts';

export interface Fragment {
  readonly sql: string;
  /** One for each `?`. */
  readonly parameters: readonly (string | number)[];
}

type Template = (where: Where, column: string) => Fragment;

const insensitive = 'CaseInsensitive';

/** @throws Refusal 400 for values and flags that the condition does not take */
export function fragmentOf(where: Where): Fragment {
  const { condition, flags } = where;
  const template = byId.get(condition.template);
  if (template === undefined) throw new Error(`there is no template ${condition.template}`);
  const own = paramOf(condition, 'FLAG');
  const unknown = flags.find((flag) => ![insensitive, own].some((name) => same(name, flag)));
  if (unknown !== undefined) wrong(condition, `flag '${unknown}' nezná`);
  return template(where, `${condition.alias}.${paramOf(condition, 'FIELDNAME') ?? condition.id}`);
}

const byId = new Map<string, Template>([
  [
    templates.id,
    ({ condition, values }, column) => inList(column, values.map(textOf(condition)), condition),
  ],
  [templates.code, code],
  [templates.text, text],
  [templates.stored, stored],
  [templates.number, number],
  [templates.dates, dates],
  [templates.boolean, boolean],
  [templates.oneOf, (where, column) => declared(where, column, 1)],
  [templates.subsetOf, (where, column) => declared(where, column, Number.POSITIVE_INFINITY)],
  [
    templates.fixed,
    ({ condition, values }) => {
      if (values.length > 0) wrong(condition, 'hodnotu nemá');
      return { sql: paramOf(condition, 'SPECIAL') ?? '', parameters: [] };
    },
  ],
  [
    templates.rows,
    ({ condition, values, flags }) => {
      if (values.length > 0) wrong(condition, 'hodnotu nemá');
      const all = flags.some((flag) => same(paramOf(condition, 'FLAG'), flag));
      return { sql: all ? '1=1' : (paramOf(condition, 'LINK') ?? ''), parameters: [] };
    },
  ],
]);

function inList(column: string, values: readonly string[], condition: Condition): Fragment {
  if (values.length === 0) wrong(condition, 'vyžaduje alespoň jednu hodnotu');
  return {
    sql: `${column} IN (SELECT value FROM json_each(?))`,
    parameters: [JSON.stringify(values)],
  };
}

function code(where: Where, column: string): Fragment {
  const { condition, values } = where;
  return values.length === 1
    ? text(where, column)
    : inList(column, values.map(textOf(condition)), condition);
}

function text({ condition, values, flags }: Where, column: string): Fragment {
  const [pattern] = exactly(condition, values.map(textOf(condition)), 1);
  const how = flags.some((flag) => same(insensitive, flag)) ? 'i' : '';
  return { sql: `matches(${column}, ?, ?)`, parameters: [pattern ?? '', how] };
}

function stored({ condition, values }: Where, column: string): Fragment {
  const [value] = exactly(condition, values, 1);
  if (value === 'A' || value === 'N') return { sql: `${column}=?`, parameters: [value] };
  return wrong(condition, "má hodnotu 'A' nebo 'N'");
}

function boolean({ condition, values }: Where, column: string): Fragment {
  const [value] = exactly(condition, values, 1);
  if (typeof value !== 'boolean') return wrong(condition, 'má hodnotu true nebo false');
  return { sql: `${column}=?`, parameters: [value ? 'A' : 'N'] };
}

function number({ condition, values }: Where, column: string): Fragment {
  const numbers = values.map((value) =>
    typeof value === 'number' ? value : wrong(condition, 'má číselnou hodnotu'),
  );
  const [from, to = from] = numbers;
  if (from === undefined || to === undefined || numbers.length > 2) {
    return wrong(condition, 'má jednu hodnotu nebo dvě (rozsah)');
  }
  return { sql: `${column} BETWEEN ? AND ?`, parameters: [from, to] };
}

/** With a time in either value the time counts, otherwise whole days, the last one included. */
function dates({ condition, values }: Where, column: string): Fragment {
  const [from, to] = exactly(condition, values, 2).map(
    (value) => readDate(value) ?? wrong(condition, 'má datum podle ISO 8601 nebo číslo'),
  );
  if (from === undefined || to === undefined) return wrong(condition, 'má dvě hodnoty (rozsah)');
  const timed = from.hasTime || to.hasTime;
  return {
    sql: timed ? `${column} BETWEEN ? AND ?` : `${column}>=? AND ${column}<?+1`,
    parameters: [from.stored, to.stored],
  };
}

/** Values of the list that the condition declares: `3;9`. */
function declared({ condition, values }: Where, column: string, most: number): Fragment {
  const [value] = exactly(condition, values, 1);
  const allowed = (paramOf(condition, 'VALUES') ?? '').split(';');
  const given =
    typeof value === 'string' || typeof value === 'number' ? String(value).split(';') : [];
  if (given.length === 0 || given.length > most || given.some((each) => !allowed.includes(each))) {
    return wrong(
      condition,
      `má ${most === 1 ? 'jednu hodnotu' : 'hodnoty'} z ${allowed.join(';')}`,
    );
  }
  return {
    sql: `${column} IN (SELECT value FROM json_each(?))`,
    parameters: [JSON.stringify(given.map(Number))],
  };
}

const textOf = (condition: Condition) => (value: unknown) =>
  typeof value === 'string' ? value : wrong(condition, 'má textovou hodnotu');

function exactly<Value>(condition: Condition, values: readonly Value[], count: 1 | 2) {
  if (values.length === count) return values;
  const expected = count === 1 ? 'právě jednu hodnotu' : 'právě dvě hodnoty (rozsah)';
  return wrong(condition, `má ${expected}, zadáno ${values.length}`);
}

const same = (name: string | undefined, other: string) =>
  name?.toLowerCase() === other.toLowerCase();

/** A line `NAME=value` of the condition's params. */
function paramOf({ params }: Condition, name: string): string | undefined {
  const line = params.split('\r\n').find((each) => each.startsWith(`${name}=`));
  return line?.slice(name.length + 1);
}

function wrong(condition: Condition, what: string): never {
  return badRequest(`Podmínka ${condition.id} ${what}`);
}
