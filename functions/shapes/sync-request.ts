/** Checks what a sync is asked for, in the original's order: user, code, name, date. */

import type { z } from 'zod';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault, type Member, type Refusal } from '../../shared/faults/member.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { checkCodes, knownCodes } from '../../shared/sync/asked-codes.ts';
import { comparePeriods, periodLimits, periodText } from '../../shared/sync/period.ts';
import type { Call, Period, SyncRequest } from '../../shared/sync/syncs.ts';
import { monthSchema, yearSchema } from './runs.ts';
import { checkUser } from './user.ts';
import { checkWhenBusy, whenBusyOf } from './when-busy.ts';

export type SyncCatalog = Pick<
  Catalog,
  'codes' | 'isDated' | 'hasEntity' | 'entityOrder' | 'periods'
>;

/** The routes that start one call: whole data sources, or one entity of them. */
export type SyncKind = 'data_source' | 'entity';

/**
 * What to sync, as the catalogue knows it; with a month only when an entity is dated.
 * Throws `HttpProblem` 400: its message is the first refusal, its `errors` name every bad field.
 */
export function parseSyncRequest(
  kind: SyncKind,
  body: Body,
  catalog: SyncCatalog,
  now: Date,
): Pick<SyncRequest, 'user' | 'whenBusy'> & { calls: [Call] } {
  const code = { field: 'code', value: body.code };
  const codes = [...new Set(knownCodes(code, catalog).map((named) => named.code))];
  const names = requestedNames(kind, body, codes, catalog);
  const dated = names.some((name) => catalog.isDated(name, ...codes) === true);
  const asked = parsePeriod(body, dated, periodLimits(catalog.periods, now));
  const refusals = [
    checkUser(body),
    checkCodes(code, catalog),
    checkName(kind, body, codes, catalog),
    asked.refusal,
    checkWhenBusy(body),
  ].filter((refusal) => refusal !== undefined);
  const [first] = refusals;
  if (first !== undefined) {
    throw new HttpProblem('invalid-value', first.text, {
      errors: refusals.flatMap((refusal) => refusal.errors),
    });
  }
  const { period } = asked;
  const months = dated && period !== undefined ? { periods: [period], asked: period } : {};
  const call: Call = { codes, names, whole: kind === 'data_source', ...months };
  return { user: String(body.user), calls: [call], ...whenBusyOf(body) };
}

/** Empty where code or name are not usable, which their own checks report. */
function requestedNames(
  kind: SyncKind,
  body: Body,
  codes: readonly string[],
  catalog: SyncCatalog,
): string[] {
  if (kind === 'data_source') return catalog.entityOrder(...codes);
  return typeof body.name === 'string' && catalog.hasEntity(body.name) ? [body.name] : [];
}

/**
 * A whole data source needs no name, but one that is sent must exist, as in the original; a single
 * entity must exist in every data source.
 */
function checkName(
  kind: SyncKind,
  { name }: Body,
  codes: readonly string[],
  catalog: SyncCatalog,
): Refusal | undefined {
  if (kind === 'data_source' && (name === undefined || name === null)) return undefined;
  const exists = typeof name === 'string' && catalog.hasEntity(name);
  const lacking = codes.filter((code) => !catalog.entityOrder(code).includes(String(name)));
  if (exists && (lacking.length === 0 || kind === 'data_source')) return undefined;
  const have = lacking.length > 1 ? 'data sources' : 'data source';
  return {
    text: `Invalid name value: ${show(name)}.`,
    errors: [
      fault(
        { field: 'name', value: name },
        allowedNames(codes, catalog),
        exists
          ? `${have} ${lacking.join(', ')} ${lacking.length > 1 ? 'have' : 'has'} no ${name}`
          : undefined,
      ),
    ],
  };
}

function allowedNames(codes: readonly string[], catalog: SyncCatalog): string {
  const common = catalog
    .entityOrder(...codes)
    .filter((name) => codes.every((code) => catalog.entityOrder(code).includes(name)));
  if (common.length === 0) return 'an entity that every data source of the request has';
  return `one of ${common.join(', ')} for code ${codes.join(', ')}`;
}

/** The period, or what is wrong with it; neither when none was sent and none is needed. */
function parsePeriod(
  body: Body,
  needed: boolean,
  limits: { first: Period; last: Period },
): { period?: Period; refusal?: Refusal } {
  const month = field(monthSchema, body.month);
  const year = field(yearSchema, body.year);
  const why = (name: string) => `${name} is needed: a dated entity is synced by month`;
  const years = `a whole number from ${limits.first.year} to ${limits.last.year}`;
  const member = (field: string): Member => ({ field, value: body[field] });
  const errors: FieldError[] = [];
  if (month === 'invalid' || (month === undefined && needed)) {
    const message = month === undefined ? why('month') : undefined;
    errors.push(fault(member('month'), 'a whole number from 1 to 12', message));
  }
  const yearOutside =
    typeof year === 'number' && (year < limits.first.year || year > limits.last.year);
  if (year === 'invalid' || yearOutside || (year === undefined && needed)) {
    errors.push(fault(member('year'), years, year === undefined ? why('year') : undefined));
  }
  if (errors.length === 0) {
    if (typeof month !== 'number' || typeof year !== 'number') return {};
    const period = { month, year };
    const inside =
      comparePeriods(limits.first, period) <= 0 && comparePeriods(period, limits.last) <= 0;
    if (inside) return { period };
    const allowed = `a month from ${periodText(limits.first)} to ${periodText(limits.last)}`;
    errors.push(fault(member('month'), allowed, `${periodText(period)} is not ${allowed}`));
  }
  const shownMonth = typeof month === 'number' ? month : body.month;
  const value =
    month === undefined && year === undefined
      ? 'a month and a year are needed'
      : `${show(body.year)}-${twoDigits(shownMonth)}`;
  return { refusal: { text: `Invalid date value: ${value}.`, errors } };
}

/** Null is what a client sends for a blank field: as if it were absent. */
function field(schema: z.ZodType<number>, value: unknown): number | 'invalid' | undefined {
  if (value === undefined || value === null) return undefined;
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : 'invalid';
}

/** As the original formats it: `07`, `77`, `7.5`. */
function twoDigits(month: unknown): string {
  return typeof month === 'number' ? String(month).padStart(2, '0') : show(month);
}
