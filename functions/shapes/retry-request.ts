/** Checks what POST /runs/{id}/retry is asked for. */

import { z } from 'zod';
import { type Body, fault } from '../../shared/faults/member.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import type { RetryRequest } from '../../shared/sync/syncs.ts';
import { tokenSchema, userSchema, whenBusySchema } from './runs.ts';
import { refusalText, unknownMembers } from './unknown-members.ts';
import { checkUser } from './user.ts';
import { checkWhenBusy, whenBusyOf } from './when-busy.ts';

const members = ['token', 'user', 'from', 'whenBusy'] as const;
const fromSchema = z.enum(['failure', 'all']);

export const retryBodySchema = z
  .strictObject({
    token: tokenSchema,
    user: userSchema,
    from: fromSchema.nullish().meta({
      description:
        '`failure`, or absent: what failed, was skipped, cancelled or interrupted; `all`: everything',
    }),
    whenBusy: whenBusySchema.nullish(),
  })
  .meta({ id: 'RetryRun', description: 'Makes a run again, with the months of then' });

/** Throws `HttpProblem` 400: its message is the first fault, its `errors` name all. */
export function parseRetry(body: Body): Pick<RetryRequest, 'user' | 'from' | 'whenBusy'> {
  const from = fromSchema.nullish().safeParse(body.from);
  const user = checkUser(body);
  const errors = [
    ...(user?.errors ?? []),
    ...(from.success ? [] : [fault({ field: 'from', value: body.from }, 'failure or all')]),
    ...(checkWhenBusy(body)?.errors ?? []),
    ...unknownMembers(body, members),
  ];
  const [first] = errors;
  if (first === undefined) {
    return { user: String(body.user), from: from.data ?? 'failure', ...whenBusyOf(body) };
  }
  const text = user?.text ?? refusalText(first);
  throw new HttpProblem('invalid-value', text, { errors });
}
