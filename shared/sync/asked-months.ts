/** The months of a call as somebody asks for them: `month` and `year`, or `months`. */

import type { FieldError } from '../faults/field-error.ts';
import { fault, type Member } from '../faults/member.ts';
import type { AskedMonths, Period } from './call.ts';
import { comparePeriods, type PeriodLimits, periodText, resolvedPeriods } from './period.ts';

const relative = '0 for the current month, -1 for the one before, and so on';
const aMonth = `a whole number from 1 to 12 beside a year, or without one ${relative}`;
const anEnd = `${relative}; or an object of month and year`;
const aRange = `an array of two, the first and the last month: each ${anEnd}`;

export type Months =
  /** Neither where no month is given. */
  { asked?: AskedMonths; periods?: Period[] } | { errors: FieldError[] };

/**
 * Checks the months and resolves them at `now`.
 *
 * @param members `month`, `year` and `months` of a call; null is as if it were absent
 * @param at the path of the call: `calls[3]`
 * @param limits the catalogue's, at `now`: relative months count from the last
 */
export function askedMonths(
  members: Readonly<Record<string, unknown>>,
  at: string,
  limits: PeriodLimits,
): Months {
  const of = (name: string): Member => ({
    field: `${at}.${name}`,
    value: members[name] ?? undefined,
  });
  const [month, year, months] = [of('month'), of('year'), of('months')];
  if (months.value === undefined) return singleMonth(month, year, limits);
  const beside = [month, year].filter(({ value }) => value !== undefined);
  if (beside.length === 0) return rangeOfMonths(months, limits);
  const errors = beside.map((member) =>
    fault(member, 'left out', `${member.field} is given beside months; leave one of them out`),
  );
  return { errors };
}

function singleMonth(month: Member, year: Member, limits: PeriodLimits): Months {
  if (month.value === undefined && year.value === undefined) return {};
  const number = whole(month.value);
  if (number === undefined || number > 12) return { errors: [fault(month, aMonth)] };
  if (number > 0) return namedMonth(month, year, limits);
  if (year.value !== undefined) {
    const message = `${year.field} is given beside a month that counts from the current one; leave it out`;
    return { errors: [fault(year, 'left out', message)] };
  }
  return resolved({ month: number }, [month], limits);
}

function namedMonth(month: Member, year: Member, limits: PeriodLimits): Months {
  const named = periodOf(month, year, limits);
  return 'errors' in named ? named : resolved(named.period, [month], limits);
}

/** The month that two members name, each by itself what it may be. */
function periodOf(
  month: Member,
  year: Member,
  { first, last }: PeriodLimits,
): { period: Period } | { errors: FieldError[] } {
  const [monthOf, yearOf] = [whole(month.value), whole(year.value)];
  const isMonth = monthOf !== undefined && monthOf >= 1 && monthOf <= 12;
  const isYear = yearOf !== undefined && yearOf >= first.year && yearOf <= last.year;
  if (isMonth && isYear) return { period: { month: monthOf, year: yearOf } };
  return {
    errors: [
      ...(isMonth ? [] : [fault(month, 'a whole number from 1 to 12')]),
      ...(isYear ? [] : [fault(year, `a whole number from ${first.year} to ${last.year}`)]),
    ],
  };
}

function rangeOfMonths(months: Member, limits: PeriodLimits): Months {
  const { field, value } = months;
  if (!Array.isArray(value) || value.length !== 2) return { errors: [fault(months, aRange)] };
  const members = value.map((end, index) => ({ field: `${field}[${index}]`, value: end }));
  const ends = members.map((member) => endOf(member, limits));
  const errors = ends.flatMap((end) => ('errors' in end ? end.errors : []));
  if (errors.length > 0) return { errors };
  const [first, last] = ends.map((end) => ('end' in end ? end.end : 0));
  return resolved({ months: [first ?? 0, last ?? 0] }, members, limits);
}

function endOf(
  member: Member,
  limits: PeriodLimits,
): { end: number | Period } | { errors: FieldError[] } {
  const { field, value } = member;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { month, year } = value as Record<string, unknown>;
    const of = (name: string, one: unknown) => ({ field: `${field}.${name}`, value: one });
    const named = periodOf(of('month', month), of('year', year), limits);
    return 'errors' in named ? named : { end: named.period };
  }
  const number = whole(value);
  return number === undefined || number > 0 ? { errors: [fault(member, anEnd)] } : { end: number };
}

/** @param members the month, or both ends of a range: what is blamed for a month that may not be */
function resolved(asked: AskedMonths, members: readonly Member[], limits: PeriodLimits): Months {
  const { first, last } = limits;
  const allowed = `a month from ${periodText(first)} to ${periodText(last)}`;
  const ends = (asked.months ?? [asked]).map((end) => {
    const one = typeof end === 'number' ? { month: end } : end;
    return resolvedPeriods(one, last)?.[0] ?? last;
  });
  const errors = ends.flatMap((end, index) => {
    const member = members[index];
    const isInside = comparePeriods(first, end) <= 0 && comparePeriods(end, last) <= 0;
    if (member === undefined || isInside) return [];
    return [fault(member, allowed, `${member.field} is ${periodText(end)}, not ${allowed}`)];
  });
  if (errors.length > 0) return { errors };
  const periods = resolvedPeriods(asked, last) ?? [];
  if (periods.length > 0) return { asked, periods };
  const [from, to] = ends.map(periodText);
  const member = members[1] ?? { field: 'months', value: undefined };
  const message = `${member.field} is ${to}, before the first month ${from}`;
  return { errors: [fault(member, 'the first month, or a later one', message)] };
}

/** A whole number, also as text, which clients send for a month; undefined for anything else. */
function whole(value: unknown): number | undefined {
  if (typeof value === 'string') return /^-?\d{1,4}$/.test(value) ? Number(value) : undefined;
  return Number.isSafeInteger(value) ? Number(value) + 0 : undefined;
}
