/** The audit: what it may be asked, and what it answers. */

import { z } from 'zod';
import type { AuditQuery } from '../../shared/audit/audit.ts';
import { entrySchema } from '../../shared/audit/entry.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { endOfMoment, momentOf, momentUse } from '../../shared/time/moment.ts';
import { changeKinds } from '../changes.ts';
import { pageLimitSchema } from './runs.ts';

export const auditMomentSchema = z.string().meta({ description: momentUse });

export const auditPlaceSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z~[\w-]{0,64}$/)
  .meta({ description: 'Opaque to clients: out of the `next` link of the page before' });

const areas = [...new Set(changeKinds.map((kind) => kind.replace(/\..*/, '')))];
export const auditKindSchema = z.enum([...areas, ...changeKinds]);

export const auditPageSchema = z
  .object({
    entries: z.array(entrySchema).meta({ description: 'The newest first' }),
    next: z
      .string()
      .regex(/^\/audit\?/)
      .exactOptional()
      .meta({ description: 'Path of the next page; absent on the last', format: 'uri-reference' }),
    damaged: z
      .int()
      .exactOptional()
      .meta({ description: 'Lines and blobs of these days that could not be read; absent: none' }),
  })
  .meta({ id: 'AuditPage' });

const defaultLimit = 50;

export interface ParsedAuditQuery extends Pick<AuditQuery, 'from' | 'to' | 'before' | 'limit'> {
  who?: string;
  what?: string;
}

const allowed: Record<string, string> = {
  limit: 'a whole number from 1 to 200',
  from: momentUse,
  to: `${momentUse}, later than from`,
  after: 'taken from the next link of a page',
  what: `one of ${auditKindSchema.options.join(', ')}`,
};

/** Throws `HttpProblem` 400 that names every bad parameter. */
export function auditQuery(query: URLSearchParams, timeZone: string): ParsedAuditQuery {
  const bad: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = query.get(name);
    if (text === null) return undefined;
    const value = parse(text);
    if (value === undefined) bad.push(name);
    return value;
  };
  const limit = read('limit', (text) => pageLimitSchema.safeParse(text).data) ?? defaultLimit;
  const from = read('from', (text) => momentOf(text, timeZone));
  const to = read('to', (text) => {
    const end = endOfMoment(text, timeZone);
    return end !== undefined && from !== undefined && end <= from ? undefined : end;
  });
  const before = read('after', placeOf);
  const who = read('who', (text) => text);
  const what = read('what', (text) => auditKindSchema.safeParse(text).data);
  if (bad.length > 0) throw invalid(query, bad);
  return {
    limit,
    ...(from && { from }),
    ...(to && { to }),
    ...(before && { before }),
    ...(who !== undefined && { who }),
    ...(what !== undefined && { what }),
  };
}

export function placeText({ at, id }: NonNullable<AuditQuery['before']>): string {
  return `${at}~${id}`;
}

function placeOf(text: string): AuditQuery['before'] {
  const [at, id] = text.split('~');
  if (!auditPlaceSchema.safeParse(text).success || Number.isNaN(Date.parse(at ?? ''))) {
    return undefined;
  }
  return { at: at ?? '', id: id ?? '' };
}

function invalid(query: URLSearchParams, names: readonly string[]): HttpProblem {
  const errors = names.map((field): FieldError => {
    const value = show(query.get(field));
    const near = field === 'what' ? didYouMean(query.get(field), auditKindSchema.options) : '';
    const what = allowed[field] ?? '';
    return { field, message: `${field} must be ${what}${near}`, value, allowed: what };
  });
  const [first] = errors;
  const text = `Invalid ${first?.field} value: ${first?.value}.`;
  return new HttpProblem('invalid-value', text, { errors });
}
