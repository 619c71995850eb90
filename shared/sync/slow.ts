/** Runs that take longer than they should. */

import { forecast } from './forecast.ts';
import { isFinished, type Run } from './run.ts';

/** Shorter than that above what it usually takes, nobody waits for it. */
const leastSlowMs = 60_000;

/**
 * From when on a run that still runs is slow: twice what all of it was to take, by the medians that
 * earlier runs had when it was planned. Of its document alone, so that it holds until that changes.
 *
 * @returns undefined for what has not begun, has ended, sleeps until a window opens, or was never
 *   measured
 */
export function slowFrom(run: Run): Date | undefined {
  if (isFinished(run) || run.startedAt === undefined || run.wakesAt !== undefined) return undefined;
  const expectedMs = expectedTime(run);
  if (expectedMs === undefined) return undefined;
  return new Date(Date.parse(run.startedAt) + expectedMs + Math.max(expectedMs, leastSlowMs));
}

/** Milliseconds that a run was to take; undefined where a stage of it was never measured. */
export function expectedTime({ stages, startedAt, createdAt }: Run): number | undefined {
  const asPlanned = stages.map((stage) => ({ ...stage, state: 'pending' as const }));
  const { leftMs, unknownStages } = forecast(asPlanned, { at: Date.parse(startedAt ?? createdAt) });
  return unknownStages > 0 ? undefined : (leftMs ?? undefined);
}
