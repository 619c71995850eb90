/** A condition's value and flags to the SQL fragment that they choose. */

import type { CheckedCondition, LoadedCondition } from '../definition.ts';
import { sameName } from '../name.ts';
import {
  type Asked,
  allowedValues,
  areIdsWhereNeeded,
  between,
  type Chosen,
  dates,
  type Fragments,
  isDated,
  longestList,
  readAs,
} from './condition-range.ts';
import { type FragmentKind, fragmentNames, type Template } from './definition.ts';
import { itemsOf } from './query-body.ts';
import type { Place, QueryFaults } from './query-faults.ts';
import { isValueObject, partsOf } from './value-object.ts';
import { isAscii, valueType } from './value-type.ts';

const mostFlags = 20;

/**
 * @param place of the condition's value, whether it is there or not
 * @param flags of its flags, if there are any
 * @returns undefined where there is a fault
 */
export function checkCondition(
  condition: LoadedCondition,
  template: Template,
  place: Place,
  flags: Place | undefined,
  zone: string,
  faults: QueryFaults,
): CheckedCondition | undefined {
  const fragments = fragmentsFor(template, flags, faults);
  if (fragments === undefined) return undefined;
  const chosen = choose({ condition, template, fragments, place, zone, faults });
  return chosen && { condition: condition.document, ...chosen };
}

/** The template's fragments with those of the flags in their places. */
function fragmentsFor(
  template: Template,
  flags: Place | undefined,
  faults: QueryFaults,
): Fragments | undefined {
  const names = Object.keys(template.flags);
  const before = faults.errors.length;
  const chosen: Fragments = { ...template };
  const setBy = new Map<FragmentKind, string>();
  for (const place of itemsOf(flags, mostFlags, faults)) {
    const { value } = place;
    const name = names.find((one) => typeof value === 'string' && sameName(one, value));
    const variant = name === undefined ? undefined : template.flags[name];
    if (name === undefined || variant === undefined) {
      faults.unknown(place, 'flag of this condition', names);
      continue;
    }
    for (const kind of fragmentNames.filter((one) => variant[one] !== undefined)) {
      const earlier = setBy.get(kind);
      if (earlier !== undefined && earlier !== name) {
        faults.add(place, `one of ${earlier}, ${name}`, `cannot be used together with ${earlier}`);
      }
      setBy.set(kind, name);
      chosen[kind] = variant[kind];
    }
  }
  return faults.errors.length === before ? chosen : undefined;
}

function choose(asked: Asked): Chosen {
  const { condition, fragments, place, faults } = asked;
  const { specialsubtype } = condition.document;
  if (specialsubtype === 1) return oneDeclared(asked);
  if (specialsubtype === 14) return someDeclared(asked);
  if (place.value === undefined) {
    const fragment = specialsubtype === 11 ? (fragments.special ?? fragments.none) : fragments.none;
    return fragment === undefined
      ? faults.add(place, allowedValues(asked))
      : { fragment, values: {} };
  }
  if (specialsubtype === 11) return faults.add(place, 'left out: this condition has no value');
  if (isValueObject(place.value)) return partsOf(asked);
  const [alone, more] = Array.isArray(place.value) ? place.value : [place.value];
  if (typeof alone === 'boolean' && more === undefined) {
    const fragment = alone ? fragments.true : fragments.false;
    if (fragment !== undefined) return { fragment, values: {} };
  }
  if (Array.isArray(place.value) && place.value.length === 0) {
    return faults.add(place, allowedValues(asked), 'is an empty list');
  }
  const items = itemsOf(place, longestList, faults);
  return items.length === 0 ? undefined : byCount(asked, items);
}

/** One value, a range of two, or a list. */
function byCount(asked: Asked, items: readonly Place[]): Chosen {
  const { template, fragments, place, faults } = asked;
  const { single, range, list } = fragments;
  const type = template.type === undefined ? undefined : valueType(template.type);
  const [first, second, third] = items;
  if (!areIdsWhereNeeded(asked, type, items)) return undefined;
  if (type === undefined || template.type === undefined || !first) {
    return faults.add(place, allowedValues(asked));
  }
  if (isDated(template, type)) {
    return range === undefined || third !== undefined
      ? faults.add(place, allowedValues(asked))
      : dates(asked, items, range, template.type, type);
  }
  if (items.length === 1) {
    const { value } = first;
    const { pattern } = fragments;
    if (pattern !== undefined && typeof value === 'string' && value.includes('*')) {
      return patternOf(first, value, pattern, template.type, faults);
    }
    if (single !== undefined) {
      const read = readAs(type, first, faults);
      const values =
        read === undefined ? undefined : { VALUE: { type: template.type, value: read } };
      return values && { fragment: single, values };
    }
  }
  // Of a template that takes lists, too, two values are a range, as ABRA Gen has it.
  const isRange = range !== undefined && third === undefined;
  if (isRange && (list === undefined || second !== undefined)) {
    return between([first, second ?? first], range, template.type, type, faults);
  }
  if (list === undefined) return faults.add(place, allowedValues(asked));
  const read = items.map((item) => readAs(type, item, faults));
  const values = read.filter((value) => value !== undefined);
  if (values.length < read.length) return undefined;
  return { fragment: list, values: { LIST: { type: template.type, list: values } } };
}

/** Of a pattern; escaped it is three times as long at most, and LIKE takes 4,000 characters. */
const longestPattern = 1_300;

/**
 * `*` stands for any letters. What LIKE takes for more than itself goes into brackets: every engine
 * that was tried knows them, while Babelfish 4.3 misreads ESCAPE after a `%`.
 */
function patternOf(
  place: Place,
  value: string,
  fragment: string,
  type: string,
  faults: QueryFaults,
): Chosen {
  if (value.length > longestPattern) {
    return faults.add(place, `a pattern of at most ${longestPattern} characters`);
  }
  const escaped = value.replaceAll(/[%_[]/g, '[$&]').replaceAll(/\*+/g, '%');
  return { fragment, values: { VALUE: { type: patternType(type, escaped), value: escaped } } };
}

/**
 * The type of the column, or an index on it is of no use; but for blanks that char adds, letters
 * that varchar does not hold, and a length that brackets go beyond.
 */
function patternType(type: string, pattern: string): string {
  const [, national = '', length = 0] = /^(n?)(?:var)?char\((\d+)\)$/.exec(type) ?? ['', 'n'];
  const isNational = national !== '' || !isAscii(pattern);
  const longest = isNational ? 4_000 : 8_000;
  const fits = pattern.length <= Number(length);
  return `${isNational ? 'n' : ''}varchar(${fits ? length : longest})`;
}

/** Special subtype 1: exactly one of the declared values. */
function oneDeclared({ template, fragments, place, faults }: Asked): Chosen {
  const names = template.values.map(({ value }) => value);
  const items = itemsOf(place, longestList, faults);
  const [only] = items;
  if (only === undefined || items.length > 1) {
    return faults.add(place, `one of ${names.join(', ')}`);
  }
  const found = declared(template, only.value);
  if (found === undefined) return faults.unknown(only, 'value of this condition', names);
  if (found.sql !== undefined) return { fragment: found.sql, values: {} };
  const { special } = fragments;
  if (special === undefined || template.type === undefined) return undefined;
  return { fragment: special, values: { VALUE: { type: template.type, value: found.value } } };
}

/** Special subtype 14: some of the declared values, separated by semicolons or as a list. */
function someDeclared({ template, fragments, place, faults }: Asked): Chosen {
  const names = template.values.map(({ value }) => value);
  const before = faults.errors.length;
  const { value } = place;
  const items =
    typeof value === 'string'
      ? value.split(';').map((part) => ({ path: place.path, value: part.trim() }))
      : itemsOf(place, longestList, faults);
  if (items.length === 0 || value === undefined) {
    return faults.add(place, `some of ${names.join(', ')}, separated by semicolons`);
  }
  const found = items.map(
    (item) =>
      declared(template, item.value) ?? faults.unknown(item, 'value of this condition', names),
  );
  if (faults.errors.length > before) return undefined;
  const chosen = template.values.filter((one) => found.includes(one));
  const { special } = fragments;
  if (special === undefined || template.type === undefined) {
    return { fragment: chosen.map(({ sql = '' }) => `(${sql})`).join(' OR '), values: {} };
  }
  const list = chosen.map((one) => one.value);
  return { fragment: special, values: { LIST: { type: template.type, list } } };
}

const declared = (template: Template, value: unknown) =>
  template.values.find((one) => one.value === (typeof value === 'number' ? `${value}` : value));
