/** Where an evidence's typed table is, as the cursor keeps it and people are shown it. */

import { z } from 'zod';

export const typedStates = [
  /** It says what the mirror says. */
  'ready',
  /** Its columns are there, and rows that the mirror had before are on their way. */
  'filling',
  /** Columns wait for somebody: see the message. */
  'due',
  /** Nobody knows what its columns should be, or the base cannot have it. */
  'failed',
] as const;

export const typedSchema = z.object({
  state: z.enum(typedStates),
  /** When FlexiBee was last asked what the evidence is made of. */
  askedAt: z.iso.datetime(),
  /** Of what is due or has failed. */
  since: z.iso.datetime().exactOptional(),
  message: z.string().exactOptional(),
  /** By column: how many rows have a value there that did not fit and is NULL. */
  misfits: z.record(z.string(), z.number()).exactOptional(),
  /** Columns that are named with their kind, and why. */
  notes: z.array(z.string()).exactOptional(),
});

export type TypedState = z.infer<typeof typedSchema>;

/** By evidence. */
export type TypedStates = Record<string, TypedState>;
