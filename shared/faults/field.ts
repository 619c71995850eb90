/** Building blocks of the schema: each says in its faults what it expects and what to write. */

import { z } from 'zod';
import { faultAt, notOneOf, unsuitable } from './catalog-error.ts';
import { didYouMean } from './near-name.ts';

export const expects = (what: string, use: string) => ({
  error: (issue: { input?: unknown }) => unsuitable(issue.input, what, use),
});
export const expectsOneOf = (what: string, names: readonly string[]) => ({
  error: (issue: { input?: unknown }) => notOneOf(issue.input, what, names),
});

/** An object without keys of its own invention; faults of unknown keys are whole lines. */
export function fields<Shape extends z.core.$ZodLooseShape>(what: string, shape: Shape) {
  const keys = Object.keys(shape);
  const unknownKey = (key: string) =>
    `not a key of ${what}; use ${keys.join(', ')}${didYouMean(key, keys)}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => faultAt([...(issue.path ?? []), key], unknownKey(key))).join('\n')
        : unsuitable(issue.input, what, `use an object with ${keys.join(', ')}`),
  });
}

export function matching(pattern: RegExp, what: string, use: string) {
  return z.string(expects(what, use)).regex(pattern, expects(what, use));
}
export function oneOf<const Name extends string>(what: string, names: readonly Name[]) {
  return z.enum(names, expectsOneOf(what, names));
}
/** One of the names declared elsewhere; where there are none, that list's own fault is enough. */
export function reference(what: string, names: readonly string[]) {
  const wrong = expectsOneOf(what, names);
  return z.string(wrong).refine((name) => names.length === 0 || names.includes(name), wrong);
}
export function list<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, expects(`a list of ${what}`, 'use […]'));
}
export function filledList<Item extends z.ZodType>(item: Item, what: string) {
  return list(item, what).min(1, { error: `empty; name at least one of ${what}` });
}
