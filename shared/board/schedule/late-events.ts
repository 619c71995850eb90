/** Events of due times that are late, as `late.ts` says, or that no run will come of. */

import type { NewEvent } from '../../events/event.ts';
import type { Run } from '../../sync/run.ts';
import { isLate, type Lateness, lateness } from './late.ts';
import type { Due, Schedule } from './schedule.ts';
import { firstWithoutRun } from './unmet.ts';

interface Late {
  /** Each is told once of a due time. */
  what: Lateness['what'] | 'no run';
  /** In words. */
  why: string;
  /** That has not ended, where there is one. */
  run?: string;
}

export function lateEvent(
  schedule: string,
  { board }: Partial<Pick<Schedule, 'board'>>,
  { at, endBy }: Pick<Due, 'at' | 'endBy'>,
  { what, why, run }: Late,
): NewEvent {
  return {
    kind: 'run.late',
    ...{ cause: `${schedule} ${at} ${what}`, causedAt: new Date(at), since: at },
    ...{ ...(board !== undefined && { board }), reason: `Schedule ${schedule}: ${why}` },
    ...(endBy !== undefined && { until: endBy }),
    ...(run !== undefined && { run }),
  };
}

/** Of those that nobody has begun. */
export function unbegunEvents(
  schedule: string,
  content: Schedule,
  due: readonly Due[],
  now: Date,
): NewEvent[] {
  const late = due.filter((one) => isLate(lateness(one, undefined), now));
  const why = 'it has not begun.';
  return late.map((one) => lateEvent(schedule, content, one, { what: 'not begun', why }));
}

/** Of one that has no run, and will have none: once for all that follow one another. */
export function noRunEvent(
  schedule: string,
  content: Schedule,
  due: readonly Due[],
  last: Due,
): NewEvent {
  const { endBy: _, ...first } = firstWithoutRun(due, last);
  return lateEvent(schedule, content, first, { what: 'no run', why: last.why ?? 'it failed.' });
}

/** Of a run that stands in line for too long. */
export function lineEvent(run: Run, now: Date): NewEvent | undefined {
  const { id, board, due } = run;
  if (due === undefined) return undefined;
  const late = lateness({ at: due.at, state: 'started', run: id }, run);
  if (!isLate(late, now)) return undefined;
  const { what } = late;
  const content = board === undefined ? {} : { board };
  return lateEvent(due.schedule, content, due, { what, why: 'its run stands in line.', run: id });
}
