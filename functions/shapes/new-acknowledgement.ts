/** Acknowledgements: which trouble, until when, and what is wrong with a body that does not say so. */

import { z } from 'zod';
import {
  acknowledgementSchema,
  type Trouble,
  troubleKinds,
} from '../../shared/acknowledgements/acknowledgements.ts';
import type { Catalog } from '../../shared/catalog/index.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import type { Body } from '../../shared/faults/member.ts';
import {
  faultOf,
  invalidBody,
  noteSchema,
  requireText,
  unreadTokenSchema,
  untilOf,
  untilSchema,
} from './new-closure.ts';
import { userSchema } from './runs.ts';
import { unknownMembers } from './unknown-members.ts';

export const acknowledgementBodySchema = z
  .strictObject({
    token: unreadTokenSchema,
    kind: acknowledgementSchema.shape.kind,
    subject: acknowledgementSchema.shape.subject,
    until: untilSchema,
    note: noteSchema,
    user: userSchema.optional(),
  })
  .meta({ id: 'NewAcknowledgement', description: 'Of a trouble that there is now' });

export const acknowledgementsSchema = z
  .object({ acknowledgements: z.array(acknowledgementSchema) })
  .meta({ id: 'Acknowledgements' });

const members = ['token', 'kind', 'subject', 'until', 'note', 'user'];

export interface ParsedAcknowledgement {
  kind: Trouble['kind'];
  subject: string;
  until: string;
  note: string;
  user?: string;
}

/** Throws `HttpProblem` 400 that names every bad member. */
export function parseAcknowledgement(
  body: Body,
  catalog: Pick<Catalog, 'periods'>,
  now: Date,
): ParsedAcknowledgement {
  const errors: FieldError[] = unknownMembers(body, members);
  const kinds = troubleKinds.join(', ');
  requireText(body, 'kind', acknowledgementSchema.shape.kind, `one of ${kinds}`, errors);
  const subjects =
    'a data source, one with an evidence or entity (0c10/payment), a schedule, a run or a queue';
  requireText(body, 'subject', z.string().min(1).max(256), subjects, errors);
  const until = untilOf(body, catalog.periods.timeZone, now, errors);
  requireText(body, 'note', noteSchema, 'a text of 1 to 400 characters on one line', errors);
  const { user } = body;
  if (user !== undefined && !userSchema.safeParse(user).success) {
    errors.push(faultOf(body, 'user', 'a text of 1 to 128 characters on one line'));
  }
  if (errors.length > 0 || until === undefined) throw invalidBody(errors);
  const kind = acknowledgementSchema.shape.kind.parse(body['kind']);
  const [subject = '', note = ''] = [body['subject'], body['note']].map(String);
  return { kind, subject, until, note, ...(user !== undefined && { user: String(user) }) };
}
