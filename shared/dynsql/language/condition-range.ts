/** What a condition takes: its ends and its list, each value as it travels. */

import { compareDecimals, readDecimal } from '../../json/decimal.ts';
import type { CheckedCondition, LoadedCondition, TypedValue } from '../definition.ts';
import { rangeHalf } from '../sql/range-half.ts';
import {
  dateUse,
  type GivenDate,
  instantSpan,
  instantText,
  readDate,
  toStored,
  wallSpan,
  wallText,
} from '../time/dates.ts';
import { fitSpan } from '../time/fit-span.ts';
import type { FragmentKind, Template } from './definition.ts';
import type { Place, QueryFaults } from './query-faults.ts';
import { isRecordId, recordIdUse, takesRecordIds } from './record-id.ts';
import { type Scalar, type ValueType, valueType } from './value-type.ts';

/** Values of one condition. */
export const longestList = 10_000;

export type Fragments = Partial<Record<FragmentKind, string | undefined>>;

/** What the checks below need to know. */
export interface Asked {
  readonly condition: LoadedCondition;
  readonly template: Template;
  readonly fragments: Fragments;
  /** Of the condition's value, there or not. */
  readonly place: Place;
  readonly zone: string;
  readonly faults: QueryFaults;
}

export type Chosen = Pick<CheckedCondition, 'fragment' | 'values'> | undefined;

export const isDated = (template: Template, type: ValueType): boolean =>
  type.kind === 'date' || template.kind === 'date';

export function readAs(type: ValueType, place: Place, faults: QueryFaults): Scalar | undefined {
  return type.read(place.value) ?? faults.add(place, type.allowed);
}

/** Numbers and times in their order, however they come; that of texts is the server's affair. */
export function between(
  places: readonly [Place, Place],
  fragment: string,
  type: string,
  read: ValueType,
  faults: QueryFaults,
): Chosen {
  const [first, second] = places.map((place) => readAs(read, place, faults));
  if (first === undefined || second === undefined) return undefined;
  const [from, to] = isGreater(first, second, read) ? [second, first] : [first, second];
  return { fragment, values: { FROM: { type, value: from }, TO: { type, value: to } } };
}

export function isGreater(one: Scalar, other: Scalar, { kind }: ValueType): boolean {
  if (kind === 'time') return one > other;
  if (kind !== 'number') return false;
  const [first, second] = [readDecimal(one), readDecimal(other)];
  return first !== undefined && second !== undefined && compareDecimals(first, second) > 0;
}

/** The shortest span that holds all: the manual's own example gives the later end first. */
export function dates(
  { zone, faults }: Asked,
  places: readonly Place[],
  fragment: string,
  type: string,
  read: ValueType,
): Chosen {
  const given = places.map((place) => readDate(place.value, zone) ?? faults.add(place, dateUse));
  const known = given.filter((date) => date !== undefined);
  if (known.length < given.length) return undefined;
  const { isEndless, ...values } = bounds(known, zone, type, read);
  return { fragment: endOpened(fragment, isEndless), values };
}

/**
 * A range that goes beyond the year 9999 has no end: none that could be sent is after
 * `9999-12-31T23:59:59.9999999`, which is in rows that hold until further notice.
 */
export const endOpened = (range: string, isEndless: boolean): string =>
  (isEndless ? rangeHalf(range, 'FROM') : undefined) ?? range;

export function bounds(
  dates: readonly GivenDate[],
  zone: string,
  type: string,
  { kind }: ValueType,
) {
  if (type.startsWith('datetimeoffset')) {
    const { from, to, isEndless } = fitSpan(instantSpan(dates, zone), type);
    const at = (instant: number): TypedValue => ({ type, value: instantText(instant) });
    return { FROM: at(from), TO: at(to), isEndless };
  }
  const { from, to } = wallSpan(dates);
  if (kind === 'date') {
    // A parameter of the type date has no time of day.
    const isWholeDays = [from, to].every((wall) => wallText(wall).endsWith('T00:00:00.000'));
    const precise = type === 'date' && !isWholeDays ? 'datetime2(3)' : type;
    const fitted = fitSpan({ from, to }, precise);
    const at = (wall: number): TypedValue => ({ type: precise, value: wallText(wall) });
    return { FROM: at(fitted.from), TO: at(fitted.to), isEndless: fitted.isEndless };
  }
  // Half a millisecond: fractions of a day are not exact.
  const at = (wall: number): TypedValue => ({ type, value: toStored(wall - 0.5) });
  return { FROM: at(from), TO: at(to), isEndless: false };
}

/** To be read after `must be`. */
export function allowedValues({ condition, template, fragments }: Asked): string {
  const type = template.type === undefined ? undefined : valueType(template.type);
  const what = type && isDated(template, type) ? dateUse : (type?.allowed ?? 'a value');
  const { none, single, pattern, range, list } = fragments;
  const several = list === undefined ? undefined : `up to ${longestList} of them as a list`;
  const isBoolean = fragments.true !== undefined || condition.document.datatype === 'ctBoolean';
  const ways = [
    none === undefined ? undefined : 'left out',
    isBoolean ? 'true or false' : undefined,
    (single ?? range ?? list) ? what : undefined,
    pattern === undefined ? undefined : 'a pattern with * in it',
    range === undefined ? undefined : 'two of them as a range (or from, to)',
    several,
  ];
  return ways.filter((way) => way !== undefined).join(', or ') || 'left out';
}

/** Whether the values are ids of records, where the condition takes nothing else. */
export function areIdsWhereNeeded(
  { condition, faults }: Asked,
  type: ValueType | undefined,
  items: readonly Place[],
): boolean {
  if (type?.kind !== 'text' || !takesRecordIds(condition.document)) return true;
  const wrong = items.filter(({ value }) => !isRecordId(value));
  for (const item of wrong) faults.add(item, recordIdUse);
  return wrong.length === 0;
}
