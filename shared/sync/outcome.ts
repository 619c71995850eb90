/** What became of a run as a whole, out of its stages. */

import { checkText, differing, failing } from './checks/outcome.ts';
import { hasEnded, type Run, type Stage, type StageError } from './run.ts';

/** An error of a run: of one of its stages, or, without `stage`, of the run itself. */
export type RunError = Partial<StageError> & { stage?: string; message: string };

/** Stages named in one line for the log of the function. */
const named = 5;

/** `done` were called, however that ended; `skipped` have ended without ever being called. */
export function stageCounts({ stages }: Pick<Run, 'stages'>): { done: number; skipped: number } {
  const skipped = stages.filter(isSkipped).length;
  return { done: stages.filter(hasEnded).length - skipped, skipped };
}

/** In the order of the plan, but that of the run itself first, and of its checks last. */
export function errorsIn(run: Pick<Run, 'state' | 'reason' | 'stages' | 'checks'>): RunError[] {
  const { reason, stages } = run;
  const own = reason !== undefined && isFailure(run) ? [{ message: reason }] : [];
  const ofStages = stages.flatMap(({ id, state, error }) =>
    error !== undefined && (state === 'failed' || state === 'interrupted')
      ? [{ stage: id, ...error }]
      : [],
  );
  const ofChecks = failing(run).map((check) => ({ message: `Check ${checkText(check)}` }));
  return [...own, ...ofStages, ...ofChecks];
}

/**
 * `run x failed: 2 of 60 stages failed, 4 skipped; export:meter:0c10 (transient, Msg 1205), …`: no
 * text of a server, which is in the run and its log.
 */
export function endingLine(run: Run): string {
  const { id, state, stages, reason } = run;
  const beginning = `run ${id} ${state}`;
  if (!isFailure(run)) return beginning;
  const failed = stages.filter(
    (stage) => stage.state === 'failed' || stage.state === 'interrupted',
  );
  const counted = `${failed.length} of ${stages.length} stages failed, ${stageCounts(run).skipped} skipped`;
  const listed = failed.slice(0, named).map((stage) => `${stage.id} (${meaningOf(stage)})`);
  if (failed.length > named) listed.push(`and ${failed.length - named} more`);
  const differs = differing(run).length;
  const checks =
    differs > 0 ? [`${differs} ${differs === 1 ? 'check differs' : 'checks differ'}`] : [];
  return [`${beginning}: ${counted}`, ...(reason ? [reason] : []), ...checks, listed.join(', ')]
    .filter((part) => part !== '')
    .join('; ');
}

/** Whether somebody should look: it ended otherwise than it was meant to, and nobody asked for it. */
export function isFailure({ state }: Pick<Run, 'state'>): boolean {
  return state === 'failed' || state === 'interrupted';
}

function meaningOf({ error }: Stage): string {
  if (error === undefined) return 'no error';
  return error.number === undefined ? error.meaning : `${error.meaning}, Msg ${error.number}`;
}

function isSkipped({ state, attempts }: Stage): boolean {
  return state === 'skipped' || (state === 'cancelled' && attempts.length === 0);
}
