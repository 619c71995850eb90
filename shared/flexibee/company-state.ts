/** What people are shown of a company. */

import type { Counts, Cursor, EvidenceTrouble, Trouble } from './cursor.ts';
import { type AskedRequests, withAsked } from './request-count.ts';
import type { StoredStale } from './stale.ts';
import type { TypedState } from './typed/state.ts';
import type { shownTroubleKinds } from './types.ts';

export interface CompanyState {
  /** `starting`: nothing is known yet; `loading`: evidences are being read in full. */
  phase: 'starting' | 'loading' | 'following';
  generation?: number;
  /** The highest version that is in the journal. */
  version?: number;
  /** The company's newest version, as of the last answer that brought something. */
  globalVersion?: number;
  /**
   * How far the mirror is known to be behind: versions, each open gap counted as one of them, how
   * many of them are gaps, and for how long; zeros while nothing is known to wait. An open gap alone
   * takes no time: perhaps nothing is missing.
   */
  lag: { versions: number; gaps: number; seconds: number };
  /** How many ranges of versions are asked for again. */
  gaps: number;
  /** How many records have changed by then whose rows are yet to be fetched. */
  stale: number;
  /** How many records have changed and are not given to us, and are not known to be deleted. */
  hidden: number;
  /** Evidences that are being read in full, the current one first. */
  loads: { evidence: string; afterId?: string }[];
  /** What procedures last returned other than 0, each until it returns 0. */
  warnings: string[];
  evidences: Record<
    string,
    Omit<Counts, 'trouble'> & { trouble?: EvidenceTrouble; hidden?: number }
  >;
  /** Evidences in trouble of their own. */
  blocked: string[];
  /** Where the typed tables are, by evidence. */
  typed: Record<string, Omit<TypedState, 'askedAt'>>;
  /** That its server was sent, by day (UTC), about: a worker that died may not have told all. */
  requests: { today: number; yesterday: number };
  /** It is to be held against its mirror, and that is not done. */
  reconciliationDue?: { since: string };
  appliedAt?: string;
  trouble?: Omit<Trouble, 'kind'> & { kind: (typeof shownTroubleKinds)[number] };
}

/**
 * @param cursor undefined for a company that was never polled
 * @param asked what this process has asked and not written
 */
export function companyState(
  cursor: Cursor | undefined,
  now: Date,
  asked: AskedRequests = {},
): CompanyState {
  const { today, yesterday } = withAsked(cursor?.requests, asked, now);
  const requests = { today, yesterday };
  if (cursor === undefined) {
    const lag = { versions: 0, gaps: 0, seconds: 0 };
    const none = {
      gaps: 0,
      stale: 0,
      hidden: 0,
      loads: [],
      warnings: [],
      evidences: {},
      blocked: [],
      typed: {},
      requests,
    };
    return { phase: 'starting', lag, ...none };
  }
  const { next, globalVersion, behindSince, trouble, appliedAt } = cursor;
  const troubles = Object.values(cursor.evidences).map((counts) => counts.trouble?.since);
  const waitsSince = [behindSince, trouble?.since, cursor.due.reload?.since, ...troubles]
    .flatMap((at) => (at === undefined ? [] : [Date.parse(at)]))
    .reduce((one, other) => Math.min(one, other), now.getTime());
  return {
    phase: phaseOf(cursor),
    generation: cursor.generation,
    ...(next !== undefined && { version: next - 1, globalVersion }),
    lag: {
      versions: versionsBehind(cursor, behindSince === undefined ? 0 : globalVersion),
      gaps: cursor.gaps.length,
      seconds: Math.round((now.getTime() - waitsSince) / 1000),
    },
    gaps: cursor.gaps.length,
    stale: countOf(cursor.stale),
    hidden: countOf(cursor.hidden),
    loads: cursor.loads.map(({ evidence, afterId }) => ({ evidence, ...(afterId && { afterId }) })),
    warnings: Object.values(cursor.warnings),
    evidences: Object.fromEntries(
      Object.entries(cursor.evidences).map(([evidence, { trouble: own, ...counts }]) => [
        evidence,
        { ...counts, ...(own && { trouble: own }), ...hiddenOf(cursor, evidence) },
      ]),
    ),
    blocked: Object.keys(cursor.evidences).filter((name) => cursor.evidences[name]?.trouble),
    typed: Object.fromEntries(
      Object.entries(cursor.typed).map(([evidence, { askedAt: _, ...shown }]) => [evidence, shown]),
    ),
    requests,
    ...(cursor.due.reconcile && { reconciliationDue: { since: cursor.due.reconcile.since } }),
    ...(appliedAt && { appliedAt }),
    ...(trouble && { trouble }),
  };
}

function countOf(records: StoredStale): number {
  return Object.values(records).reduce((sum, { ids }) => sum + ids.length, 0);
}

function hiddenOf({ hidden }: Cursor, evidence: string): { hidden?: number } {
  const count = hidden[evidence]?.ids.length ?? 0;
  return count > 0 ? { hidden: count } : {};
}

/** @param newest the company's newest version */
function versionsBehind({ next, gaps }: Cursor, newest: number): number {
  return next === undefined ? 0 : Math.max(0, newest - (next - 1)) + gaps.length;
}

/** Of a company whose cursor was written by a newer version of the app. @param fault why it is left */
export function newerState(fault: Error, now: Date, asked: AskedRequests = {}): CompanyState {
  const trouble = {
    kind: 'newer version' as const,
    since: now.toISOString(),
    message: fault.message,
    cure: 'It is followed by the workers of that version; if there are none any more, install it again.',
  };
  return { ...companyState(undefined, now, asked), trouble };
}

/** An evidence that cannot be loaded now does not hold up the others; what is due is as good as begun. */
export function phaseOf({ next, loads, due, evidences }: Cursor): CompanyState['phase'] {
  if (next === undefined) return 'starting';
  const isLoading =
    due.reload !== undefined ||
    loads.some(({ evidence }) => evidences[evidence]?.trouble === undefined);
  return isLoading ? 'loading' : 'following';
}
