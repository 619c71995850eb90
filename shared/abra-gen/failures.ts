/** What a refusal of an ABRA Gen server means to us. */

import { z } from 'zod';
import type { Answer } from '../outbound/exchange.ts';
import type { Failure } from '../outbound/failure.ts';
import { type Meaning, refusalOf, wordsOf } from '../outbound/refusal.ts';
import type { AbraGenTrouble } from './errors.ts';

const kinds: Readonly<Record<Meaning, AbraGenTrouble>> = {
  login: 'wrong password',
  right: 'not allowed',
  missing: 'not found',
  redirected: 'refused',
  conflict: 'refused',
  'too large': 'refused',
  busy: 'busy',
  late: 'unreachable',
  failed: 'unreachable',
  refused: 'refused',
};

/**
 * @param answer whole, or its beginning
 * @returns undefined where the answer is a success, as far as its status tells
 */
export function refusal(answer: Answer): Failure<AbraGenTrouble> | undefined {
  const refused = refusalOf(answer, wordsOf(answer.body, wordsIn));
  if (refused === undefined) return undefined;
  const { kind, status, isTransient } = refused;
  // A 500 is ABRA Gen's own, and comes again.
  return { ...refused, kind: kinds[kind], isTransient: isTransient && status !== 500 };
}

const wordsSchema = z.looseObject({
  title: z.string().catch(''),
  description: z.string().catch(''),
  message: z.string().catch(''),
});

/** Title and description of an error. */
function wordsIn(value: unknown): string | undefined {
  const { data } = wordsSchema.safeParse(value);
  if (data === undefined) return undefined;
  const words = new Set([data.title, data.description, data.message]);
  return [...words].filter((word) => word.trim() !== '').join(': ');
}
