import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault } from '../../shared/faults/member.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';

/** What nobody reads is refused: `whenbusy` would be something else than what was meant. */
export function unknownMembers(body: Body, members: readonly string[]): FieldError[] {
  return Object.keys(body)
    .filter((name) => !members.includes(name))
    .map((name) => {
      const message = `there is no such member${didYouMean(name, members)}`;
      return fault({ field: show(name), value: undefined }, members.join(', '), message);
    });
}
