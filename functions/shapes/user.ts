/** The member `user` of a request. */

import { type Body, fault, type Refusal } from '../../shared/faults/member.ts';
import { userSchema } from './runs.ts';

/** What is wrong with whoever asks, as the original words it. */
export function checkUser({ user }: Body): Refusal | undefined {
  if (userSchema.safeParse(user).success) return undefined;
  const text = user === undefined ? 'User is not specified.' : 'Invalid user value.';
  return {
    text,
    errors: [fault({ field: 'user', value: user }, 'a text of 1 to 128 characters on one line')],
  };
}
