/** Calls as somebody asks for them, in a request or on a board, checked against the catalogue. */

import type { Catalog } from '../catalog/index.ts';
import type { FieldError } from '../faults/field-error.ts';
import { fault, type Member } from '../faults/member.ts';
import { didYouMean } from '../faults/near-name.ts';
import { afterMs, allowedAfter } from './again/after.ts';
import { checkCodes, knownCodes } from './asked-codes.ts';
import { askedMonths } from './asked-months.ts';
import type { Call } from './call.ts';
import type { PeriodLimits } from './period.ts';

export type CallCatalog = Pick<
  Catalog,
  'codes' | 'isDated' | 'hasEntity' | 'entityOrder' | 'periods'
>;

/** Members of a call: what nobody reads is refused, for a `moth` would mean something else. */
export const callMembers = ['code', 'name', 'month', 'year', 'months', 'retries', 'after'] as const;

/** Calls of one run, or of one board: more than twice the board of the first users. */
export const mostCalls = 500;

/** However often something is made again: ten times is a fault that does not pass. */
export const mostRetries = 10;

/**
 * A call with its codes, entities and months, which `limits` resolve: the limits of the moment at
 * which it was asked for.
 *
 * @param asked any JSON value
 * @param at its path: `calls[3]`
 * @returns the call, or everything that is wrong with it
 */
export function askedCall(
  asked: unknown,
  at: string,
  catalog: CallCatalog,
  limits: PeriodLimits,
): { call: Call } | { errors: FieldError[] } {
  if (typeof asked !== 'object' || asked === null || Array.isArray(asked)) {
    const allowed = 'an object with code, and as needed name, month, year or months';
    return { errors: [fault({ field: at, value: asked }, allowed)] };
  }
  const given = asked as Readonly<Record<string, unknown>>;
  const of = (name: string): Member => ({ field: `${at}.${name}`, value: given[name] });
  const codes = knownCodes(of('code'), catalog).map(({ code }) => code);
  const name = of('name');
  const whole = name.value === undefined || name.value === null;
  const names = namesOf(name.value, whole, codes, catalog);
  const months = askedMonths(given, at, limits);
  const errors = [
    ...unknownMembers(given, at),
    ...codeErrors(of('code'), catalog),
    ...(whole ? [] : nameErrors(name, codes, catalog)),
    ...('errors' in months ? months.errors : []),
    ...retryErrors(of('retries'), of('after')),
  ];
  const dated = names.filter((one) => catalog.isDated(one, ...codes) === true);
  const isNeeded = dated.length > 0 && !('errors' in months) && months.periods === undefined;
  if (isNeeded) errors.push(monthNeeded(at, dated));
  if (errors.length > 0 || 'errors' in months) return { errors };
  return { call: { codes, names, whole, ...(dated.length > 0 && months), ...retriesOf(given) } };
}

/** Null is as if it were absent. */
function retriesOf({ retries, after }: Readonly<Record<string, unknown>>): Partial<Call> {
  return {
    ...(typeof retries === 'number' && { retries }),
    ...(typeof after === 'string' && { after }),
  };
}

function retryErrors(retries: Member, after: Member): FieldError[] {
  const { value } = retries;
  const isAbsent = value === undefined || value === null;
  const isCount = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= mostRetries;
  const isTime = after.value === undefined || after.value === null || isAfter(after.value);
  return [
    ...(isAbsent || isCount ? [] : [fault(retries, `a whole number from 0 to ${mostRetries}`)]),
    ...(isTime ? [] : [fault(after, allowedAfter)]),
  ];
}

const isAfter = (value: unknown) => typeof value === 'string' && afterMs(value) !== undefined;

/** Empty where code or name are not usable, which their own checks report. */
function namesOf(
  name: unknown,
  whole: boolean,
  codes: readonly string[],
  catalog: CallCatalog,
): string[] {
  if (whole) return catalog.entityOrder(...codes);
  return typeof name === 'string' && catalog.hasEntity(name) ? [name] : [];
}

function unknownMembers(given: Readonly<Record<string, unknown>>, at: string): FieldError[] {
  const known: readonly string[] = callMembers;
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const message = `a call has no such member${didYouMean(name, callMembers)}`;
      return fault({ field: `${at}.${name}`, value: given[name] }, known.join(', '), message);
    });
}

function codeErrors(code: Member, catalog: CallCatalog): FieldError[] {
  const codes = Object.keys(catalog.codes());
  return (checkCodes(code, catalog)?.errors ?? []).map((error) => ({
    ...error,
    message: `${error.message}${didYouMean(error.value, codes)}`,
  }));
}

/** A single entity must exist in every data source of its call. */
function nameErrors(name: Member, codes: readonly string[], catalog: CallCatalog): FieldError[] {
  const { field, value } = name;
  const known = catalog.entityOrder(...codes);
  const isKnown = typeof value === 'string' && catalog.hasEntity(value);
  const lacking = codes.filter((code) => !catalog.entityOrder(code).includes(String(value)));
  if (isKnown && lacking.length === 0) return [];
  const common = known.filter((one) =>
    codes.every((code) => catalog.entityOrder(code).includes(one)),
  );
  const allowed =
    common.length === 0
      ? 'an entity that every data source of the call has'
      : `one of ${common.join(', ')}`;
  const message = isKnown
    ? `${lacking.join(', ')} ${lacking.length > 1 ? 'have' : 'has'} no ${value}`
    : `${field} must be an entity of ${codes.join(', ') || 'its data sources'}${didYouMean(value, known)}`;
  return [fault(name, allowed, message)];
}

function monthNeeded(at: string, [first, ...others]: readonly string[]): FieldError {
  const what = others.length === 0 ? `${first} is` : `${first} and ${others.length} more are`;
  return fault(
    { field: `${at}.month`, value: undefined },
    'a month and a year; or as month alone 0 for the current one, -1 for the one before; or months',
    `${at}.month is needed: ${what} dated`,
  );
}
