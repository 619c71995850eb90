/** A condition's value in parts: `{"from": 1, "to": 5}`, either end alone, `{"in": [7, 9]}`. */

import type { TypedValue } from '../definition.ts';
import { rangeHalf } from '../sql/range-half.ts';
import { dateUse, firstDate, type GivenDate, isInOrder, readDate } from '../time/dates.ts';
import {
  type Asked,
  allowedValues,
  areIdsWhereNeeded,
  bounds,
  type Chosen,
  endOpened,
  isDated,
  isGreater,
  longestList,
  readAs,
} from './condition-range.ts';
import { itemsOf, membersOf } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';
import { type Scalar, type ValueType, valueType } from './value-type.ts';

const keys = ['in', 'from', 'to'] as const;

export type Parts = { readonly [Key in (typeof keys)[number]]?: Place };

export const isValueObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts, one at least; undefined, and a fault, where there is none or another. */
export function readParts(place: Place, allowed: string, faults: QueryFaults): Parts | undefined {
  if (Object.keys(place.value as object).length === 0) return faults.add(place, allowed);
  const before = faults.errors.length;
  const members = membersOf(place, keys, faults);
  const list = members?.in;
  if (Array.isArray(list?.value) && list.value.length === 0) {
    faults.add(list, 'a list of values', 'is an empty list');
  }
  return faults.errors.length > before ? undefined : members;
}

/** The SQL of the parts: rows that the list or the range finds. */
export function partsOf(asked: Asked): Chosen {
  const { fragments, template, place, faults } = asked;
  const parts = readParts(place, allowedValues(asked), faults);
  const type = template.type === undefined ? undefined : valueType(template.type);
  if (parts === undefined) return undefined;
  if (type === undefined || template.type === undefined) {
    return faults.add(place, allowedValues(asked));
  }
  const before = faults.errors.length;
  const list = listOf(parts.in, asked, type, template.type);
  const { from, to } = parts;
  const ends = [from, to].filter((end) => end !== undefined);
  const range = rangeFor(ends, parts, fragments.range, faults);
  const isRight = areIdsWhereNeeded(asked, type, ends);
  const found = range && isRight ? endsOf(parts, asked, type, template.type) : { values: {} };
  if (faults.errors.length > before || found === undefined) return undefined;
  const { values, isEndless = false } = found;
  const whole = isEndless ? fragments.range : undefined;
  const opened = whole === undefined ? range : endOpened(whole, isEndless);
  const fragment = [list?.fragment, opened].filter((one) => one !== undefined);
  return {
    fragment: fragment.length > 1 ? fragment.map((one) => `(${one})`).join(' OR ') : `${fragment}`,
    values: { ...list?.values, ...values },
  };
}

function listOf(place: Place | undefined, asked: Asked, type: ValueType, sqlType: string): Chosen {
  const { fragments, template, faults } = asked;
  if (place === undefined) return undefined;
  const { list } = fragments;
  if (list === undefined || isDated(template, type)) {
    return faults.add(place, 'left out', 'cannot be asked: this condition takes no list');
  }
  const items = itemsOf(place, longestList, faults);
  if (!areIdsWhereNeeded(asked, type, items)) return undefined;
  const read = items.map((item) => readAs(type, item, faults));
  const known = read.filter((value) => value !== undefined);
  if (known.length < read.length) return undefined;
  return { fragment: list, values: { LIST: { type: sqlType, list: known } } };
}

/** SQL of the ends that are there. */
function rangeFor(
  ends: readonly Place[],
  { from, to }: Parts,
  range: string | undefined,
  faults: QueryFaults,
): string | undefined {
  const [first] = ends;
  if (first === undefined) return undefined;
  if (range === undefined) {
    return faults.add(first, 'left out', 'cannot be asked: this condition takes no range');
  }
  if (from !== undefined && to !== undefined) return range;
  const half = rangeHalf(range, from === undefined ? 'TO' : 'FROM');
  const other = from === undefined ? 'from' : 'to';
  return (
    half ?? faults.add(first, `given with ${other}: the range of this condition needs both ends`)
  );
}

function endsOf(
  { from, to }: Parts,
  { template, zone, faults }: Asked,
  type: ValueType,
  sqlType: string,
): { values: Readonly<Record<string, TypedValue>>; isEndless?: boolean } | undefined {
  if (isDated(template, type)) {
    const read = (place: Place | undefined): GivenDate | undefined =>
      place && (readDate(place.value, zone) ?? faults.add(place, dateUse));
    const ends = { from: read(from), to: read(to) };
    if (ends.from && ends.to && to && !isInOrder(ends.from, ends.to, zone)) {
      return faults.add(to, notBefore);
    }
    const known = [ends.from ?? firstDate, ends.to].filter((date) => date !== undefined);
    const { FROM, TO, isEndless } = bounds(known, zone, sqlType, type);
    // Without an end, what is left are all that have a date.
    return { values: { ...((from || isEndless) && { FROM }), ...(to && { TO }) }, isEndless };
  }
  const read = (place: Place | undefined): Scalar | undefined =>
    place && readAs(type, place, faults);
  const [first, last] = [read(from), read(to)];
  if (first !== undefined && last !== undefined && to && isGreater(first, last, type)) {
    return faults.add(to, notBefore);
  }
  return {
    values: {
      ...(first !== undefined && { FROM: { type: sqlType, value: first } }),
      ...(last !== undefined && { TO: { type: sqlType, value: last } }),
    },
  };
}

/** To be read after `must be`. */
export const notBefore = 'no less than from';
