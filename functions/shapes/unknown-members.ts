import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault } from '../../shared/faults/member.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';

const noSuch = 'there is no such member';

/** A refusal by its first fault, as the original words it; what is unknown has no value to be wrong. */
export function refusalText(first: FieldError | undefined): string {
  const { field, value, message = '' } = first ?? {};
  if (message.startsWith(noSuch)) return `Unknown member: ${field}${message.slice(noSuch.length)}.`;
  return `Invalid ${show(field)} value: ${show(value)}.`;
}

/** What nobody reads is refused: `whenbusy` would be something else than what was meant. */
export function unknownMembers(body: Body, members: readonly string[]): FieldError[] {
  return Object.keys(body)
    .filter((name) => !members.includes(name))
    .map((name) => {
      const message = `${noSuch}${didYouMean(name, members)}`;
      return fault({ field: show(name), value: undefined }, members.join(', '), message);
    });
}
