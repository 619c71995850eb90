/**
 * A condition whose template only ABRA Gen has: what its definition tells of values, and the one form
 * that each of them is sent in. Then it finds what a template of ours would.
 */

import { compareDecimals, decimalText, readDecimal } from '../../json/decimal.ts';
import type { GivenCondition, LoadedDataset } from '../definition.ts';
import { foldName } from '../name.ts';
import { dateTexts, dateUse, isInOrder, readDate } from '../time/dates.ts';
import type { Condition } from './definition.ts';
import { itemsOf } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';
import { isRecordId, recordIdUse, takesRecordIds } from './record-id.ts';
import { paramsIn } from './short-lists.ts';
import { isValueObject, notBefore, readParts } from './value-object.ts';

const longestList = 10_000;
const mostFlags = 20;

/** By whose clock ABRA Gen keeps its dates. It tells the order of a date with an offset and one without. */
export const officeZone = 'Europe/Prague';

/**
 * @param place of the value, whether it is there or not
 * @returns undefined, and a fault, where the value or the flags cannot be right, whatever the
 *   template
 */
export function looseCondition(
  condition: Condition,
  dataset: LoadedDataset,
  place: Place,
  flags: Place | undefined,
  faults: QueryFaults,
): GivenCondition | undefined {
  const before = faults.errors.length;
  const names = itemsOf(flags, mostFlags, faults).map((flag) =>
    typeof flag.value === 'string' ? flag.value : faults.add(flag, 'the name of a flag'),
  );
  const value = sentValue(condition, dataset, place, faults);
  if (faults.errors.length > before) return undefined;
  const unique = new Map(names.map((name = '') => [foldName(name), name]));
  return { condition, value, flags: [...unique.values()] };
}

function sentValue(
  condition: Condition,
  dataset: LoadedDataset,
  place: Place,
  faults: QueryFaults,
): unknown {
  const { specialsubtype } = condition;
  if (specialsubtype === 1 || specialsubtype === 14) {
    return declared(place, specialsubtype === 14, faults);
  }
  if (place.value === undefined) return undefined;
  if (specialsubtype === 11) return faults.add(place, 'left out: this condition has no value');
  if (isValueObject(place.value)) return partsOf(condition, dataset, place, faults);
  const items = itemsOf(place, longestList, faults);
  if (Array.isArray(place.value) && items.length === 0) {
    return faults.add(place, 'a value, or a list of values', 'is an empty list');
  }
  return areScalars(items, faults)
    ? inOneForm(condition, dataset, items, place, faults)
    : undefined;
}

function areScalars(items: readonly Place[], faults: QueryFaults): boolean {
  const strange = items.filter(({ value }) => !isScalar(value));
  for (const item of strange) faults.add(item, 'text, a number, true or false');
  return strange.length === 0;
}

/** ABRA Gen tells a range from a list by how many values there are. */
function partsOf(
  condition: Condition,
  dataset: LoadedDataset,
  place: Place,
  faults: QueryFaults,
): unknown {
  const parts = readParts(place, 'an object with in, or with from and to', faults);
  if (parts === undefined) return undefined;
  const { from, to, in: list } = parts;
  const cannot = (part: Place, what: string) =>
    faults.add(part, 'left out', `cannot be used with ABRA Gen, ${what}`);
  if (list !== undefined) {
    const end = from ?? to;
    if (end !== undefined) cannot(end, 'where a list has no range beside it');
    const items = itemsOf(list, longestList, faults);
    if (end !== undefined || !areScalars(items, faults)) return undefined;
    if (items.length === 2 && !takesRecordIds(condition)) {
      return cannot(list, 'to which two values are a range');
    }
    return inOneForm(condition, dataset, items, list, faults);
  }
  const [end = place] = [from, to].filter((one) => one !== undefined);
  if (from === undefined || to === undefined) {
    return cannot(end, 'whose ranges have both ends');
  }
  const before = faults.errors.length;
  if (takesRecordIds(condition)) cannot(end, 'where ids are no range');
  else if (areScalars([from, to], faults)) checkOrder(from, to, faults);
  if (faults.errors.length > before) return undefined;
  return inOneForm(condition, dataset, [from, to], place, faults);
}

/** As far as numbers and dates have one that we know. */
function checkOrder(from: Place, to: Place, faults: QueryFaults): void {
  const [first, last] = [from, to].map(({ value }) => readDecimal(value));
  const dates = [from, to].map(({ value }) => readDate(value, officeZone));
  const isBackwards =
    first && last
      ? compareDecimals(first, last) > 0
      : dates[0] && dates[1] && !isInOrder(dates[0], dates[1], officeZone);
  if (isBackwards) faults.add(to, notBefore);
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

/** Special subtypes 1 and 14: `3;9`. */
function declared(place: Place, several: boolean, faults: QueryFaults): string | undefined {
  const items = itemsOf(place, longestList, faults);
  const parts = items.flatMap(({ value }) =>
    typeof value === 'string' || typeof value === 'number' ? String(value).split(';') : [''],
  );
  const names = [...new Set(parts.map((part) => part.trim()))];
  const fits = names.length > 0 && !names.includes('') && (several || names.length === 1);
  if (fits) return names.join(';');
  return faults.add(place, several ? 'declared values separated by ;' : 'one declared value');
}

type Kind = 'date' | 'integer' | 'number' | 'boolean' | 'text';

function inOneForm(
  condition: Condition,
  dataset: LoadedDataset,
  items: readonly Place[],
  place: Place,
  faults: QueryFaults,
): unknown {
  if (takesRecordIds(condition)) {
    for (const item of items.filter(({ value }) => !isRecordId(value)))
      faults.add(item, recordIdUse);
    return alone(items.map(({ value }) => String(value)));
  }
  const own = kindOf(condition.datatype);
  const field = kindOf(fieldType(condition, dataset));
  switch (own) {
    case 'date':
      return items.length > 2 ? faults.add(place, twoDates) : dates(items, faults);
    case 'integer':
    case 'number':
      return numbers(items, own, faults);
    case 'boolean': {
      const [value, more] = items.map((item) => item.value);
      return typeof value === 'boolean' && more === undefined
        ? value
        : faults.add(place, 'true or false');
    }
    default:
      return likeField(items, field);
  }
}

const twoDates = `${dateUse}, or two of them as a range`;

/** Of a condition of texts, what its field tells. */
function likeField(items: readonly Place[], field: Kind): unknown {
  const values = items.map(({ value }) => value);
  if (field === 'date' && values.length <= 2) {
    const read = values.flatMap((value) => readDate(value, officeZone) ?? []);
    if (read.length === values.length) return dateTexts(read, officeZone);
  }
  if (field === 'integer' || field === 'number') {
    const read = values.flatMap((value) => readDecimal(value) ?? []);
    if (read.length === values.length) return ordered(read);
  }
  // `A` (ano) and `N` (ne) are how ABRA stores them.
  const isBoolean = field === 'boolean';
  return alone(
    values.map((value) =>
      typeof value !== 'boolean' ? String(value) : isBoolean ? (value ? 'A' : 'N') : value,
    ),
  );
}

function dates(items: readonly Place[], faults: QueryFaults): string[] | undefined {
  const read = items.map((item) => readDate(item.value, officeZone) ?? faults.add(item, dateUse));
  const known = read.filter((date) => date !== undefined);
  return known.length < read.length ? undefined : dateTexts(known, officeZone);
}

function numbers(
  items: readonly Place[],
  kind: 'integer' | 'number',
  faults: QueryFaults,
): unknown {
  const read = items.map((item) => {
    const number = typeof item.value === 'boolean' ? undefined : readDecimal(item.value);
    const fits = number && (kind === 'number' || /^-?\d+$/.test(plainText(number)));
    return fits ? number : faults.add(item, kind === 'number' ? 'a number' : 'a whole number');
  });
  const known = read.filter((number) => number !== undefined);
  return known.length < read.length ? undefined : ordered(known);
}

type Decimal = NonNullable<ReturnType<typeof readDecimal>>;

/** Two are a range, in order; more are a list, in which the order is of no matter. */
function ordered(numbers: readonly Decimal[]): unknown {
  const sorted = numbers.length === 2 ? numbers.toSorted(compareDecimals) : numbers;
  return alone(sorted.map(asNumber));
}

const plainText = (number: Decimal) => decimalText(number).replace(/\.0+$|(\.\d*?)0+$/, '$1');

/** With each of its digits, which a double may not hold. */
function asNumber(number: Decimal): unknown {
  const text = plainText(number);
  return String(Number(text)) === text ? Number(text) : exactJson.rawJSON(text);
}

/** The compiler's library does not know it yet. */
const exactJson = JSON as typeof JSON & { rawJSON(text: string): unknown };

const alone = (values: readonly unknown[]): unknown => (values.length === 1 ? values[0] : values);

/** ABRA's data types of conditions (`ctDateTime`) and of fields (`dtDateTime`). */
function kindOf(datatype: string): Kind {
  const name = datatype.toLowerCase().slice(2);
  if (/^(date|datetime|timestamp)$/.test(name)) return 'date';
  if (/^(integer|int64|smallint)$/.test(name)) return 'integer';
  if (/^(float|currency|number|numeric|double)$/.test(name)) return 'number';
  return name === 'boolean' ? 'boolean' : 'text';
}

/** Data type of the field that the condition is of, as its params or its own name tell. */
function fieldType({ id, params }: Condition, { fields }: LoadedDataset): string {
  const name = paramsIn(params).get('FIELDNAME') ?? id;
  return (fields.get(foldName(name)) ?? fields.get(foldName(`${name}$DATE`)))?.datatype ?? '';
}
