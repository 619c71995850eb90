/** What zod finds wrong with a setting in JSON, in the settings' own words. */

import { z } from 'zod';
import { didYouMean } from '../faults/near-name.ts';

/** A path as zod writes it, with a dot before a member. */
export function dotted(path: PropertyKey[]): string {
  const text = z.core.toDotPath(path);
  return text === '' || text.startsWith('[') ? text : `.${text}`;
}

/** For a strict object: which member is unknown, and which was meant. */
export function unknownMember(known: readonly string[]) {
  return {
    error: (issue: z.core.$ZodRawIssue) =>
      issue.code === 'unrecognized_keys'
        ? `has no member ${issue.keys.map((key) => key + didYouMean(key, known)).join(', ')}: use ${known.join(', ')}`
        : `must be an object with ${known.join(', ')}`,
  };
}
