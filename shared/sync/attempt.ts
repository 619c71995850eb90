/**
 * One stage from its start to its end: prepare, write the start, run, write the end; again after
 * a transient error where the catalogue calls the stage repeatable.
 */

import { backOffMs, pause } from '../async/retry.ts';
import { inFull, toDatabaseError } from '../database/database-error.ts';
import { LeaseLostError } from '../lock/keeper.ts';
import { isTransientStorageError } from '../storage/storage-error.ts';
import { inSpan } from '../telemetry/spans.ts';
import { briefBytes, cut, errorRoom, messageRoom } from './brief.ts';
import { CancelRequestedError, WorkerStoppingError } from './interruption.ts';
import type { Journal } from './journal.ts';
import type { RunLog } from './log/run-log.ts';
import type { Run, Stage, StageAttempt, StageError } from './run.ts';
import { StageFailure, type StageResult, workOf } from './stage-runner.ts';
import { type Judged, judgedIn } from './success.ts';
import { StageTimeoutError, timeLimit } from './time-limit.ts';
import { describedStage, tellAttempt } from './told.ts';
import type { Turn } from './turn.ts';
import { mayBeginAt, WindowClosedError } from './windows.ts';

export interface AttemptContext {
  journal: Journal;
  /** Takes in full what the document has in brief. */
  log: Pick<RunLog, 'message' | 'tell'>;
  /** The lane's turn at its server; kept after a success, given back after a failure. */
  turn: Turn;
  now(): Date;
  /** Aborted when the run must stop; its reason says why. */
  signal: AbortSignal;
  /** Aborted when the time slice is over: nothing is waited for any more, and nothing begun. */
  sliceOver: AbortSignal;
  /**
   * Begun with the turn, beside the writing of the start, and awaited before the call: it should not
   * take long. Never throws.
   */
  beforeCall(stage: Stage, signal: AbortSignal): Promise<void>;
  /** Told when all is ready for a call, right before it is sent. */
  onCall(): void;
  /** Told the moment a stage has ended for good, before its locks are given back. */
  onEnd(stage: Stage): void;
}

/** Azure SQL asks for pauses of seconds after its transient faults; five calls in all. */
const retry = { attempts: 5, baseMs: 1_000, capMs: 30_000 };

/** Progress is written at most once a second: it is for people, and the end is written anyway. */
const progressMs = 1_000;

/**
 * Runs the stage and enters everything into the run document. Never throws for a failed stage:
 * that is in the document. Resolves early, with the stage unfinished, when the run must stop, or
 * when the slice is over or the stage's window is closed before a call of it has begun.
 *
 * @throws only when the document itself cannot be written
 */
export async function runStage(context: AttemptContext, stage: Stage): Promise<void> {
  await inSpan(
    `stage ${stage.stage}`,
    () => describedStage(stage),
    async (span) => {
      await attempts(context, stage);
      span?.setAttribute('syncboard.state', stage.state);
    },
  );
}

async function attempts(context: AttemptContext, stage: Stage): Promise<void> {
  const { journal, log, signal, sliceOver, now, onEnd } = context;
  for (;;) {
    const attempt: StageAttempt = { startedAt: now().toISOString() };
    try {
      await runOnce(context, stage, attempt);
      return;
    } catch (error) {
      if (journal.failed.aborted) throw error;
      const isWaiting = stage.state === 'pending' && !signal.aborted;
      if (isWaiting && (sliceOver.aborted || error instanceof WindowClosedError)) return;
      const failure = toStageError(error);
      const number = failuresOf(stage) + 1;
      const again = !signal.aborted && isWorthRepeating(stage, failure, number);
      // What was only waiting when the run had to stop has not been tried.
      const wasTried = !signal.aborted || stage.attempts.includes(attempt);
      if (wasTried) {
        const judged = judgedIn(error) ?? {};
        tellAll(log, stage, judged);
        log.tell(stage.id, `Failed: ${failure.meaning}: ${inFull(failure)}`);
        journal.note(() => {
          enterFailure(stage, attempt, failure, now);
          enterJudged(stage, judged);
        });
      }
      if (!again) {
        journal.note((run) => failStage(run, stage, attempt, failure, signal));
        tellAttempt(stage, attempt);
        if (stage.state !== 'pending') onEnd(stage);
        return;
      }
      journal.note(() => {
        stage.state = 'pending';
      });
      const limit = AbortSignal.any([signal, sliceOver]);
      await pause(backOffMs(number, retry), limit).catch(() => {});
      if (signal.aborted && signal.reason instanceof CancelRequestedError) {
        journal.note(() => {
          stage.state = 'cancelled';
        });
      }
      if (limit.aborted) return;
    }
  }
}

async function runOnce(
  context: AttemptContext,
  stage: Stage,
  attempt: StageAttempt,
): Promise<void> {
  const { journal, log, turn, now, signal, sliceOver, beforeCall, onCall, onEnd } = context;
  const { slot, lost } = await turn.take(stage, AbortSignal.any([signal, sliceOver]));
  if (!mayBeginAt(stage, now())) {
    await turn.giveBack();
    throw new WindowClosedError();
  }
  const limit = timeLimit(stage);
  const stop = AbortSignal.any([signal, lost, journal.failed, limit.signal]);
  let isCalled = false;
  try {
    attempt.startedAt = now().toISOString();
    const written = journal.write(() => {
      stage.state = 'running';
      delete stage.waitsFor;
      stage.attempts.push(attempt);
      stage.messages = { count: 0 };
    });
    const ready = Promise.all([written, beforeCall(stage, stop)]);
    // A slot that fails meanwhile leaves nobody who awaits it.
    ready.catch(() => {});
    const begin = async () => {
      await ready;
      stop.throwIfAborted();
      isCalled = true;
      limit.start();
      onCall();
    };
    if (slot.tellsCall !== true) await begin();
    const result = await slot.run(
      workOf(journal.run, stage),
      (text) => {
        log.message(stage.id, text);
        journal.note(() => addMessage(stage, text, now), progressMs);
      },
      stop,
      // What the slot does to get ready goes on beside the writing.
      slot.tellsCall && begin,
    );
    const warnings = [...(result.warnings ?? []), ...withoutIn(stage)];
    tellAll(log, stage, result);
    for (const warning of warnings) log.tell(stage.id, `Warning: ${warning}`);
    journal.note((run) => {
      succeed(stage, attempt, { ...result, warnings }, now);
      delete run.takeOvers;
    });
    tellAttempt(stage, attempt);
    onEnd(stage);
  } catch (error) {
    if (!isCalled) journal.note(() => unbegin(stage, attempt));
    await turn.giveBack();
    throw error;
  } finally {
    limit.clear();
  }
}

/** Stages named in one warning: whole they are in the stage. */
const named = 5;

/** What a stage that goes on with what there is has done without. */
function withoutIn({ anyOf = [], without = [] }: Stage): string[] {
  if (without.length === 0) return [];
  const more = without.length > named ? ` and ${without.length - named} more` : '';
  const list = without.slice(0, named).join(', ');
  return [`did without ${without.length} of ${anyOf.length}: ${list}${more}`];
}

/** Nothing was called: the stage is what it was before it was written down as running. */
function unbegin(stage: Stage, attempt: StageAttempt): void {
  stage.state = 'pending';
  stage.attempts = stage.attempts.filter((other) => other !== attempt);
}

function succeed(stage: Stage, attempt: StageAttempt, result: StageResult, now: () => Date): void {
  attempt.endedAt = now().toISOString();
  stage.state = 'succeeded';
  stage.rows = result.rows;
  enterJudged(stage, result);
  if (result.warnings?.length) stage.warnings = result.warnings;
  if (stage.messages.last) trimMessage(stage, messageRoom(stage));
}

function tellAll(log: Pick<RunLog, 'tell'>, stage: Stage, { log: lines = [] }: Judged): void {
  for (const line of lines) log.tell(stage.id, line);
}

/** What the procedure said of itself. */
function enterJudged(stage: Stage, { returnValue, outputs, checked }: Judged): void {
  if (returnValue !== undefined) stage.returnValue = returnValue;
  if (outputs !== undefined) stage.outputs = outputs;
  if (checked !== undefined) stage.checked = checked;
}

/** An attempt that never began (no connection, no fence) counts when it failed by itself. */
function enterFailure(
  stage: Stage,
  attempt: StageAttempt,
  error: StageError,
  now: () => Date,
): void {
  attempt.endedAt = now().toISOString();
  attempt.error = { ...error, message: cut(error.message, briefBytes) };
  delete attempt.error.procedure;
  if (!stage.attempts.includes(attempt)) stage.attempts.push(attempt);
}

/** What a stage becomes that did not succeed; a repeatable one that was only stopped may go on. */
function failStage(
  run: Run,
  stage: Stage,
  attempt: StageAttempt,
  error: StageError,
  signal: AbortSignal,
): void {
  const began = stage.state === 'running' && stage.attempts.at(-1) === attempt;
  if (!signal.aborted) stage.state = 'failed';
  else if (signal.reason instanceof CancelRequestedError) stage.state = 'cancelled';
  else stage.state = stage.repeatable || !began ? 'pending' : 'interrupted';
  trimMessage(stage, briefBytes);
  if (stage.state === 'pending') return;
  const { procedure = '' } = error;
  const room = errorRoom(run, stage) - Buffer.byteLength(procedure);
  stage.error = { ...error, message: cut(error.message, Math.max(briefBytes, room)) };
}

/** A server that restarts or fails over is unreachable for a while, too. */
const passing: ReadonlySet<StageError['meaning']> = new Set([
  'transient',
  'unreachable',
  'lock lost',
]);

/** Counted over all slices and workers: a stage that fails once a slice is not tried for ever. */
function failuresOf({ attempts }: Stage): number {
  return attempts.filter(({ error }) => error !== undefined && passing.has(error.meaning)).length;
}

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

/** Once a stage has ended, what else it has to tell comes first. */
function trimMessage({ messages }: Stage, bytes: number): void {
  if (messages.last !== undefined) messages.last.text = cut(messages.last.text, bytes);
}

function addMessage(stage: Stage, text: string, now: () => Date): void {
  const last = { at: now().toISOString(), text: cut(text, messageRoom(stage)) };
  stage.messages = { count: stage.messages.count + 1, last };
}

/** Why we stop a stage ourselves; everything else comes from the database or its driver. */
const ownReasons = [
  [StageTimeoutError, 'timed out'],
  [LeaseLostError, 'lock lost'],
  [CancelRequestedError, 'cancelled'],
  [WorkerStoppingError, 'interrupted'],
] as const;
