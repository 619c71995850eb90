/** What was asked of a report, in words of its readers. */

import { compareDecimals, readDecimal } from '../../json/decimal.ts';
import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import { dateTexts, readDate } from '../time/dates.ts';
import type { Formatter } from './format.ts';
import type { LayoutDocument, TableLayout } from './layout.ts';
import { words } from './words.ts';

/** Values of a list, and letters of a value, that are shown. */
const mostValues = 12;
const longestValue = 120;

export interface Asked {
  /** Of the condition that is the layout's period; undefined: it was not asked. */
  readonly period: string | undefined;
  /** The others, each whole: `Zákazník: Nov*`. */
  readonly conditions: readonly string[];
  readonly top: number | undefined;
  readonly skip: number;
}

/** Members of a query, whose keys have any case. */
type Body = Readonly<Record<string, unknown>>;

/**
 * @param query the body of a query that fits the definition; what is not known here is shown as JSON
 */
export function readAsked(
  query: unknown,
  definition: Definition,
  layout: LayoutDocument,
  formatter: Formatter,
): Asked {
  const told = new Telling(definition, layout, formatter);
  const root = bodyOf(query);
  told.level(root, definition.root, true);
  const { top, skip } = root;
  return {
    period: told.periods.length === 0 ? undefined : told.periods.join('; '),
    conditions: told.conditions,
    top: typeof top === 'number' ? top : undefined,
    skip: typeof skip === 'number' ? skip : 0,
  };
}

class Telling {
  readonly periods: string[] = [];
  readonly conditions: string[] = [];
  readonly #definition: Definition;
  readonly #layout: LayoutDocument;
  readonly #formatter: Formatter;
  readonly #printed: ReadonlySet<string>;

  constructor(definition: Definition, layout: LayoutDocument, formatter: Formatter) {
    this.#definition = definition;
    this.#layout = layout;
    this.#formatter = formatter;
    this.#printed = new Set(namesOf(layout.table));
  }

  level(body: Body, dataset: LoadedDataset, isRoot = false): void {
    const { period } = this.#layout;
    for (const item of listOf(body.where)) {
      const { id, value, flags } = bodyOf(item);
      const condition = typeof id === 'string' ? dataset.conditions.get(foldName(id)) : undefined;
      if (condition === undefined) {
        this.conditions.push(plain(item));
        continue;
      }
      const { document } = condition;
      const text = this.#value(value, condition);
      if (isRoot && period !== undefined && sameName(period, document.id)) {
        this.periods.push(text);
        continue;
      }
      const name = document.description.trim() || document.id;
      const label = isRoot ? name : `${dataset.document.displaylabel || dataset.name}, ${name}`;
      const said = text === '' ? label : `${label}: ${text}`;
      const flagged = listOf(flags).map(plain).join(', ');
      this.conditions.push(flagged === '' ? said : `${said} (${flagged})`);
    }
    for (const item of listOf(body.datasets)) {
      const below = bodyOf(item);
      const name = typeof below.name === 'string' ? foldName(below.name) : '';
      const child = this.#definition.datasets.get(name);
      // Others are not printed, so that their conditions choose nothing.
      if (child !== undefined && this.#printed.has(name)) this.level(below, child);
    }
  }

  #value(value: unknown, condition: LoadedCondition): string {
    if (value === undefined) return '';
    const { more } = words[this.#layout.language];
    const dated = this.#dates(value, condition);
    if (dated !== undefined) return dated;
    const { specialsubtype } = condition.document;
    const values =
      specialsubtype === 14 && typeof value === 'string' ? value.split(';') : listOf(value);
    const range = this.#range(values, condition);
    if (range !== undefined) return range;
    const texts = values.slice(0, mostValues).map((one) => this.#one(one, condition));
    const others = values.length - mostValues;
    if (others <= 0) return texts.join(', ');
    return `${texts.join(', ')} ${more.replace('{count}', String(others))}`;
  }

  #one(value: unknown, { template, document }: LoadedCondition): string {
    if (typeof value === 'boolean') return this.#formatter.text(value, { format: 'boolean' });
    // Numbers of other conditions may be those of documents.
    const isAmount = typeof value === 'number' && /^ct(Float|Currency)$/i.test(document.datatype);
    const text = isAmount ? this.#number(value) : plain(value).trim();
    const isDeclared = document.specialsubtype === 1 || document.specialsubtype === 14;
    const declared = isDeclared
      ? template?.values.find((one) => one.value === plain(value).trim())?.name.trim()
      : undefined;
    return declared || text;
  }

  /** Two values of a condition that takes a range and no list; undefined: it is none. */
  #range(values: readonly unknown[], condition: LoadedCondition): string | undefined {
    const { range, list } = condition.template ?? {};
    if (values.length !== 2 || range === undefined || list !== undefined) return undefined;
    const [one, other] = values.map(readDecimal);
    const isBackwards = one && other && compareDecimals(one, other) > 0;
    const ends = isBackwards ? values.toReversed() : values;
    return ends.map((end) => this.#one(end, condition)).join(' – ');
  }

  #number(value: number): string {
    const { places = 0 } = readDecimal(value) ?? {};
    return this.#formatter.text(value, { format: 'decimal', places: Math.min(places, 20) });
  }

  /** Dates of a condition, from the first to the last one; undefined: it is of something else. */
  #dates(value: unknown, { document, template }: LoadedCondition): string | undefined {
    if (template?.kind !== 'date' && !/^ct(Date|DateTime)$/i.test(document.datatype)) {
      return undefined;
    }
    const zone = this.#definition.document.timezone;
    const dates = listOf(value).map((one) => readDate(one, zone));
    const known = dates.filter((date) => date !== undefined);
    if (known.length === 0 || known.length < dates.length) return undefined;
    const format = known.some(({ hasTime }) => hasTime) ? 'datetime' : 'date';
    const texts = dateTexts(known, zone).map((text) => this.#formatter.text(text, { format }));
    return [...new Set(texts)].join(' – ');
  }
}

const namesOf = ({ dataset, details }: TableLayout): string[] => [
  foldName(dataset),
  ...details.flatMap(namesOf),
];

const bodyOf = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]))
    : {};

const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
