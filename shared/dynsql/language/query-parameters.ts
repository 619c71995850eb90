/**
 * A query as the parameters of an address, which is how spreadsheets and browsers ask:
 * `select=Code,HISTORY.EUMember&where.Code=C*&orderby=-Name&top=10`. They become the body of a query and
 * nothing else; what is right is for the check of a body to say.
 */

import type { FieldError } from '../../faults/field-error.ts';
import { JsonError, parseBounded } from '../../json/bounded-json.ts';
import { depthLimit } from '../../json/bounds.ts';
import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import { queryFault } from './query.ts';
import { QueryFault } from './query-faults.ts';
import { valueType } from './value-type.ts';

/** Parameters whose names go on with the id of a condition, after the datasets that it is below. */
export const conditionParameters = ['where.', 'flags.'] as const;
export const plainParameters = [
  ...['select', 'where', 'orderby', 'groupby', 'distinct'],
  ...['top', 'skip', 'count', 'next'],
] as const;

/** Of the root only; each is a member of the body. */
const numbers = new Set(['top', 'skip']);
const answers = new Set(['distinct', 'count', 'next']);

interface GivenCondition {
  id: string;
  value?: unknown;
  flags?: string[];
}

interface Level {
  select: string[];
  /** Those of parameters of their own, and what JSON has. */
  where: unknown[];
  orderby: { id: string; ordering: 'asc' | 'desc' }[];
  groupby: string[];
  datasets: NamedLevel[];
}
type NamedLevel = Level & { name: string };

/** A body, and which parameter each place of it is from. */
export interface ParametersQuery {
  readonly body: object;
  /** A fault of the body, as one of the parameters; whatever else was thrown stays as it is. */
  named(error: unknown): unknown;
}

/**
 * @param parameters names and values, each name once; of others than the above nothing is read
 * @throws QueryFault for a value that begins as JSON and is none
 */
export function queryOfParameters(
  definition: Definition,
  parameters: Iterable<readonly [name: string, value: string]>,
): ParametersQuery {
  const reading = new Reading(definition);
  for (const [name, value] of parameters) reading.read(name, value);
  return reading.done();
}

class Reading {
  readonly #root: Level = emptyLevel();
  readonly #definition: Definition;
  /** Parameters by the places that they are from; a longer place is more exact. */
  readonly #names = new Map<string, string>();
  /** Places that are JSON of a parameter, as a body has it. */
  readonly #whole = new Set<string>();
  /** Those that have a parameter of their own. */
  readonly #own = new Set<GivenCondition>();
  /** Parameters of each place, by what they say of it. */
  readonly #given = new Map<string, string>();
  readonly #errors: FieldError[] = [];
  readonly #members: Record<string, unknown> = {};

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  read(name: string, value: string): void {
    if (name === 'select') for (const item of listOf(value)) this.#field(name, item);
    else if (name === 'groupby') this.#groups(value);
    else if (name === 'orderby') for (const item of listOf(value)) this.#order(item);
    else if (numbers.has(name)) {
      this.#members[name] = /^\d{1,15}$/.test(value) ? Number(value) : value;
    } else if (answers.has(name)) {
      this.#members[name] = /^(true|false)$/i.test(value) ? /^true$/i.test(value) : value;
    } else if (name === 'where') this.#wheres(name, value, '');
    else if (name.startsWith('where.')) this.#where(name, value);
    else if (name.startsWith('flags.')) this.#flags(name, value);
  }

  done(): ParametersQuery {
    if (this.#errors.length > 0) throw queryFault(this.#errors);
    const body = { ...written(this.#root), ...this.#members };
    return { body, named: (error) => this.#named(error) };
  }

  #field(parameter: 'select' | 'groupby', item: string): void {
    const { level, place, rest } = this.#levelAt(item, parameter, () => false);
    this.#names.set(`${place}${parameter}[${level[parameter].length}]`, parameter);
    level[parameter].push(rest);
  }

  /** Without a field all rows are one. */
  #groups(value: string): void {
    const items = listOf(value);
    if (items.length === 0) this.#members['groupby'] = [];
    for (const item of items) this.#field('groupby', item);
  }

  #order(item: string): void {
    const isDown = item.startsWith('-');
    const path = isDown ? item.slice(1) : item;
    const isKey = ({ keys }: LoadedDataset, id: string) => keys.has(foldName(id));
    const { level, place, rest } = this.#levelAt(path, 'orderby', isKey);
    this.#names.set(`${place}orderby[${level.orderby.length}]`, 'orderby');
    level.orderby.push({ id: rest, ordering: isDown ? 'desc' : 'asc' });
  }

  /** Conditions as a body has them. @param path of their dataset, below the root's */
  #wheres(name: string, text: string, path: string): void {
    const { level, place } = this.#levelAt(path, name, () => false);
    this.#once(`${place}where`, name);
    if (text === '') return;
    const given = this.#json(name, text, conditionsUse);
    if (given === undefined) return;
    const isList = Array.isArray(given);
    for (const [nth, item] of (isList ? given : [given]).entries()) {
      const at = `${place}where[${level.where.length}]`;
      this.#names.set(at, isList ? `${name}[${nth}]` : name);
      this.#whole.add(at);
      level.where.push(item);
    }
  }

  #where(name: string, text: string): void {
    const path = name.slice(name.indexOf('.') + 1);
    const { dataset, rest } = this.#levelAt(path, name, isCondition);
    const isDataset = this.#definition.datasets.has(foldName(rest));
    if (isDataset && looksLikeJson(text) && !(dataset && isCondition(dataset, rest))) {
      this.#wheres(name, text, `${path}.`);
      return;
    }
    const { condition, place, known } = this.#condition(name);
    this.#names.set(place, name);
    this.#once(`${place}.value`, name);
    if (text === '') return;
    const value = this.#valueOf(name, text, known);
    if (value !== undefined) condition.value = value;
  }

  #flags(name: string, text: string): void {
    const { condition, place } = this.#condition(name);
    this.#names.set(`${place}.flags`, name);
    this.#once(`${place}.flags`, name);
    condition.flags = listOf(text);
  }

  /** Names of conditions have no case of letters: the same one may come as two parameters. */
  #once(place: string, name: string): void {
    const other = this.#given.get(place);
    this.#given.set(place, name);
    if (other === undefined) return;
    const message = `${name} is the same parameter as ${other}`;
    this.#errors.push({ field: name, message, allowed: 'given once' });
  }

  /** The one that is asked for already, or a new one: a condition may have both parameters. */
  #condition(name: string) {
    const path = name.slice(name.indexOf('.') + 1);
    const { level, place, rest, dataset } = this.#levelAt(path, name, isCondition);
    const isOwn = (one: unknown): one is GivenCondition => this.#own.has(one as GivenCondition);
    let condition = level.where.filter(isOwn).find(({ id }) => sameName(id, rest));
    if (condition === undefined) {
      condition = { id: rest };
      this.#own.add(condition);
      level.where.push(condition);
    }
    const at = `${place}where[${level.where.indexOf(condition)}]`;
    if (!this.#names.has(at)) this.#names.set(at, name);
    return { condition, place: at, known: dataset?.conditions.get(foldName(rest)) };
  }

  /**
   * The level that a dotted path leads to. A name with a dot in it is found where it is one that the
   * dataset has.
   */
  #levelAt(
    path: string,
    parameter: string,
    isKnown: (dataset: LoadedDataset, name: string) => boolean,
  ) {
    let level = this.#root;
    let dataset: LoadedDataset | undefined = this.#definition.root;
    let place = '';
    let rest = path;
    for (;;) {
      const dot = rest.indexOf('.');
      if (dot < 0 || (dataset !== undefined && isKnown(dataset, rest))) break;
      const name = rest.slice(0, dot);
      rest = rest.slice(dot + 1);
      let index = level.datasets.findIndex((one) => sameName(one.name, name));
      if (index < 0) index = level.datasets.push({ name, ...emptyLevel() }) - 1;
      const at = `${place}datasets[${index}]`;
      if (!this.#names.has(at)) {
        this.#names.set(at, parameter);
        this.#names.set(`${at}.select`, 'select');
      }
      place = `${at}.`;
      level = level.datasets[index] ?? level;
      dataset = this.#definition.datasets.get(foldName(name));
    }
    return { level, dataset, place, rest };
  }

  /** What is no JSON is text; true, false and stored dates are what they are for who takes them. */
  #valueOf(name: string, given: string, condition: LoadedCondition | undefined): unknown {
    const text = takesDate(condition) ? withOffsets(given) : given;
    if (looksLikeJson(text)) {
      return this.#json(
        name,
        text,
        'JSON where it begins with [, { or "; such text goes between quotes',
      );
    }
    if (/^(true|false)$/i.test(text) && takesBoolean(condition)) return /^true$/i.test(text);
    return /^-?\d{1,7}$/.test(text) && takesDate(condition) ? Number(text) : text;
  }

  /** Undefined, and a fault, for what is none. @param allowed to be read after `must be` */
  #json(name: string, text: string, allowed: string): unknown {
    try {
      const bounds = { depth: depthLimit, values: mostValues, uniqueKeys: true };
      return parseBounded(Buffer.from(text), bounds).value;
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      const isSyntax = error.kind === 'syntax';
      const message = isSyntax ? `${name} must be ${allowed}` : `${name}: has ${error.message}`;
      this.#errors.push({ field: name, message, allowed });
      return undefined;
    }
  }

  #named(error: unknown): unknown {
    if (!(error instanceof QueryFault) || error.kind !== 'unfit') return error;
    return queryFault(error.errors.map((fault) => this.#ofParameter(fault)));
  }

  #ofParameter(fault: FieldError): FieldError {
    const { field, message } = fault;
    const before = [...this.#names.keys()]
      .filter((place) => field === place || /^[.[]/.test(field.slice(place.length)))
      .filter((place) => field.startsWith(place))
      .sort((one, other) => other.length - one.length)[0];
    if (before === undefined) return fault;
    const name = this.#names.get(before) ?? before;
    const rest = field.slice(before.length);
    // Where in the parameter's value it is; that it is the value follows from the parameter.
    const within = this.#whole.has(before)
      ? rest
      : (/^\.(?:value|flags)(.*)$/s.exec(rest)?.[1] ?? /^\[\d+\]$/.exec(rest)?.[0]);
    const shown = `${name}${within ?? ''}`;
    const told = message.startsWith(field) ? `${shown}${message.slice(field.length)}` : message;
    return { ...fault, field: shown, message: told };
  }
}

/** In a parameter: an address has 8 KB. */
const mostValues = 10_000;

/** To be read after `must be`. */
const conditionsUse = 'JSON: a condition as a body has it, or a list of them';

const looksLikeJson = (text: string): boolean => /^\s*["[{]/.test(text);

const isCondition = ({ conditions }: LoadedDataset, id: string): boolean =>
  conditions.has(foldName(id));

const emptyLevel = (): Level => ({ select: [], where: [], orderby: [], groupby: [], datasets: [] });

/** Lists that are empty are left out, so that what is missing is told as missing. */
function written({ datasets, ...lists }: Level): object {
  const filled = Object.entries(lists).filter(([, value]) => value.length > 0);
  return {
    ...Object.fromEntries(filled),
    ...(datasets.length > 0 && { datasets: datasets.map(writtenDataset) }),
  };
}

const writtenDataset = ({ name, ...level }: NamedLevel) => ({ name, ...written(level) });

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function takesBoolean(condition: LoadedCondition | undefined): boolean {
  const { document, template } = condition ?? {};
  return (
    document?.datatype === 'ctBoolean' ||
    template?.true !== undefined ||
    template?.false !== undefined ||
    template?.type === 'bit'
  );
}

/** An offset whose `+` came as a blank, which it means in an address: `2020-11-14T12:00 01:00`. */
const withOffsets = (text: string): string =>
  text.replaceAll(/(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:\d\d)(?!\d)/gi, '$1+$2');

function takesDate(condition: LoadedCondition | undefined): boolean {
  const { document, template } = condition ?? {};
  const type = template?.type === undefined ? undefined : valueType(template.type);
  return (
    type?.kind === 'date' || template?.kind === 'date' || /^ctDate/i.test(document?.datatype ?? '')
  );
}
