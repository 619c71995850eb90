/**
 * How far the procedures after changes are: the document `after/<code>.json`, which is the lock of
 * calling them, too. The cursor marks an evidence anew whenever rows of it may have changed; what
 * differs from the mark that was there when its procedures were last called is due. So a mark that
 * is set during a call is due again, and a document that is lost costs calls, never one too few.
 */

import { z } from 'zod';
import { backOffMs } from '../async/retry.ts';
import type { DocumentForm } from '../storage/form.ts';
import { type Returned, withReturned } from './returned.ts';

const instant = z.iso.datetime();

const failureSchema = z.object({
  /** Since when each call has failed. */
  since: instant,
  /** How many have since. */
  calls: z.int().positive(),
  procedure: z.string(),
  message: z.string(),
  /** It is tried again then. */
  nextAt: instant,
  /** Somebody was told, and is to be told when it is over. */
  told: z.literal(true).exactOptional(),
});
export type CallFailure = z.infer<typeof failureSchema>;

const callSchema = z.object({
  /** As it was in the cursor before the latest call that succeeded. */
  mark: z.string().optional(),
  /** The latest call's beginning. */
  at: instant,
  failure: failureSchema.optional(),
});

const callsSchema = z.object({
  /** When the first of the evidences got its turn; each gets one, then all may again. */
  round: instant,
  evidences: z.record(z.string(), callSchema),
  /** What procedures last returned other than 0, by their name. */
  warnings: z.record(z.string(), z.string()),
});
export type AfterCalls = z.infer<typeof callsSchema>;

export const afterCallsForm: DocumentForm<AfterCalls> = {
  schema: callsSchema,
  version: 1,
  maxBytes: 4 * 1024 * 1024,
};

export const noCalls: AfterCalls = {
  round: new Date(0).toISOString(),
  evidences: {},
  warnings: {},
};

/** By evidence, as the cursor has them. */
export type Marks = Readonly<Record<string, string>>;

/** Evidences whose procedures are to be called, in the order of `marks`; those that fail among them. */
export function dueCalls(marks: Marks, { evidences }: AfterCalls): string[] {
  return Object.keys(marks).filter((evidence) => marks[evidence] !== evidences[evidence]?.mark);
}

/** The same without those that are to be left alone for now. */
export function callable(marks: Marks, calls: AfterCalls, now: Date): string[] {
  return dueCalls(marks, calls).filter((evidence) => {
    const { failure } = calls.evidences[evidence] ?? {};
    return failure === undefined || Date.parse(failure.nextAt) <= now.getTime();
  });
}

/**
 * Whose turn it is, in the given order: however often one is due, and however long its procedures
 * take, the others come before it does again.
 *
 * @returns undefined where nothing can be called now
 */
export function nextTurn(
  order: readonly string[],
  marks: Marks,
  calls: AfterCalls,
  now: Date,
): { evidence: string; calls: AfterCalls } | undefined {
  const able = new Set(callable(marks, calls, now));
  const ordered = order.filter((evidence) => able.has(evidence));
  const waits = ordered.find((evidence) => (calls.evidences[evidence]?.at ?? '') < calls.round);
  if (waits !== undefined) return { evidence: waits, calls };
  const [first] = ordered;
  return first === undefined
    ? undefined
    : { evidence: first, calls: { ...calls, round: now.toISOString() } };
}

export function succeeded(
  calls: AfterCalls,
  evidence: string,
  { mark, at, returned }: { mark: string; at: Date; returned: Returned },
): AfterCalls {
  return {
    ...calls,
    evidences: { ...calls.evidences, [evidence]: { mark, at: at.toISOString() } },
    warnings: withReturned(calls.warnings, returned),
  };
}

/** Changes come each minute; what fails for a quarter of an hour is not helped by another minute. */
const retry = { baseMs: 60_000, capMs: 15 * 60_000 };

export function failed(
  calls: AfterCalls,
  evidence: string,
  { procedure, message, at }: { procedure: string; message: string; at: Date },
  now: Date,
): AfterCalls {
  const { mark, failure: before } = calls.evidences[evidence] ?? {};
  const number = (before?.calls ?? 0) + 1;
  const failure: CallFailure = {
    since: before?.since ?? at.toISOString(),
    ...{ calls: number, procedure, message },
    ...(before?.told && { told: true as const }),
    nextAt: new Date(now.getTime() + backOffMs(number, retry)).toISOString(),
  };
  const call = { ...(mark !== undefined && { mark }), at: at.toISOString(), failure };
  return { ...calls, evidences: { ...calls.evidences, [evidence]: call } };
}
