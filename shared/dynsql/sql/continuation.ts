/**
 * Where a page ended, and the rows after that: the values of all that rows are sorted by, which no two
 * of them share. So rows may come and go between pages; one that keeps its values is given once.
 */

import { createHash } from 'node:crypto';
import { driverType, driverValue } from '../../database/sql-types.ts';
import { queryFault } from '../language/query.ts';
import { isAscii } from '../language/value-type.ts';
import { derivedLevel } from './derived-level.ts';
import type { LevelSql, Sort } from './level.ts';
import { collated, sortsOf } from './level-lists.ts';
import type { Parameters } from './parameters.ts';

/** A value with the type that it goes back as. */
export type PlaceValue = readonly [type: string, value: string | number | boolean | null];

/** The level's rows after a place; undefined: all of them. Each says its own place. */
export function continuedLevel(own: LevelSql, place: readonly PlaceValue[] | undefined): LevelSql {
  const after = derivedLevel(own, (parameters) =>
    place === undefined ? '' : ` WHERE ${afterText(sortsOf(after), place, parameters)}`,
  );
  return { ...after, places: sortsOf(after).map(({ sql }) => sql) };
}

/**
 * Whether a row comes after a place, NULL being before all else. What the first column alone tells is
 * said first: an index on it finds where to begin.
 */
export function afterText(
  sorts: readonly Sort[],
  place: readonly PlaceValue[],
  parameters: Pick<Parameters, 'add'>,
): string {
  const columns = sorts.map((sort, index) => {
    const [type, value] = place[index] ?? ['int', null];
    const column = collated(sort.sql, sort);
    return { column, value: value === null ? undefined : parameters.add({ type, value }), sort };
  });
  const [first] = columns;
  if (first === undefined) return '1 = 0';
  const rest = columns.reduceRight<string | undefined>((below, { column, value, sort }) => {
    const equal = value === undefined ? `${sort.sql} IS NULL` : `${column} = ${value}`;
    const next = beyond(column, value, sort);
    const within = below === undefined ? undefined : `(${equal} AND ${below})`;
    const either = [next, within].filter((one) => one !== undefined);
    return either.length === 0 ? undefined : `(${either.join(' OR ')})`;
  }, undefined);
  if (rest === undefined) return '1 = 0';
  const { column, value, sort } = first;
  if (value === undefined) return rest;
  const bound = sort.descending
    ? `(${column} <= ${value} OR ${sort.sql} IS NULL)`
    : `${column} >= ${value}`;
  return `${bound} AND ${rest}`;
}

function beyond(column: string, value: string | undefined, sort: Sort): string | undefined {
  if (sort.descending) {
    return value === undefined ? undefined : `${column} < ${value} OR ${sort.sql} IS NULL`;
  }
  return value === undefined ? `${sort.sql} IS NOT NULL` : `${column} > ${value}`;
}

/** Of a value of a sorted column; a text of this length still makes a continuation of some use. */
const longestValue = 4_000;

/**
 * A value of a row as it goes back; undefined where it cannot.
 *
 * @param type of its column, as declared
 */
export function placeValue(type: string | undefined, value: unknown): PlaceValue | undefined {
  if (type === undefined) return undefined;
  if (value === null || value === undefined) return [type, null];
  if (Buffer.isBuffer(value)) return placeValue(type, `0x${value.toString('hex')}`);
  if (typeof value === 'string') {
    if (value.length > longestValue) return undefined;
    // What the driver's code page does not have would be lost; of Windows collations both sort alike.
    const isWide = type.startsWith('varchar') && !isAscii(value);
    return [isWide ? 'nvarchar(4000)' : type, value];
  }
  return typeof value === 'number' || typeof value === 'boolean' ? [type, value] : undefined;
}

/** @param query what tells the query from others, the same for all its pages */
export function sealed(place: readonly PlaceValue[], query: string): string {
  const text = JSON.stringify(place);
  return Buffer.from(`${digest(text, query)}${text}`).toString('base64url');
}

/**
 * The place that `sealed` has written for this query.
 *
 * @throws QueryFault for text that it has not, or for another query
 */
export function unsealed(given: string, query: string, length: number): readonly PlaceValue[] {
  const read = Buffer.from(given, 'base64url').toString();
  const text = read.slice(digestLength);
  // A letter may have bits that say nothing.
  const isExact = Buffer.from(read).toString('base64url') === given;
  const isOurs = isExact && read.slice(0, digestLength) === digest(text, query);
  const place = isOurs ? placeOf(text) : undefined;
  if (place?.length === length) return place;
  const message = 'next: is none that this query was answered with';
  const allowed = 'the next of an answer to the same query, unchanged';
  throw queryFault([{ field: 'next', message, allowed }]);
}

function placeOf(text: string): PlaceValue[] | undefined {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) && values.every(isPlaceValue) ? values : undefined;
  } catch {
    return undefined;
  }
}

function isPlaceValue(value: unknown): value is PlaceValue {
  const [type, own, more] = Array.isArray(value) ? value : [];
  const isScalar = own === null || ['string', 'number', 'boolean'].includes(typeof own);
  if (typeof type !== 'string' || !isScalar || more !== undefined) return false;
  driverType(type);
  driverValue(type, own);
  return true;
}

const digestLength = 22;

const digest = (text: string, query: string): string =>
  createHash('sha256').update(`${query}\n${text}`).digest('base64url').slice(0, digestLength);
