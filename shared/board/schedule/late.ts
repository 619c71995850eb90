/**
 * Due times whose runs are not where they should be: the one rule of what is late, for the overview
 * and for events. Functions of their arguments.
 */

import type { RunState } from '../../sync/run.ts';
import { graceMs, timesOf } from './plan-due.ts';
import type { Due, Schedule, ScheduleState } from './schedule.ts';

/** A run may stand in line for so long behind its due time. */
const lineMs = 15 * 60_000;

/** What is known of the run of a due time. */
export interface DueRun {
  state: RunState;
}

export interface Lateness {
  /** From this moment on it is late. */
  from: Date;
  what: 'unseen' | 'not begun' | 'in line' | 'not ended';
}

/**
 * When a due time becomes late unless something happens before: nobody has begun it after the grace
 * that every start has, its run stands in line for a quarter of an hour, or has not ended by `endBy`;
 * whichever comes first.
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
  const line = hasNotBegun ? { from: new Date(at + lineMs), what: 'in line' as const } : undefined;
  const end =
    due.endBy === undefined ? undefined : { from: new Date(due.endBy), what: 'not ended' as const };
  return line === undefined || (end !== undefined && end.from < line.from) ? end : line;
}

/** The next time of a schedule of which nothing is known yet; undefined: it is off, or has none. */
export function nextDue(schedule: Schedule, { upTo }: ScheduleState): Date | undefined {
  return schedule.enabled ? timesOf(schedule).next(new Date(upTo)) : undefined;
}

/** Of a due time of which nothing is known: no worker looks at schedules. */
export function unseen(due: Date): Lateness {
  return { from: new Date(due.getTime() + graceMs), what: 'unseen' };
}

export function isLate(late: Lateness | undefined, now: Date): late is Lateness {
  return late !== undefined && late.from <= now;
}
