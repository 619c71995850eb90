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

/**
 * For `refine` of a list of objects: no two have the same text there. It is asked also where something
 * else is wrong with the list, since all that is wrong is told at once.
 *
 * @param same what two texts have in common that count as one
 */
export const differ = (member: string, error: string, same = (text: string) => text) =>
  [
    (list: readonly unknown[]) => {
      const texts = list.flatMap((one) => {
        const value: unknown = Object(one)[member];
        return typeof value === 'string' ? [same(value)] : [];
      });
      return new Set(texts).size === texts.length;
    },
    { error, when: ({ value }: { value: unknown }) => Array.isArray(value) },
  ] as const;
