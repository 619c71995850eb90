/**
 * One stage from its start to its end: prepare, write the start, run, write the end; again after
 * a transient error where the catalogue calls the stage repeatable.
 */

import { toDatabaseError } from '../database/errors.ts';
import { LeaseLostError } from '../lock/keeper.ts';
import { backOffMs, pause } from '../retry.ts';
import { isTransientStorageError } from '../storage/errors.ts';
import { CancelRequestedError, WorkerStoppingError } from './interruption.ts';
import type { Journal } from './journal.ts';
import type { Stage, StageAttempt, StageError } from './run.ts';
import { StageFailure, type StageResult } from './stage-runner.ts';
import type { Turn } from './turn.ts';

export interface AttemptContext {
  journal: Journal;
  /** The lane's turn at its server; kept after a success, given back after a failure. */
  turn: Turn;
  now(): Date;
  /** Aborted when the run must stop; its reason says why. */
  signal: AbortSignal;
  /** Told the moment a stage has ended for good, before its locks are given back. */
  onEnd(stage: Stage): void;
}

/** Azure SQL asks for pauses of seconds after its transient faults; five calls in all. */
const retry = { attempts: 5, baseMs: 1_000, capMs: 30_000 };

/** Progress is written at most once a second: it is for people, and the end is written anyway. */
const progressMs = 1_000;

/**
 * Runs the stage and enters everything into the run document. Never throws for a failed stage:
 * that is in the document. Resolves early, with the stage unfinished, when the run must stop.
 *
 * @throws only when the document itself cannot be written
 */
export async function runStage(context: AttemptContext, stage: Stage): Promise<void> {
  const { journal, signal, now, onEnd } = context;
  for (let number = 1; ; number += 1) {
    const attempt: StageAttempt = { startedAt: now().toISOString() };
    try {
      await runOnce(context, stage, attempt);
      return;
    } catch (error) {
      if (journal.failed.aborted) throw error;
      const failure = toStageError(error);
      const again = !signal.aborted && isWorthRepeating(stage, failure, number);
      // What was only waiting when the run had to stop has not been tried.
      const wasTried = !signal.aborted || stage.attempts.includes(attempt);
      if (wasTried) journal.note(() => enterFailure(stage, attempt, failure, now));
      if (!again) {
        journal.note(() => failStage(stage, attempt, failure, signal));
        if (stage.state !== 'pending') onEnd(stage);
        return;
      }
      journal.note(() => {
        stage.state = 'pending';
      });
      await pause(backOffMs(number, retry), signal).catch(() => {});
      if (signal.aborted && signal.reason instanceof CancelRequestedError) {
        journal.note(() => {
          stage.state = 'cancelled';
        });
      }
      if (signal.aborted) return;
    }
  }
}

async function runOnce(
  context: AttemptContext,
  stage: Stage,
  attempt: StageAttempt,
): Promise<void> {
  const { journal, turn, now, signal, onEnd } = context;
  const { slot, lost } = await turn.take(stage, signal);
  const limit = timeLimit(stage);
  try {
    attempt.startedAt = now().toISOString();
    await journal.write(() => {
      stage.state = 'running';
      stage.attempts.push(attempt);
      stage.messages = { count: 0 };
    });
    limit.start();
    const result = await slot.run(
      stage,
      (text) => journal.note(() => addMessage(stage, text, now), progressMs),
      AbortSignal.any([signal, lost, journal.failed, limit.signal]),
    );
    journal.note((run) => {
      succeed(stage, attempt, result, now);
      for (const warning of result.warnings ?? []) {
        run.log.push({ at: now().toISOString(), text: `${stage.id}: ${warning}` });
      }
      delete run.takeOvers;
    });
    onEnd(stage);
  } catch (error) {
    await turn.giveBack();
    throw error;
  } finally {
    limit.clear();
  }
}

function succeed(stage: Stage, attempt: StageAttempt, result: StageResult, now: () => Date): void {
  attempt.endedAt = now().toISOString();
  stage.state = 'succeeded';
  stage.rows = result.rows;
  if (result.returnValue !== undefined) stage.returnValue = result.returnValue;
  if (result.warnings?.length) stage.warnings = result.warnings;
}

/** An attempt that never began (no connection, no fence) counts when it failed by itself. */
function enterFailure(
  stage: Stage,
  attempt: StageAttempt,
  error: StageError,
  now: () => Date,
): void {
  attempt.endedAt = now().toISOString();
  attempt.error = error;
  if (!stage.attempts.includes(attempt)) stage.attempts.push(attempt);
}

/** What a stage becomes that did not succeed; a repeatable one that was only stopped may go on. */
function failStage(
  stage: Stage,
  attempt: StageAttempt,
  error: StageError,
  signal: AbortSignal,
): void {
  const began = stage.state === 'running' && stage.attempts.at(-1) === attempt;
  if (!signal.aborted) stage.state = 'failed';
  else if (signal.reason instanceof CancelRequestedError) stage.state = 'cancelled';
  else stage.state = stage.repeatable || !began ? 'pending' : 'interrupted';
  if (stage.state !== 'pending') stage.error = error;
}

/** A server that restarts or fails over is unreachable for a while, too. */
const passing: ReadonlySet<StageError['meaning']> = new Set([
  'transient',
  'unreachable',
  'lock lost',
]);

/** What has not begun may begin again, whatever the catalogue says of the procedure. */
function isWorthRepeating(stage: Stage, error: StageError, attempt: number): boolean {
  const isHarmless = stage.repeatable || stage.state !== 'running';
  return isHarmless && passing.has(error.meaning) && attempt < retry.attempts;
}

function toStageError(error: unknown): StageError {
  for (const [kind, meaning] of ownReasons) {
    if (error instanceof kind) return { message: error.message, meaning };
  }
  if (error instanceof StageFailure) return { message: error.message, meaning: error.meaning };
  if (isTransientStorageError(error)) {
    return { message: `The storage does not answer: ${String(error)}`, meaning: 'transient' };
  }
  const { message, meaning, number, severity, state, procedure, line } = toDatabaseError(error);
  return {
    message,
    meaning,
    ...(number !== undefined && { number }),
    ...(severity !== undefined && { severity }),
    ...(state !== undefined && { state }),
    ...(procedure !== undefined && { procedure }),
    ...(line !== undefined && { line }),
  };
}

function addMessage(stage: Stage, text: string, now: () => Date): void {
  stage.messages = { count: stage.messages.count + 1, last: { at: now().toISOString(), text } };
}

/** The catalogue's time limit of the stage is over. */
class StageTimeoutError extends Error {
  constructor(seconds: number) {
    super(`timed out after ${seconds} s`);
    this.name = 'StageTimeoutError';
  }
}

/** Why we stop a stage ourselves; everything else comes from the database or its driver. */
const ownReasons = [
  [StageTimeoutError, 'timed out'],
  [LeaseLostError, 'lock lost'],
  [CancelRequestedError, 'cancelled'],
  [WorkerStoppingError, 'interrupted'],
] as const;

/** Starts when the procedure does: waiting for the server's turn does not count. */
function timeLimit({ timeoutSeconds }: Stage) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    start() {
      if (timeoutSeconds === undefined) return;
      timer = setTimeout(
        () => controller.abort(new StageTimeoutError(timeoutSeconds)),
        timeoutSeconds * 1000,
      );
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
