/** Events: what they may be asked for, what is answered, and the body of a test. */

import { z } from 'zod';
import { targetStateSchema } from '../../shared/events/delivery/target-states.ts';
import { eventIdPattern, kindNames, severities } from '../../shared/events/event.ts';
import { deliveryStates, eventDocumentSchema } from '../../shared/events/event-document.ts';
import { targetTypes } from '../../shared/events/targets/target.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import type { Body } from '../../shared/faults/member.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import type { HttpProblem } from '../../shared/http/problem.ts';
import { faultOf, invalidBody } from './new-closure.ts';
import { pageLimitSchema, userSchema } from './runs.ts';

const groups = [...new Set(kindNames.map((kind) => kind.replace(/\..*/, '')))];
export const eventKindSchema = z.enum([...new Set([...groups, ...kindNames])]);
export const severitySchema = z.enum(severities);
export const deliveryStateSchema = z.enum(deliveryStates);
export const eventPlaceSchema = z
  .string()
  .regex(eventIdPattern)
  .meta({ description: 'An event: out of the `next` link of the page before' });

export const eventsPageSchema = z
  .object({
    events: z.array(eventDocumentSchema).meta({ description: 'The newest first' }),
    targets: z
      .array(targetStateSchema.extend({ type: z.enum(targetTypes) }))
      .meta({ description: 'Whom the settings have told, and how they are doing' }),
    next: z
      .string()
      .regex(/^\/events\?/)
      .exactOptional()
      .meta({ description: 'Path of the next page; absent on the last', format: 'uri-reference' }),
  })
  .meta({ id: 'EventsPage' });

const readers = {
  limit: pageLimitSchema,
  kind: eventKindSchema,
  severity: severitySchema,
  state: deliveryStateSchema,
  after: eventPlaceSchema,
} as const;

const allowed: Readonly<Record<keyof typeof readers, string>> = {
  limit: 'a whole number from 1 to 200',
  kind: `one of ${eventKindSchema.options.join(', ')}`,
  severity: `one of ${severities.join(', ')}`,
  state: `one of ${deliveryStates.join(', ')}`,
  after: 'taken from the next link of a page',
};

const defaultLimit = 50;

export interface ParsedEventsQuery {
  limit: number;
  after?: string | undefined;
  kind?: string | undefined;
  severity?: string | undefined;
  state?: string | undefined;
  code?: string | undefined;
  board?: string | undefined;
  target?: string | undefined;
}

/** Throws `HttpProblem` 400 that names every bad parameter. */
export function eventsQuery(query: URLSearchParams): ParsedEventsQuery {
  const bad: (keyof typeof readers)[] = [];
  const read = <Name extends keyof typeof readers>(name: Name) => {
    const text = query.get(name);
    if (text === null) return undefined;
    const parsed = readers[name].safeParse(text);
    if (!parsed.success) bad.push(name);
    return parsed.data as z.infer<(typeof readers)[Name]> | undefined;
  };
  const text = (name: string) => query.get(name) ?? undefined;
  const parsed = {
    limit: read('limit') ?? defaultLimit,
    ...{ after: read('after'), kind: read('kind') },
    ...{ severity: read('severity'), state: read('state') },
    ...{ code: text('code'), board: text('board'), target: text('target') },
  };
  if (bad.length > 0) throw invalid(query, bad);
  return parsed;
}

function invalid(query: URLSearchParams, names: readonly (keyof typeof readers)[]): HttpProblem {
  const errors = names.map((field): FieldError => {
    const value = show(query.get(field));
    const near = field === 'kind' ? didYouMean(query.get(field), eventKindSchema.options) : '';
    const what = allowed[field];
    return { field, message: `${field} must be ${what}${near}`, value, allowed: what };
  });
  return invalidBody(errors);
}

export const targetTestBodySchema = z
  .object({
    target: z.string().meta({ description: 'The name of a target of NOTIFICATIONS' }),
    user: userSchema.optional(),
  })
  .meta({ id: 'NewTargetTest' });

export const targetTestSchema = z
  .object({
    target: z.string(),
    taken: z.boolean().meta({ description: 'Whether the target has taken it' }),
    milliseconds: z.int(),
    error: z
      .string()
      .exactOptional()
      .meta({ description: 'Why not; of one that has taken it, what was odd about it' }),
  })
  .meta({ id: 'TargetTest' });

/** Throws `HttpProblem` 400 that names every bad member. */
export function parseTargetTest(
  body: Body,
  names: readonly string[],
): { target: string; user?: string } {
  const errors: FieldError[] = [];
  const { target, user } = body;
  if (typeof target !== 'string' || !names.includes(target)) {
    errors.push(faultOf(body, 'target', `one of ${names.join(', ')}`, didYouMean(target, names)));
  }
  if (user !== undefined && !userSchema.safeParse(user).success) {
    errors.push(faultOf(body, 'user', 'a text of 1 to 128 characters on one line'));
  }
  if (errors.length > 0) throw invalidBody(errors);
  return { target: String(target), ...(user !== undefined && { user: String(user) }) };
}
