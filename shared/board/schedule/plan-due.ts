/** Which due times there are by now, and what becomes of each. A function of its arguments. */

import { afterMs } from '../../sync/again/after.ts';
import { newRunId } from '../../sync/run-id.ts';
import { cronTimes, latestTimes } from './cron.ts';
import { type Due, endByOf, type Schedule, type ScheduleState } from './schedule.ts';

/** A due time that is found no later was not missed: timers come each minute, and some late. */
export const graceMs = 5 * 60_000;

/** However many were missed, so many are made up for. */
export const mostMissed = 100;

/** Due times that are kept when they are settled. */
const keptDue = 50;

/**
 * A due time that somebody is at is left to him for so long: no start lasts longer, and a worker
 * that was frozen finds the document written by another.
 */
export const claimMs = 120_000;

/** @returns undefined where nothing is due that is not known */
export function planDue(
  schedule: Schedule,
  { upTo, due }: ScheduleState,
  now: Date,
): ScheduleState | undefined {
  const known = new Date(upTo);
  if (!schedule.enabled || known >= now) return undefined;
  const times = timesOf(schedule);
  const first = times.next(known);
  if (first === undefined || first > now) return undefined;
  const windowMs = Math.max(afterMs(schedule.window) ?? 0, graceMs);
  const from = new Date(Math.max(known.getTime(), now.getTime() - windowMs));
  const found = latestTimes(times, from, now, mostMissed);
  const [earliest] = found.times;
  const isTooOld = first <= from || (earliest !== undefined && first < earliest);
  const added = [
    ...(isTooOld ? [tooOld(first, found.isAll ? schedule.window : `${mostMissed} due times`)] : []),
    ...found.times.map((at, index) =>
      dueOf(schedule, at, now, { index, isLast: index === found.times.length - 1 }),
    ),
  ];
  return { upTo: now.toISOString(), due: kept([...due, ...added]) };
}

function tooOld(first: Date, what: string): Due {
  const why = `This one and others after it were missed by more than ${what}.`;
  return { at: first.toISOString(), state: 'skipped', why };
}

function dueOf(
  schedule: Schedule,
  at: Date,
  now: Date,
  { index, isLast }: { index: number; isLast: boolean },
): Due {
  const endBy = endByOf(schedule, at);
  const why = whyNot(schedule, at, now, isLast, endBy);
  if (why !== undefined) return { at: at.toISOString(), state: 'skipped', why };
  // Listings are in the order of ids: so are the due times that are found at once.
  const run = newRunId(new Date(now.getTime() + index));
  const reserved = { at: at.toISOString(), state: 'reserved' as const, run };
  return { ...reserved, ...(endBy && { endBy: endBy.toISOString() }) };
}

function whyNot(
  { missed }: Schedule,
  at: Date,
  now: Date,
  isLast: boolean,
  endBy: Date | undefined,
): string | undefined {
  const isMissed = now.getTime() - at.getTime() > graceMs;
  if (missed === 'none' && isMissed) return 'It was missed: no worker was there.';
  if (missed === 'last' && !isLast) return 'It was missed, and a later one was due by then.';
  if (endBy && endBy <= now) return `Its run was to end by ${endBy.toISOString()}.`;
  return undefined;
}

/** What is not settled, and the latest of the others. */
function kept(due: readonly Due[]): Due[] {
  const isOpen = ({ state, endBy }: Due) => state === 'reserved' || endBy !== undefined;
  const settled = due.filter((one) => !isOpen(one)).slice(-keptDue);
  return due.filter((one) => isOpen(one) || settled.includes(one));
}

export interface Step {
  state: ScheduleState;
  /** What whoever writes this state is to start. */
  begin?: Due;
}

/**
 * What is to be written next: due times that have come, and the first of them that is to be started
 * as somebody's who is at it. In their order: while somebody is at one, those after it wait.
 *
 * @returns undefined where there is nothing to be done
 */
export function nextStep(schedule: Schedule, state: ScheduleState, now: Date): Step | undefined {
  const planned = planDue(schedule, state, now);
  const { upTo, due } = planned ?? state;
  const first = due.find((one) => one.state === 'reserved');
  if (first === undefined || isClaimed(first, now)) return planned && { state: planned };
  const begin = { ...first, triedAt: now.toISOString() };
  return { state: { upTo, due: due.map((one) => (one === first ? begin : one)) }, begin };
}

function isClaimed({ triedAt }: Due, now: Date): boolean {
  return triedAt !== undefined && now.getTime() - Date.parse(triedAt) < claimMs;
}

const known = new Map<string, ReturnType<typeof cronTimes>>();

/** Each read once. */
export function timesOf({ cron, timeZone }: Pick<Schedule, 'cron' | 'timeZone'>) {
  const key = `${cron} ${timeZone}`;
  const found = known.get(key) ?? cronTimes(cron, timeZone);
  if (known.size > 1_000) known.clear();
  known.set(key, found);
  return found;
}
