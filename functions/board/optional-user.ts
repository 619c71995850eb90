import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault } from '../../shared/faults/member.ts';
import { userSchema } from '../shapes/runs.ts';

/** The member `user` where it need not be there: who asks, for people to read. */
export function optionalUser({ user }: Body): { user: string | undefined; errors: FieldError[] } {
  const parsed = userSchema.nullish().safeParse(user);
  if (parsed.success) return { user: parsed.data ?? undefined, errors: [] };
  const errors = [
    fault({ field: 'user', value: user }, 'a text of 1 to 128 characters on one line'),
  ];
  return { user: undefined, errors };
}
