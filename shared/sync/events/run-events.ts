/** What of runs somebody should hear of. */

import type { NewEvent } from '../../events/event.ts';
import type { Failure } from '../failures.ts';
import { forecast } from '../forecast.ts';
import { errorsIn } from '../outcome.ts';
import type { Run, Stage } from '../run.ts';

/** @param run as it has ended @param left entities that are made again no more */
export function failedEvent(run: Run, left: ReadonlySet<string>): NewEvent {
  const [error] = errorsIn(run);
  const entities = [...left];
  return {
    kind: 'run.failed',
    ...causeOf(run, lastMoment(run)),
    state: run.state,
    ...(run.retryOf !== undefined && { retryOf: run.retryOf }),
    codes: failedCodes(run),
    ...(entities.length > 0 && { entities }),
    ...(error && {
      error: error.stage === undefined ? error.message : `${error.stage}: ${error.message}`,
    }),
  };
}

/** @param over what is over with it, of which somebody was told */
export function recoveredEvent(run: Run, over: readonly Failure[]): NewEvent {
  const [first = ''] = over.map(({ since }) => since).sort();
  return {
    kind: 'run.recovered',
    ...causeOf(run, lastMoment(run)),
    codes: [...new Set(over.map(({ code }) => code))],
    entities: [...new Set(over.map(({ entity }) => entity))],
    ...(first !== '' && { since: first }),
  };
}

/** Shorter than that above what it usually takes, nobody waits for it. */
const leastSlowMs = 60_000;

/**
 * That a run takes more than twice as long as it usually does: as its plan would with the medians of
 * earlier runs, all of which must be known.
 */
export function slowEvent(run: Run, now: Date): NewEvent | undefined {
  if (run.startedAt === undefined) return undefined;
  const anew = run.stages.map((stage): Stage => ({ ...stage, state: 'pending' }));
  const { leftMs: expectedMs, unknownStages } = forecast(anew);
  if (expectedMs === null || unknownStages > 0) return undefined;
  const startedMs = Date.parse(run.startedAt);
  const slowAt = startedMs + expectedMs + Math.max(expectedMs, leastSlowMs);
  if (now.getTime() <= slowAt) return undefined;
  return {
    kind: 'run.slow',
    ...causeOf(run, new Date(slowAt)),
    ...{ codes: run.codes, expectedMs, tookMs: now.getTime() - startedMs, since: run.startedAt },
  };
}

function causeOf({ id, board, user }: Run, causedAt: Date) {
  return { cause: id, causedAt, run: id, user, ...(board !== undefined && { board }) };
}

/** Of what failed; all where that was a stage of all of them. */
function failedCodes({ stages, codes }: Run): string[] {
  const failed = stages.filter(({ state }) => state === 'failed' || state === 'interrupted');
  const known = failed.flatMap(({ code }) => code ?? []);
  return known.length === 0 || known.length < failed.length ? codes : [...new Set(known)];
}

/** Of what is in the document before its end is: the same for whoever ends it. */
function lastMoment({ stages, startedAt, createdAt }: Run): Date {
  const moments = stages.flatMap(({ attempts }) =>
    attempts.flatMap((attempt) => [attempt.startedAt, attempt.endedAt ?? attempt.startedAt]),
  );
  const latest = [createdAt, startedAt ?? createdAt, ...moments].map((at) => Date.parse(at));
  return new Date(latest.reduce((one, other) => Math.max(one, other)));
}
