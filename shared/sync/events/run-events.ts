/** What of runs somebody should hear of. */

import type { NewEvent } from '../../events/event.ts';
import { checkText, differing } from '../checks/outcome.ts';
import type { Failure } from '../failures.ts';
import { errorsIn } from '../outcome.ts';
import type { Run } from '../run.ts';
import { expectedTime, slowFrom } from '../slow.ts';

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

/** What its checks have found, all of them in one; undefined: nothing. */
export function differsEvent(run: Run): NewEvent | undefined {
  const found = differing(run);
  if (found.length === 0) return undefined;
  return {
    kind: 'check.differs',
    ...causeOf(run, lastMoment(run)),
    codes: [...new Set(found.map(({ code }) => code))],
    entities: [...new Set(found.map(({ entity }) => entity))],
    reason: found.map(checkText).join('; '),
  };
}

/** That a run is slow, as `slowFrom` says. */
export function slowEvent(run: Run, now: Date): NewEvent | undefined {
  const { startedAt, codes } = run;
  const slowAt = slowFrom(run);
  const expected = expectedTime(run);
  if (slowAt === undefined || expected === undefined || startedAt === undefined) return undefined;
  if (now <= slowAt) return undefined;
  const expectedMs = expected.workMs;
  const tookMs = now.getTime() - Date.parse(startedAt) - expected.waitMs;
  return {
    ...{ kind: 'run.slow', ...causeOf(run, slowAt) },
    ...{ codes, expectedMs, tookMs, since: startedAt },
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
