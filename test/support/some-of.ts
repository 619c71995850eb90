/**
 * Of many like cases a test plays some, others with each run, and says which in its names and
 * errors. `EVERY_CASE=1 npm test` plays all.
 */

import { type TestContext, test } from 'node:test';
import { between, pick } from './random.ts';

const everyCase = Boolean(process.env['EVERY_CASE']);

/** A share (0 to 1) of the cases in their order, at least one. */
export function someOf<T>(cases: readonly T[], share: number): readonly T[] {
  if (everyCase) return cases;
  const left = [...cases.keys()];
  const count = partOf(cases.length, share);
  while (left.length > count) left.splice(between(Math.random, 0, left.length - 1), 1);
  return left.flatMap((index) => cases.slice(index, index + 1));
}

/**
 * One of each so many neighbours: where cases stand in the order of what they cost, every share
 * costs about the same.
 */
export function oneOfEach<T>(cases: readonly T[], neighbours: number): readonly T[] {
  if (everyCase) return cases;
  const groups = Map.groupBy(cases.entries(), ([index]) => Math.floor(index / neighbours));
  return [...groups.values()].map((group) => pick(Math.random, group)[1]);
}

/** How many of a number of like cases are played, at least one: for cases that are drawn. */
export function partOf(count: number, share: number): number {
  return everyCase ? count : Math.max(1, Math.round(count * share));
}

/**
 * Every how many-th case is played where nobody knows beforehand how many there are, from a first
 * one that is another each time.
 */
export function oneIn(count: number): { first: number; step: number } {
  return everyCase
    ? { first: 0, step: 1 }
    : { first: between(Math.random, 0, count - 1), step: count };
}

/** `test` for those of a file that are each by themselves: every how many-th is played. */
export function oneTestIn(count: number): (name: string, body: TestBody) => void {
  const { first, step } = oneIn(count);
  let tests = 0;
  return (name, body) => {
    if (tests % step === first) test(name, body);
    tests += 1;
  };
}

type TestBody = (t: TestContext) => Promise<void>;
