/** Runs that take longer than they should. */

import { forecast } from './forecast.ts';
import { isFinished, type Run, type Stage } from './run.ts';

/** Shorter than that above what it usually takes, nobody waits for it. */
const leastSlowMs = 60_000;

/**
 * From when on a run that still runs is slow: twice what all of it was to take, by the medians that
 * earlier runs had when it was planned; waiting for a window, which is as long as planned however
 * slow the stages are, counts once. Of its document alone, so that it holds until that changes.
 *
 * @returns undefined for what has not begun, has ended, sleeps until a window opens, or was never
 *   measured
 */
export function slowFrom(run: Run): Date | undefined {
  if (isFinished(run) || run.startedAt === undefined || run.wakesAt !== undefined) return undefined;
  const expected = expectedTime(run);
  if (expected === undefined) return undefined;
  const { workMs, waitMs } = expected;
  return new Date(Date.parse(run.startedAt) + waitMs + workMs + Math.max(workMs, leastSlowMs));
}

/** Milliseconds, as planned. */
export interface ExpectedTime {
  /** With every window open. */
  workMs: number;
  /** How much later the run ends because of windows. */
  waitMs: number;
}

/** How long a run was to take; undefined where a stage of it was never measured. */
export function expectedTime({
  stages,
  startedAt,
  createdAt,
}: Pick<Run, 'stages' | 'startedAt' | 'createdAt'>): ExpectedTime | undefined {
  const at = Date.parse(startedAt ?? createdAt);
  const asPlanned = stages.map((stage): Stage => ({ ...stage, state: 'pending' }));
  const { leftMs, unknownStages } = forecast(asPlanned, { at });
  if (unknownStages > 0 || leftMs === null) return undefined;
  const wide = asPlanned.map(withoutWindow);
  const workMs = Math.min(leftMs, forecast(wide, { at }).leftMs ?? leftMs);
  return { workMs, waitMs: leftMs - workMs };
}

/** What its window leaves out stays left out: it was to take no time. */
function withoutWindow(stage: Stage): Stage {
  if (stage.window?.outside !== 'wait') return stage;
  const { window: _, ...open } = stage;
  return open;
}
