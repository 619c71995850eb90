/** Due times whose runs are not where they should be. Functions of their arguments. */

import type { RunState } from '../../sync/run.ts';
import { graceMs, timesOf } from './plan-due.ts';
import type { Due, Schedule, ScheduleState } from './schedule.ts';

/** A run may stand in line for so long behind its due time. */
const lineMs = 15 * 60_000;

/** What is known of the run of a due time. */
export interface DueRun {
  state: RunState;
  /** As `slowFrom` has it. */
  slowFrom?: string;
}

export interface Lateness {
  /** From this moment on it is late. */
  from: Date;
  what: 'not begun' | 'in line' | 'not ended' | 'slow';
}

/**
 * When a due time becomes late unless something happens before: nobody has begun it after the grace
 * that every start has, its run stands in line for a quarter of an hour, has not ended soon after `endBy`,
 * or is slow; whichever comes first.
 *
 * @param run undefined where there is none (yet)
 * @returns undefined for what has ended, or never becomes late
 */
export function lateness(due: Due, run: DueRun | undefined): Lateness | undefined {
  const at = Date.parse(due.at);
  if (due.state === 'reserved') return { from: new Date(at + graceMs), what: 'not begun' };
  if (due.state !== 'started' || run === undefined) return undefined;
  const hasNotBegun = run.state === 'waiting' || run.state === 'queued';
  if (!hasNotBegun && run.state !== 'running') return undefined;
  const known: (Lateness | undefined)[] = [
    hasNotBegun ? { from: new Date(at + lineMs), what: 'in line' } : undefined,
    due.endBy === undefined
      ? undefined
      : { from: new Date(Date.parse(due.endBy) + graceMs), what: 'not ended' },
    run.slowFrom === undefined ? undefined : { from: new Date(run.slowFrom), what: 'slow' },
  ];
  return known.reduce((first, one) =>
    first === undefined || (one !== undefined && one.from < first.from) ? one : first,
  );
}

/** The next time of a schedule of which nothing is known yet; undefined: it is off, or has none. */
export function nextDue(schedule: Schedule, { upTo }: ScheduleState): Date | undefined {
  return schedule.enabled ? timesOf(schedule).next(new Date(upTo)) : undefined;
}

/** From when on a due time of which nothing is known is late: no worker looks at schedules. */
export function unseenFrom(due: Date): Date {
  return new Date(due.getTime() + graceMs);
}

export function isLate({ from }: Lateness, now: Date): boolean {
  return from <= now;
}
