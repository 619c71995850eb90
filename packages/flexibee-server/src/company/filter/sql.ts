import type { SQLInputValue } from 'node:sqlite';
import { quoted } from '../database.ts';
import { CompanyError } from '../errors.ts';
import { isCodeList } from '../evidence/code-lists.ts';
import { type Evidence, evidenceOf, type Property, propertyOf } from '../evidence/index.ts';
import { labels } from '../evidence/property.ts';
import { localDate, localDateTime } from '../time.ts';
import type { Expression, Value } from './parse.ts';
import { plain } from './plain.ts';

export interface Condition {
  sql: string;
  values: SQLInputValue[];
}

export interface FilterContext {
  /** The number behind an identifier in an evidence or code list. @throws CompanyError 400 */
  resolve(target: string, ident: string): number | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Stands for a record that does not exist: equals none, differs from all. */
const nobody = -1;

/**
 * The condition of a filter over the table aliased `t`. As in FlexiBee's own database, nothing
 * compares with an empty field: `popis != 'x'` leaves out records without one.
 * @throws CompanyError 400: unknown property, value of the wrong type
 */
export function filterSql(
  expression: Expression,
  evidence: Evidence,
  context: FilterContext,
): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return joined(
        expression.kind === 'and' ? ' AND ' : ' OR ',
        expression.terms.map((term) => filterSql(term, evidence, context)),
      );
    case 'not': {
      const { sql, values } = filterSql(expression.term, evidence, context);
      return { sql: `NOT (${sql})`, values };
    }
    default:
      return condition(expression, evidence, context);
  }
}

type Simple = Exclude<Expression, { kind: 'and' | 'or' | 'not' }>;

function condition(expression: Simple, evidence: Evidence, context: FilterContext): Condition {
  const field = fieldOf(evidence, expression.field);
  const { sql } = field;
  const read = (value: Value) => readValue(field, value, context);
  switch (expression.kind) {
    case 'compare':
      if (field.property === labels) return labelled(sql, expression, context);
      return { sql: `${sql} ${expression.operator} ?`, values: [read(expression.value)] };
    case 'between':
      return {
        sql: `${sql} BETWEEN ? AND ?`,
        values: [read(expression.from), read(expression.to)],
      };
    case 'in':
      // One parameter for any number of values: SQLite takes 32766 at most.
      return {
        sql: `${sql} IN (SELECT value FROM json_each(?))`,
        values: [JSON.stringify(expression.values.map(read))],
      };
    case 'match':
      return matching(sql, expression, String(readText(expression.value, context)));
    case 'is':
      return { sql: state(field, expression.what, expression.not), values: [] };
  }
}

interface Field {
  sql: string;
  property: Property;
  /** Whose identifiers it is compared with, when it holds a record. */
  target: string | undefined;
}

/** The SQL of `firma.skupFir.kod`: each step but the last is a relation. */
function fieldOf(evidence: Evidence, path: string): Field {
  let owner: Evidence | undefined = evidence;
  let table = 't';
  let found: Field | undefined;
  for (const name of path.split('.')) {
    const property: Property | undefined =
      owner === undefined ? codeListProperty(name) : propertyOf(owner, name);
    if (property === undefined || (found !== undefined && found.target === undefined)) {
      throw new CompanyError(
        400,
        `Vlastnost '${path}' není v evidenci '${evidence.path}' podporována.`,
      );
    }
    // A moment is stored with its time zone, which filters do not look at.
    const column = property.type === 'datetime' ? `substr(${quoted(name)}, 1, 23)` : quoted(name);
    const sql: string =
      found === undefined
        ? column.replace(quoted(name), `${table}.${quoted(name)}`)
        : `(SELECT ${column} FROM ${quoted(table)} WHERE id = ${found.sql})`;
    const target: string | undefined = name === 'id' ? owner?.path : property.target;
    found = { sql, property, target };
    if (property.target !== undefined) {
      owner = isCodeList(property.target) ? undefined : evidenceOf(property.target);
      table = owner === undefined ? 'code_list' : owner.path;
    }
  }
  if (found === undefined) throw new TypeError('path: expected a name');
  return found;
}

function codeListProperty(name: string): Property | undefined {
  if (name === 'id') return { name, label: 'ID', type: 'integer' };
  if (name === 'kod' || name === 'nazev') return { name, label: name, type: 'string' };
  return undefined;
}

function readText(value: Value, context: FilterContext): string {
  if (value.kind === 'literal') return value.value;
  if (value.name === 'now') return localDateTime(context.now).slice(0, 23);
  if (value.name === 'currentYear') return localDate(context.now).slice(0, 4);
  throw new CompanyError(400, 'Funkce me() není u této vlastnosti podporována.');
}

const isNumber = (text: string) => /^-?\d{1,15}$/.test(text);

function readValue(field: Field, value: Value, context: FilterContext): SQLInputValue {
  const text = readText(value, context);
  const { type, name } = field.property;
  if (field.target !== undefined) {
    // `id > 12` is about the number, whether there is a 12 or not.
    return isNumber(text) ? Number(text) : (context.resolve(field.target, text) ?? nobody);
  }
  if (type === 'integer' || type === 'numeric') {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
    throw new CompanyError(400, `Hodnota '${text}' vlastnosti '${name}' není číslo.`);
  }
  if (type === 'logic') {
    if (text === 'true' || text === '1') return 1;
    if (text === 'false' || text === '0') return 0;
    throw new CompanyError(400, `Hodnota '${text}' vlastnosti '${name}' není true ani false.`);
  }
  if (type === 'date' || type === 'datetime') {
    if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text))) {
      throw new CompanyError(400, `Hodnota '${text}' vlastnosti '${name}' není datum.`);
    }
    // A date must come without a time zone, and one after a time is ignored (documented).
    if (type === 'date') return text.slice(0, 10);
    const time = text.slice(11).replace(/(Z|[+-]\d\d:\d\d)$/, '');
    return `${text.slice(0, 10)}T${time}${'00:00:00.000'.slice(time.length)}`;
  }
  return text;
}

type Comparison = Extract<Simple, { kind: 'compare' }>;

/** `stitky = 'code:VIP'`: has the label, whatever others it has. */
function labelled(sql: string, { operator, value }: Comparison, context: FilterContext): Condition {
  const code = readText(value, context)
    .replace(/^code:/, '')
    .toUpperCase();
  const has = `instr(', ' || ${sql} || ', ', ', ' || ? || ', ') > 0`;
  if (operator === '=') return { sql: has, values: [code] };
  if (operator === '<>') return { sql: `NOT (${has})`, values: [code] };
  throw new CompanyError(400, `Štítky lze porovnat jen operátory '=' a '!='.`);
}

type Matching = Extract<Simple, { kind: 'match' }>;

/** Without regard to case (assumed), with `similar` to diacritics neither (documented). */
function matching(sql: string, { operator, similar }: Matching, wanted: string): Condition {
  const column = similar ? `plain(${sql})` : `folded(${sql})`;
  const text = similar ? plain(wanted) : wanted.toLowerCase();
  if (operator === 'like') return { sql: `instr(${column}, ?) > 0`, values: [text] };
  const part = operator === 'begins' ? 'substr(%, 1, length(?))' : 'substr(%, -length(?))';
  if (text === '') return { sql: `${sql} IS NOT NULL`, values: [] };
  return { sql: `${part.replace('%', column)} = ?`, values: [text, text] };
}

function state({ sql, property }: Field, what: string, not: boolean): string {
  const negation = not ? 'NOT ' : '';
  if (what === 'null') return `${sql} IS ${negation}NULL`;
  if (what === 'empty') {
    const empty = property.type === 'string' ? "''" : '0';
    return `${negation}(${sql} IS NULL OR ${sql} = ${empty})`;
  }
  return `${negation}(${sql} IS ${what === 'true' ? 1 : 0})`;
}

/** Joins in a balanced tree: SQLite refuses expressions deeper than 1000. */
function joined(operator: string, terms: readonly Condition[]): Condition {
  const [first] = terms;
  if (first !== undefined && terms.length === 1) return first;
  const middle = terms.length >> 1;
  const left = joined(operator, terms.slice(0, middle));
  const right = joined(operator, terms.slice(middle));
  return {
    sql: `(${left.sql}${operator}${right.sql})`,
    values: [...left.values, ...right.values],
  };
}
