/**
 * What a listing of companies says of each: in the metadata of its cursor, so that whoever looks at a
 * thousand of them reads none.
 */

import { z } from 'zod';
import type { AfterCalls } from './after-calls.ts';
import { phaseOf } from './company-state.ts';
import type { Cursor } from './cursor.ts';

const instant = z.iso.datetime();
const troubleSchema = z.object({ what: z.string(), since: instant });
const ofEvidence = troubleSchema.extend({ evidence: z.string() });

const cursorRowSchema = z.object({
  phase: z.enum(['starting', 'loading', 'following']),
  trouble: troubleSchema.exactOptional(),
  evidences: z.array(ofEvidence).exactOptional(),
});
export type CursorRow = z.infer<typeof cursorRowSchema>;

const callsRowSchema = z.object({ calls: z.array(ofEvidence).exactOptional() });
export type CallsRow = z.infer<typeof callsRowSchema>;

/** Of the evidences in trouble the first: metadata have 8 KB in all. */
const mostEvidences = 20;

export function rowOf(cursor: Cursor): CursorRow {
  const { trouble } = cursor;
  const evidences = Object.entries(cursor.evidences)
    .flatMap(([evidence, { trouble: own }]) =>
      own === undefined ? [] : [{ evidence, what: own.kind, since: own.since }],
    )
    .slice(0, mostEvidences);
  return {
    phase: phaseOf(cursor),
    ...(trouble && { trouble: { what: trouble.kind, since: trouble.since } }),
    ...(evidences.length > 0 && { evidences }),
  };
}

export function callsRowOf({ evidences }: AfterCalls): CallsRow {
  const calls = Object.entries(evidences)
    .flatMap(([evidence, { failure }]) =>
      failure === undefined
        ? []
        : [{ evidence, what: `${failure.procedure} fails`, since: failure.since }],
    )
    .slice(0, mostEvidences);
  return calls.length > 0 ? { calls } : {};
}

/** Metadata travel in HTTP headers: ASCII only. */
export function rowMetadata(row: CursorRow | CallsRow): Record<string, string> {
  return { row: encodeURIComponent(JSON.stringify(row).toWellFormed()) };
}

/** Undefined for a document that an earlier version has written: it is to be read. */
export const cursorRowFrom = (metadata: Record<string, string>) =>
  rowFrom(cursorRowSchema, metadata);
export const callsRowFrom = (metadata: Record<string, string>) => rowFrom(callsRowSchema, metadata);

function rowFrom<T>(schema: z.ZodType<T>, { row }: Record<string, string>): T | undefined {
  if (row === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(decodeURIComponent(row)));
  } catch {
    return undefined;
  }
}
