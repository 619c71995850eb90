/** How runs end, and what becomes of stages whose worker is gone. */

import { failing } from './checks/outcome.ts';
import { hasEnded, type Run, type RunState, type Stage } from './run.ts';

/** What goes wrong again and again at the same place would go on for ever. */
const maxTakeOvers = 10;

/**
 * What a worker left running is pending again where it may be repeated: the fence makes its new
 * attempt wait for the old session's end. Where not, nobody can know what it has done.
 */
export function loseRunning(run: Run, now: Date): void {
  for (const stage of run.stages) {
    if (stage.state === 'running') lose(run, stage, stage.repeatable, now);
  }
}

/**
 * After a stage of which nobody knows what it has done, nothing more is begun; nor after so many
 * take-overs in which no stage came to its end.
 */
export function isGivenUp(run: Run): boolean {
  return (
    run.stages.some(({ state }) => state === 'interrupted') || (run.takeOvers ?? 0) > maxTakeOvers
  );
}

/** Ends a run whose stages have ended, or that is given up. */
export function endRun(run: Run, now: Date): void {
  if ((run.takeOvers ?? 0) > maxTakeOvers) {
    const text = `Given up: ${maxTakeOvers} times a worker died or stopped without ending a stage.`;
    giveReason(run, now, text);
  }
  close(run, finalState(run), now);
}

/**
 * Ends a run that waits, of which nothing was begun. Of what nobody has asked for the sweeper tells.
 *
 * @param text why
 */
export function endWaiting(
  run: Run,
  state: 'cancelled' | 'failed' | 'interrupted',
  text: string,
  now: Date,
): void {
  if (state === 'cancelled') for (const stage of run.stages) stage.state = 'cancelled';
  else run.untold = true;
  giveReason(run, now, text);
  close(run, state, now);
}

/** Ends a run that nobody may execute. @param missing the locks of which it is not the owner */
export function endOrphan(run: Run, missing: readonly string[], now: Date): void {
  for (const stage of run.stages) {
    if (stage.state === 'running') lose(run, stage, false, now);
  }
  const what = run.startedAt === undefined ? 'It was never begun' : 'It cannot be resumed';
  const why =
    run.state === 'waiting' ? 'it is not in line' : `it is not the owner of ${missing.join(', ')}`;
  giveReason(run, now, `${what}: ${why}.`);
  run.untold = true;
  close(run, 'interrupted', now);
}

/**
 * Ends what could be saved of a run whose document was damaged: nobody knows how far it was, so
 * nobody goes on with it.
 *
 * @param ended what its summary says, where it had ended before
 */
export function endDamaged(
  run: Run,
  why: string,
  ended: Pick<Run, 'state' | 'endedAt'> | undefined,
  now: Date,
): void {
  for (const stage of run.stages) {
    if (stage.state === 'running') lose(run, stage, false, now);
  }
  if (ended === undefined) run.untold = true;
  giveReason(run, now, `${why}. What is here could be saved of it; what it was is under broken/.`);
  close(run, ended?.state ?? 'interrupted', now);
  if (ended?.endedAt !== undefined) run.endedAt = ended.endedAt;
}

/** Where no stage tells why the run ended as it did. */
function giveReason(run: Run, now: Date, text: string): void {
  run.reason = text;
  addLog(run, now, text);
}

export function addLog(run: Run, now: Date, text: string): void {
  run.log.push({ at: now.toISOString(), text });
}

function lose(run: Run, stage: Stage, mayRepeat: boolean, now: Date): void {
  const name = `${stage.procedure.schema}.${stage.procedure.name}`;
  const error = {
    message: `The worker was lost while ${name} was running; it may or may not have done its work.`,
    meaning: 'interrupted' as const,
  };
  const attempt = stage.attempts.at(-1);
  if (attempt !== undefined && attempt.endedAt === undefined) {
    attempt.endedAt = now.toISOString();
    attempt.error = error;
  }
  stage.state = mayRepeat ? 'pending' : 'interrupted';
  if (!mayRepeat) stage.error = error;
  addLog(run, now, `${stage.id}: ${error.message}`);
}

function close(run: Run, state: RunState, now: Date): void {
  for (const stage of run.stages) {
    if (!hasEnded(stage)) stage.state = 'skipped';
    delete stage.waitsFor;
  }
  delete run.wakesAt;
  run.state = state;
  run.endedAt = now.toISOString();
  delete run.holder;
  addLog(run, now, `Ended: ${run.state}.`);
}

/**
 * What a run whose stages have ended, or that is given up, comes to. To be left out for its window is
 * what the catalogue asks for, and no failure.
 */
export function finalState(run: Run): RunState {
  const states = new Set(run.stages.map((stage) => stage.state));
  if (states.has('interrupted') || isGivenUp(run)) return 'interrupted';
  if (states.has('cancelled')) return 'cancelled';
  const isMissing = run.stages.some(({ state, reason }) => state === 'skipped' && !reason);
  const isWrong = states.has('failed') || isMissing || failing(run).length > 0;
  return isWrong ? 'failed' : 'succeeded';
}
