/** The times in a run: they never go back, whatever the clocks of its workers do. */

import type { Run } from './run.ts';

/**
 * A clock for one worker's part of a run. It starts at `now`, or at the latest time that the run
 * already has where that is later, and then goes by the process's monotonic clock: no duration is
 * negative, and none is longer than it was because somebody set a clock.
 */
export function runClock(run: Run, now: () => Date): () => Date {
  const startMs = Math.max(now().getTime(), latestIn(run));
  const since = performance.now();
  return () => new Date(startMs + performance.now() - since);
}

/** The latest time in a run, in milliseconds since 1970: when something last happened to it. */
export function latestIn({ createdAt, startedAt, log, stages }: Run): number {
  const attempts = stages.flatMap((stage) => stage.attempts);
  const times = [
    createdAt,
    startedAt,
    ...log.map(({ at }) => at),
    ...attempts.flatMap((attempt) => [attempt.startedAt, attempt.endedAt]),
  ];
  // NaN of what has no time.
  return times.reduce((latest, at) => Math.max(latest, Date.parse(at ?? '') || 0), 0);
}
