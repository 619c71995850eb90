/**
 * All that comes round within minutes, on one timer. On Flex Consumption each timer is a scale group
 * of its own: nine would each keep an instance, or start one anew for every call.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { InvocationContext, Timer, TimerHandler } from '@azure/functions';
import { isDue, type Job, type JobLog } from './job.ts';

/**
 * Three times a minute, five seconds beside the moments at which jobs are due: a timer that fires a
 * little early, or a storage whose clock is a little behind, makes no difference.
 */
export const clockSchedule = '5,25,45 * * * * *';

/** Between two ticks. */
const periodMs = 20_000;

/** A tick waits no longer for what it has begun, so that the next one comes in time. */
const tickMs = 15_000;

interface Dependencies {
  now(): Date;
  /** Resolves after so many milliseconds, or sooner once the signal has told that nobody waits. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

const real: Dependencies = {
  now: () => new Date(),
  wait: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => {}),
};

/**
 * Jobs that are due begin side by side and know nothing of one another. One that is still at work is
 * not begun again; the ticks after it wait for it in turn, so that as long as it works an invocation
 * is under way and the platform leaves the instance alone.
 *
 * @returns a handler that fails, naming them, when jobs have failed since the tick before it
 */
export function clock(jobs: readonly Job[], { now, wait }: Dependencies = real): TimerHandler {
  const working = new Map<string, Promise<void>>();
  const failed: { name: string; error: unknown }[] = [];
  // Of the newest tick: the host does not take a line of an invocation that is over.
  let newest: JobLog;
  // The host keeps no time of a timer that comes more often than once a minute (its `useMonitor`).
  let last: Date | undefined;
  const log: JobLog = {
    info: (...parts: unknown[]) => newest.info(...parts),
    warn: (...parts: unknown[]) => newest.warn(...parts),
  };

  const begin = (job: Job) => {
    const work = job
      .run(log)
      .catch((error: unknown) => {
        failed.push({ name: job.name, error });
      })
      .finally(() => working.delete(job.name));
    working.set(job.name, work);
  };

  return async (_timer: Timer, context: InvocationContext) => {
    newest = context;
    const moment = now();
    const isFirst = last === undefined;
    // The tick before the first one of a process was another's.
    const since = last ?? new Date(moment.getTime() - periodMs);
    last = moment;
    for (const job of jobs) {
      const isWanted = (isFirst && job.atStart === true) || isDue(job, since, moment);
      if (isWanted && !working.has(job.name)) begin(job);
    }
    const enough = new AbortController();
    await Promise.race([Promise.all(working.values()), wait(tickMs, enough.signal)]);
    enough.abort();
    const told = failed.splice(0);
    if (told.length === 0) return;
    const names = told.map(({ name }) => name).join(', ');
    const [first, ...others] = told.map(({ error }) => error);
    for (const other of others) context.warn(String(other));
    throw new Error(`${names}: ${String(first)}`, { cause: first });
  };
}
