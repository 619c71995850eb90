/** A turn at the company for what looked different: it is polled, then read again. */

import { sum } from '../applied-rows.ts';
import { Session } from '../company-session.ts';
import type { FollowContext } from '../context.ts';
import { acquireWithin, poll } from '../follow.ts';
import type { Source } from '../types.ts';
import { type Correction, correctionSteps } from './correct.ts';
import { noneFound, type Walk } from './document.ts';

const waitForLockMs = 60_000;
/** Told of one reconciliation. */
const mostVersions = 100;

export interface CorrectionTurn {
  follow: FollowContext;
  /** What the correction asks, apart from the poll before. */
  source: Source;
  /** Asked after every group. */
  isOver(): boolean;
}

/**
 * The walk with what was found; candidates that are left are for the next turn.
 *
 * @returns in words why the company is not to be had, or not up to date
 */
export async function correct(
  { follow, source, isOver }: CorrectionTurn,
  walk: Walk,
  signal: AbortSignal,
): Promise<Walk | string> {
  const { code } = follow.company;
  const { candidates } = walk;
  if (Object.keys(candidates).length === 0) return walk;
  // Nobody waits for us meanwhile: whoever polls otherwise would have this go on.
  const { reconciling: _, ...polled } = follow;
  const outcome = await poll(polled, { waitForLockMs }, signal);
  if (outcome === 'busy') return 'somebody else is at work on the company';
  if (outcome === 'handed on') return 'the company is behind';
  if (outcome === 'trouble') return 'the company is in trouble';
  const held = await acquireWithin(follow.cursors, code, waitForLockMs, signal);
  if (held === undefined) return 'somebody else is at work on the company';
  try {
    const session = new Session({ ...polled, source }, held, signal);
    if (session.cursor.next === undefined || session.cursor.due.reload) {
      return 'everything is to be loaded again';
    }
    const correction: Correction = { rows: {}, versions: [], skipped: {}, left: candidates };
    await session.take(
      (steps, within) => correctionSteps(steps, candidates, walk.consumed, correction, within),
      () => Object.keys(correction.left).length > 0 && isOver(),
      ({ evidence }, rows) => {
        correction.rows[evidence] = sum(correction.rows[evidence], rows);
      },
    );
    await session.seeToCalls();
    return withCorrection(walk, correction);
  } finally {
    await held.release();
  }
}

function withCorrection(walk: Walk, { rows, versions, skipped, left }: Correction): Walk {
  const found = { ...walk.found };
  for (const [evidence, { created, updated, deleted }] of Object.entries(rows)) {
    const before = found[evidence] ?? noneFound;
    found[evidence] = {
      ...before,
      missing: before.missing + created,
      extra: before.extra + deleted,
      different: before.different + updated,
    };
  }
  return {
    ...walk,
    candidates: left,
    found,
    skipped: { ...walk.skipped, ...skipped },
    versions: [...new Set([...walk.versions, ...versions.filter((one) => one <= walk.consumed)])]
      .toSorted((one, other) => one - other)
      .slice(0, mostVersions),
  };
}
