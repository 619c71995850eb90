/** Events of due times that have no run when they should, or one that has not ended. */

import type { NewEvent } from '../../events/event.ts';
import type { Due, Schedule } from './schedule.ts';

/** A start takes seconds; one that was broken off is made again within minutes. */
const lateMs = 10 * 60_000;

/** @param why in words; @param run that has not ended, where there is one */
export function lateEvent(
  schedule: string,
  { board }: Schedule,
  due: Due,
  why: string,
  run?: string,
): NewEvent {
  return {
    kind: 'run.late',
    // Not begun and not ended are two; told again each is one.
    ...{ cause: `${schedule} ${due.at} ${due.state}`, causedAt: new Date(due.at), since: due.at },
    ...{ board, reason: `Schedule ${schedule}: ${why}` },
    ...(due.endBy !== undefined && { until: due.endBy }),
    ...(run !== undefined && { run }),
  };
}

/** A due time whose run is still not begun. */
export function isUnstarted({ state, at }: Due, now: Date): boolean {
  return state === 'reserved' && now.getTime() - Date.parse(at) >= lateMs;
}
