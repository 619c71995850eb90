/** What `/runs/{id}` shows: all of a run, or how far it is. */

import { z } from 'zod';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { instantSchema } from '../../shared/storage/instant.ts';
import { runKinds, runStates } from '../../shared/sync/run.ts';
import {
  checkCounts,
  checkCountsSchema,
  cut,
  errorsIn,
  progressOf,
  type Run,
  serversOf,
  type WaitsFor,
  warningsIn,
} from '../../shared/sync/syncs.ts';
import {
  estimateSchema,
  placeSchema,
  publicRunSchema,
  runErrorSchema,
  runIdSchema,
  runningSchema,
  stagesDoneSchema,
  stagesSkippedSchema,
  waitingStageSchema,
  warningsSchema,
} from './runs.ts';

export const viewSchema = z.enum(['progress']);

/** Seconds for which an answer may be held. */
const longestWait = 25;
export const waitSchema = z
  .string()
  .regex(/^([1-9]|1\d|2[0-5])$/)
  .transform(Number);

/** Errors that are told in brief; `/runs/{id}` has all. */
const toldErrors = 3;
/** Stages that wait for a window may be hundreds. */
const toldWaiting = 5;
/** Bytes of a message, as JSON. */
const messageBytes = 150;

/** Under 4 KB for fifteen sources: it grows with servers alone. */
export const runProgressSchema = z
  .object({
    id: runIdSchema,
    kind: z.enum(runKinds),
    state: z.enum(runStates),
    place: placeSchema.exactOptional(),
    board: z.string().exactOptional(),
    createdAt: instantSchema,
    startedAt: instantSchema.exactOptional(),
    endedAt: instantSchema.exactOptional(),
    stagesDone: stagesDoneSchema,
    stagesSkipped: stagesSkippedSchema,
    stagesTotal: z.int(),
    stagesFailed: z.int().meta({ description: 'Stages that failed or were interrupted' }),
    running: z
      .array(runningSchema)
      .meta({ description: 'At most one a server, or as many as it allows at once' }),
    waiting: z
      .array(waitingStageSchema)
      .max(toldWaiting)
      .exactOptional()
      .meta({ description: 'What waits for a window or an exclusive name; the first ones' }),
    wakesAt: instantSchema.exactOptional().meta({ description: 'Until then no worker has it' }),
    estimate: estimateSchema.exactOptional().meta({ description: 'Absent once the run has ended' }),
    errors: z
      .array(
        runErrorSchema.pick({
          ...{ stage: true, number: true, message: true, meaning: true },
          ...{ procedure: true, line: true },
        }),
      )
      .max(toldErrors)
      .meta({ description: 'The first ones, cut' }),
    errorCount: z.int(),
    warnings: warningsSchema,
    checks: checkCountsSchema.exactOptional(),
  })
  .meta({ id: 'RunProgress' });

/**
 * A run without what only its worker may know.
 *
 * @param line of one that waits
 */
export function wholeRun(run: Run, line?: WaitsFor): z.infer<typeof publicRunSchema> {
  // Where servers are, and what they are asked, is nothing that callers need.
  const stages = run.stages.map(({ location: _, asks: __, ...stage }) => stage);
  return publicRunSchema.parse({
    ...run,
    ...line,
    errors: errorsIn(run),
    stages,
    servers: serversOf(run),
    progress: progressOf(run),
    warnings: warningsIn(run),
  });
}

/** How far a run is; `line` of one that waits. */
export function runProgress(run: Run, line?: WaitsFor): z.infer<typeof runProgressSchema> {
  const { running, waiting, ...progress } = progressOf(run);
  const { checks: _, ...shown } = run;
  const checks = checkCounts(run);
  const errors = errorsIn(run);
  const brief = (text: string) => cut(text, messageBytes);
  return runProgressSchema.parse({
    ...shown,
    ...line,
    ...progress,
    stagesFailed: errors.filter(({ stage }) => stage !== undefined).length,
    running: running.map(({ message, ...stage }) => ({
      ...stage,
      ...(message !== undefined && { message: brief(message) }),
    })),
    ...(waiting && { waiting: waiting.slice(0, toldWaiting) }),
    errors: errors
      .slice(0, toldErrors)
      .map((error) => ({ ...error, message: brief(error.message) })),
    errorCount: errors.length,
    warnings: warningsIn(run),
    ...(checks && { checks }),
  });
}

/** Throws `HttpProblem` 400 for another view than there is. */
export function isProgressAsked(query: URLSearchParams): boolean {
  const view = query.get('view');
  if (view === null) return false;
  if (viewSchema.safeParse(view).success) return true;
  throw invalid('view', view, 'progress, or left out for all of the run');
}

/** Milliseconds for which the answer is held while it is the one that the client has. */
export function waitMsOf(query: URLSearchParams): number {
  const wait = query.get('wait');
  if (wait === null) return 0;
  const seconds = waitSchema.safeParse(wait);
  if (seconds.success) return seconds.data * 1000;
  throw invalid('wait', wait, `a whole number of seconds from 1 to ${longestWait}`);
}

function invalid(field: string, value: string, allowed: string): HttpProblem {
  const errors = [{ field, message: `${field} must be ${allowed}`, value: show(value), allowed }];
  return new HttpProblem('invalid-value', `Invalid ${field} value: ${show(value)}.`, { errors });
}
