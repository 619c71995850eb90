/** Closures: what closes, until when, and what is wrong with a body that does not say so. */

import { z } from 'zod';
import type { Catalog } from '../../shared/catalog/index.ts';
import {
  type ClosureScope,
  closureSchema,
  longestClosureDays,
} from '../../shared/closures/closures.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { norAny, oneOf } from '../../shared/faults/one-of.ts';
import { echo, show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { momentOf, momentUse } from '../../shared/time/moment.ts';
import { userSchema } from './runs.ts';
import { refusalText, unknownMembers } from './unknown-members.ts';

export const noteSchema = z
  .string()
  .max(400)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u)
  .regex(/\S/)
  .meta({ description: 'For people: 1 to 400 characters on one line' });

export const untilSchema = z
  .string()
  .meta({ description: `${momentUse}; in the future, at most ${longestClosureDays} days ahead` });

export const unreadTokenSchema = z
  .string()
  .optional()
  .meta({ description: 'Not looked at: the token is that of Authorization' });

export const closureBodySchema = z
  .strictObject({
    token: unreadTokenSchema,
    server: z.string().optional().meta({ description: 'A server of the catalogue' }),
    company: z.string().optional().meta({ description: 'The data source of a FlexiBee company' }),
    everything: z.literal(true).optional(),
    until: untilSchema,
    reason: noteSchema,
    user: userSchema,
  })
  .meta({
    id: 'NewClosure',
    description: 'Exactly one of `server`, `company` and `everything` says what is closed',
  });

export const closuresSchema = z
  .object({ closures: z.array(closureSchema).meta({ description: 'What ends first is first' }) })
  .meta({ id: 'Closures' });

export const closureIdSchema = z.string().regex(/^[0-9a-f-]{1,64}$/);

export type Body = Readonly<Record<string, unknown>>;

const scopes = ['server', 'company', 'everything'] as const;
const members = ['token', ...scopes, 'until', 'reason', 'user'];

export interface ParsedClosure {
  scope: ClosureScope;
  until: string;
  reason: string;
  user: string;
}

/** Throws `HttpProblem` 400 that names every bad member. */
export function parseClosure(
  body: Body,
  catalog: Pick<Catalog, 'servers' | 'companies' | 'periods'>,
  now: Date,
): ParsedClosure {
  const errors = [...unknownMembers(body, members), ...scopeFaults(body, catalog)];
  const until = untilOf(body, catalog.periods.timeZone, now, errors);
  requireText(body, 'reason', noteSchema, 'a text of 1 to 400 characters on one line', errors);
  requireText(body, 'user', userSchema, 'a text of 1 to 128 characters on one line', errors);
  const [first] = errors;
  if (first !== undefined || until === undefined) throw invalidBody(errors);
  const { server, company } = body;
  const scope: ClosureScope =
    server !== undefined
      ? { server: String(server) }
      : company !== undefined
        ? { company: String(company) }
        : { everything: true };
  const [reason, user] = [body['reason'], body['user']].map(String);
  return { scope, until, reason: reason ?? '', user: user ?? '' };
}

export function invalidBody(errors: readonly FieldError[]): HttpProblem {
  return new HttpProblem('invalid-value', refusalText(errors[0]), { errors });
}

/** The instant in `until`, in the future; undefined, and why among `errors`, where it is none. */
export function untilOf(
  body: Body,
  timeZone: string,
  now: Date,
  errors: FieldError[],
): string | undefined {
  const { until } = body;
  const latest = now.getTime() + longestClosureDays * 86_400_000;
  const moment = typeof until === 'string' ? momentOf(until, timeZone) : undefined;
  if (moment !== undefined && moment > now && moment.getTime() <= latest) {
    return moment.toISOString();
  }
  const last = new Date(latest).toISOString();
  const allowed = `${momentUse}, after ${now.toISOString()} and no later than ${last}`;
  errors.push(faultOf(body, 'until', allowed));
  return undefined;
}

export function requireText(
  body: Body,
  field: string,
  schema: z.ZodType,
  allowed: string,
  errors: FieldError[],
): void {
  if (!schema.safeParse(body[field]).success) errors.push(faultOf(body, field, allowed));
}

function scopeFaults(
  body: Body,
  { servers, companies }: Pick<Catalog, 'servers' | 'companies'>,
): FieldError[] {
  const given = scopes.filter((name) => body[name] !== undefined);
  const [scope, ...others] = given;
  if (scope === undefined) {
    const message = 'server, company or everything is needed: what is to be closed';
    return [{ field: 'server', message, allowed: 'one of server, company and everything' }];
  }
  if (others.length > 0) {
    const message = `${given.join(' and ')} are too much: one of them says what is closed`;
    return [{ field: scope, message, value: echo(body[scope]), allowed: `${scope} alone` }];
  }
  if (scope === 'everything') {
    return body.everything === true ? [] : [faultOf(body, scope, 'true')];
  }
  const known =
    scope === 'server' ? servers.map(({ id }) => id) : companies.map(({ code }) => code);
  if (known.includes(String(body[scope])) && typeof body[scope] === 'string') return [];
  if (known.length === 0) {
    const message = `There is no ${scope} ${show(body[scope])}${norAny(known)}.`;
    return [{ field: scope, message, value: echo(body[scope]), allowed: '' }];
  }
  return [faultOf(body, scope, oneOf(known), didYouMean(body[scope], known))];
}

/** What is wrong with a member. @param near of a name, where another was meant */
export function faultOf(body: Body, field: string, allowed: string, near = ''): FieldError {
  const value = body[field];
  if (value === undefined) return { field, message: `${field} is needed`, allowed };
  return { field, message: `${field} must be ${allowed}${near}`, value: echo(value), allowed };
}
