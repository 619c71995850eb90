/** Checks what a sync is asked for, in the original's order: user, code, name, date. */

import type { z } from 'zod';
import type { Catalog } from '../catalog/index.ts';
import type { Period, SyncRequest } from '../sync/index.ts';
import { comparePeriods, periodLimits, periodText } from './period.ts';
import { type FieldError, HttpProblem } from './problem.ts';
import { monthSchema, userSchema, yearSchema } from './schemas.ts';
import { echo, show } from './show.ts';

type Body = Readonly<Record<string, unknown>>;
export type SyncCatalog = Pick<
  Catalog,
  'codes' | 'names' | 'isDated' | 'hasEntity' | 'entityOrder' | 'periods'
>;

/** One refusal as the original words it, and the fields that are at fault. */
interface Refusal {
  text: string;
  errors: FieldError[];
}

/**
 * What to sync, as the catalogue knows it; `period` only when an entity is dated.
 * Throws `HttpProblem` 400: its message is the first refusal, its `errors` name every bad field.
 */
export function parseSyncRequest(
  kind: SyncRequest['kind'],
  body: Body,
  catalog: SyncCatalog,
  now: Date,
): Omit<SyncRequest, 'token'> {
  const names = requestedNames(kind, body, catalog);
  const dated = names.some((name) => catalog.isDated(name) === true);
  const asked = parsePeriod(body, dated, periodLimits(catalog.periods, now));
  const refusals = [
    checkUser(body),
    checkCode(body, catalog),
    checkName(kind, body, catalog),
    asked.refusal,
  ].filter((refusal) => refusal !== undefined);
  const [first] = refusals;
  if (first !== undefined) {
    throw new HttpProblem('invalid-value', first.text, {
      errors: refusals.flatMap((refusal) => refusal.errors),
    });
  }
  return {
    kind,
    codes: [String(body.code)],
    names,
    user: String(body.user),
    ...(dated && asked.period !== undefined ? { period: asked.period } : {}),
  };
}

/** The code, when it is one of the catalogue's. */
export function knownCode(body: Body, catalog: Pick<Catalog, 'codes'>): string | undefined {
  const { code } = body;
  return typeof code === 'string' && Object.hasOwn(catalog.codes(), code) ? code : undefined;
}

/** Empty where code or name are not usable, which their own checks report. */
function requestedNames(kind: SyncRequest['kind'], body: Body, catalog: SyncCatalog): string[] {
  if (kind === 'entity') {
    return typeof body.name === 'string' && catalog.hasEntity(body.name) ? [body.name] : [];
  }
  const code = knownCode(body, catalog);
  return code === undefined ? [] : [...catalog.entityOrder(code)];
}

function checkUser(body: Body): Refusal | undefined {
  if (userSchema.safeParse(body.user).success) return undefined;
  const text = body.user === undefined ? 'User is not specified.' : 'Invalid user value.';
  return { text, errors: [fault(body, 'user', '1 to 128 characters on one line')] };
}

function checkCode(body: Body, catalog: SyncCatalog): Refusal | undefined {
  if (knownCode(body, catalog) !== undefined) return undefined;
  return {
    text: `Invalid code value: ${show(body.code)}.`,
    errors: [fault(body, 'code', `one of ${Object.keys(catalog.codes()).join(', ')}`)],
  };
}

/** A whole data source needs no name, but one that is sent must exist, as in the original. */
function checkName(
  kind: SyncRequest['kind'],
  body: Body,
  catalog: SyncCatalog,
): Refusal | undefined {
  const { name } = body;
  if (kind === 'data_source' && (name === undefined || name === null)) return undefined;
  const code = knownCode(body, catalog);
  const names = code === undefined ? undefined : catalog.names(code);
  const exists = typeof name === 'string' && catalog.hasEntity(name);
  const inSource = names === undefined || (exists && Object.hasOwn(names, name));
  if (exists && (inSource || kind === 'data_source')) return undefined;
  const allowed =
    names === undefined
      ? 'an entity of the data source'
      : `one of ${Object.keys(names).join(', ')} for code ${code}`;
  return {
    text: `Invalid name value: ${show(name)}.`,
    errors: [
      fault(body, 'name', allowed, exists ? `data source ${code} has no ${name}` : undefined),
    ],
  };
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
  const errors: FieldError[] = [];
  if (month === 'invalid' || (month === undefined && needed)) {
    const message = month === undefined ? why('month') : undefined;
    errors.push(fault(body, 'month', 'a whole number from 1 to 12', message));
  }
  const yearOutside =
    typeof year === 'number' && (year < limits.first.year || year > limits.last.year);
  if (year === 'invalid' || yearOutside || (year === undefined && needed)) {
    errors.push(fault(body, 'year', years, year === undefined ? why('year') : undefined));
  }
  if (errors.length === 0) {
    if (typeof month !== 'number' || typeof year !== 'number') return {};
    const period = { month, year };
    const inside =
      comparePeriods(limits.first, period) <= 0 && comparePeriods(period, limits.last) <= 0;
    if (inside) return { period };
    const allowed = `a month from ${periodText(limits.first)} to ${periodText(limits.last)}`;
    errors.push(fault(body, 'month', allowed, `${periodText(period)} is not ${allowed}`));
  }
  const shownMonth = typeof month === 'number' ? month : body.month;
  const text = `Invalid date value: ${show(body.year)}-${twoDigits(shownMonth)}.`;
  return { refusal: { text, errors } };
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

function fault(body: Body, name: string, allowed: string, message?: string): FieldError {
  const value = body[name];
  const missing = value === undefined;
  return {
    field: name,
    message: message ?? (missing ? `${name} is needed` : `${name} must be ${allowed}`),
    ...(missing ? {} : { value: echo(value) }),
    allowed,
  };
}
