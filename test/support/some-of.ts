/**
 * Of many like cases a test plays some, others with each run, and says which in its names and
 * errors. `EVERY_CASE=1 npm test` plays all.
 */

import { between } from './random.ts';

export const everyCase = process.env['EVERY_CASE'] !== undefined;

/** A share (0 to 1) of the cases in their order, at least one. */
export function someOf<T>(cases: readonly T[], share: number): readonly T[] {
  if (everyCase) return cases;
  const left = [...cases.keys()];
  const count = Math.max(1, Math.round(cases.length * share));
  while (left.length > count) left.splice(between(Math.random, 0, left.length - 1), 1);
  return left.flatMap((index) => cases.slice(index, index + 1));
}
