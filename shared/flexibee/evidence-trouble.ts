/**
 * The trouble of one evidence: the others go on, and what waits for it stays in the cursor, its
 * load and its stale records. It is tried again after a minute, then ever more seldom.
 */

import type { Cursor, EvidenceTrouble } from './cursor.ts';
import { FlexibeeError } from './errors.ts';
import { type TroubleReport, troubleOf } from './trouble.ts';

const firstPauseMs = 60_000;
const longestPauseMs = 15 * 60_000;

/** What another evidence need not share: a right, a name, a record that cannot be read. */
const ownKinds: readonly string[] = ['request refused', 'answer not understood'];

/** Undefined for what is not an evidence's own, but the company's or nobody's. */
export function ownTroubleOf(error: unknown): TroubleReport | undefined {
  if (!(error instanceof FlexibeeError) || error.evidence === undefined) return undefined;
  const isOwn = ownKinds.includes(error.kind) || error.status === 500 || error.isTooMuch;
  return isOwn ? troubleOf(error) : undefined;
}

/** Evidences that are not to be asked for yet. */
export function resting({ evidences }: Cursor, now: Date): string[] {
  return Object.entries(evidences).flatMap(([evidence, { trouble }]) =>
    trouble !== undefined && Date.parse(trouble.retryAt) > now.getTime() ? [evidence] : [],
  );
}

export function withEvidenceTrouble(
  cursor: Cursor,
  evidence: string,
  report: TroubleReport,
  now: Date,
): Cursor {
  const counts = cursor.evidences[evidence];
  if (counts === undefined) return cursor;
  const before = counts.trouble?.kind === report.kind ? counts.trouble : undefined;
  const tries = (before?.tries ?? 0) + 1;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1));
  const trouble: EvidenceTrouble = {
    ...report,
    since: before?.since ?? now.toISOString(),
    tries,
    retryAt: new Date(now.getTime() + pauseMs).toISOString(),
  };
  return { ...cursor, evidences: { ...cursor.evidences, [evidence]: { ...counts, trouble } } };
}

/** The same object where there was none. */
export function withoutEvidenceTrouble(cursor: Cursor, evidence: string): Cursor {
  const counts = cursor.evidences[evidence];
  if (counts?.trouble === undefined) return cursor;
  const { trouble: _, ...rest } = counts;
  return { ...cursor, evidences: { ...cursor.evidences, [evidence]: rest } };
}

/** Without the troubles of evidences for which nothing waits any more. */
export function withoutIdleTroubles(cursor: Cursor): Cursor {
  const waiting = new Set([
    ...cursor.loads.map(({ evidence }) => evidence),
    ...Object.entries(cursor.stale).flatMap(([name, { ids }]) => (ids.length > 0 ? [name] : [])),
  ]);
  return Object.keys(cursor.evidences)
    .filter((evidence) => !waiting.has(evidence))
    .reduce(withoutEvidenceTrouble, cursor);
}

/** Whoever asks for a poll does not wait for the pause of a trouble. */
export function withTroublesTried(cursor: Cursor, now: Date): Cursor {
  if (resting(cursor, now).length === 0) return cursor;
  const at = now.toISOString();
  const evidences = Object.entries(cursor.evidences).map(([evidence, { trouble, ...counts }]) => {
    const tried = trouble && { ...trouble, tries: 0, retryAt: at };
    return [evidence, { ...counts, ...(tried && { trouble: tried }) }] as const;
  });
  return { ...cursor, evidences: Object.fromEntries(evidences) };
}
