/** The value of a condition in words of a report's readers. */

import { readDecimal } from '../../json/decimal.ts';
import type { LoadedCondition } from '../definition.ts';
import { isGreater } from '../language/condition-range.ts';
import { valueType } from '../language/value-type.ts';
import { dateTexts, readDate } from '../time/dates.ts';
import type { Formatter } from './format.ts';
import type { Language } from './layout.ts';
import { words } from './words.ts';

/** Values of a list, and letters of a value, that are shown. */
const mostValues = 12;
const longestValue = 120;

export class ValueWords {
  readonly #zone: string;
  readonly #language: Language;
  readonly #formatter: Formatter;

  /** @param zone of the definition, by whose clock dates without an offset are */
  constructor(zone: string, language: Language, formatter: Formatter) {
    this.#zone = zone;
    this.#language = language;
    this.#formatter = formatter;
  }

  /** Empty where there is no value. */
  of(value: unknown, condition: LoadedCondition): string {
    if (value === undefined) return '';
    const parts = membersOf(value);
    if (parts !== undefined) return this.#parts(parts, condition);
    const dated = this.#dates(listOf(value), condition);
    if (dated !== undefined) return dated;
    const { specialsubtype } = condition.document;
    const values =
      specialsubtype === 14 && typeof value === 'string' ? value.split(';') : listOf(value);
    return this.#range(values, condition) ?? this.#list(values, condition);
  }

  /** `{"in": …, "from": …, "to": …}`: what the list or the range finds. */
  #parts({ in: list, from, to }: Members, condition: LoadedCondition): string {
    const { or } = words[this.#language];
    const ends = this.#ends(from, to, condition);
    const listed = list === undefined ? [] : [this.#list(listOf(list), condition)];
    return [...listed, ...ends].join(` ${or} `);
  }

  #ends(from: unknown, to: unknown, condition: LoadedCondition): string[] {
    const own = words[this.#language];
    const end = (value: unknown) => this.#dates([value], condition) ?? this.#one(value, condition);
    if (from !== undefined && to !== undefined) {
      return [this.#dates([from, to], condition) ?? `${end(from)} – ${end(to)}`];
    }
    if (from !== undefined) return [`${own.from} ${end(from)}`];
    return to === undefined ? [] : [`${own.to} ${end(to)}`];
  }

  #list(values: readonly unknown[], condition: LoadedCondition): string {
    const { more } = words[this.#language];
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

  /** Two values of a condition that takes a range; undefined: it is none. */
  #range(values: readonly unknown[], condition: LoadedCondition): string | undefined {
    const { range, type = '' } = condition.template ?? {};
    const [one, other] = values;
    if (values.length !== 2 || range === undefined) return undefined;
    const read = valueType(type);
    const [first, last] = [read?.read(one), read?.read(other)];
    const isBackwards =
      read && first !== undefined && last !== undefined && isGreater(first, last, read);
    const ends = isBackwards ? [other, one] : [one, other];
    return ends.map((end) => this.#one(end, condition)).join(' – ');
  }

  #number(value: number): string {
    const { places = 0 } = readDecimal(value) ?? {};
    return this.#formatter.text(value, { format: 'decimal', places: Math.min(places, 20) });
  }

  /** Dates of a condition, from the first to the last one; undefined: it is of something else. */
  #dates(values: readonly unknown[], { document, template }: LoadedCondition): string | undefined {
    const type = template?.type === undefined ? undefined : valueType(template.type);
    const isDated = type?.kind === 'date' || template?.kind === 'date';
    if (!isDated && !/^ct(Date|DateTime)$/i.test(document.datatype)) return undefined;
    const dates = values.map((one) => readDate(one, this.#zone));
    const known = dates.filter((date) => date !== undefined);
    if (known.length === 0 || known.length < dates.length) return undefined;
    const format = known.some(({ hasTime }) => hasTime) ? 'datetime' : 'date';
    const texts = dateTexts(known, this.#zone).map((text) => {
      return this.#formatter.text(text, { format });
    });
    return [...new Set(texts)].join(' – ');
  }
}

/** Members of a query's object, whose keys have any case. */
export type Members = Readonly<Record<string, unknown>>;

/** By their names in lower case; undefined: it is no object. */
export const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key.toLowerCase(), one]))
    : undefined;

export const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

/** As it was given, cut where it is long. */
export function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
