/** A schedule as it is shown, its times, and the one that a path names. */

import type { HttpRequest } from '@azure/functions';
import type { z } from 'zod';
import type { AppServices } from '../../shared/app/services.ts';
import { timesOf } from '../../shared/board/schedule/plan-due.ts';
import type { Due, Schedule } from '../../shared/board/schedule/schedule.ts';
import type { NamedSchedule } from '../../shared/board/schedule/schedules.ts';
import { json } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import { type TaggedAnswer, tagged } from '../../shared/http/conditional.ts';
import {
  dueViewSchema,
  type ScheduleView,
  scheduleViewSchema,
  writtenScheduleSchema,
} from '../shapes/schedules.ts';
import { codesOn, refuseNewer } from './board-view.ts';
import { nameInPath, unknownName } from './path-name.ts';

const shownNext = 5;

export function viewOf({ content, state: _, ...named }: NamedSchedule): ScheduleView {
  return scheduleViewSchema.parse({ ...named, ...content });
}

/** With an ETag by which it may be changed: it is of what people write alone. */
export function scheduleAnswer(schedule: NamedSchedule): TaggedAnswer {
  return tagged(json(viewOf(schedule)));
}

/** The same with its next times, for whoever has written it. */
export function writtenAnswer(app: AppServices, schedule: NamedSchedule, status: number) {
  const next = nextTimes(app, schedule.content, shownNext);
  const body = writtenScheduleSchema.parse({ ...viewOf(schedule), next });
  const { etag = '' } = scheduleAnswer(schedule).headers;
  return json(body, { status, headers: { etag } });
}

/** None where it is switched off. */
export function nextTimes(app: AppServices, schedule: Schedule, count: number): string[] {
  if (!schedule.enabled) return [];
  const times = timesOf(schedule);
  const next: string[] = [];
  let at: Date | undefined = app.now();
  while (next.length < count) {
    at = times.next(at);
    if (at === undefined) return next;
    next.push(at.toISOString());
  }
  return next;
}

export function dueView(due: Due): z.infer<typeof dueViewSchema> {
  return dueViewSchema.parse(due);
}

/** The one that the path names, for whoever may touch its board. Throws `HttpProblem` 403, 404. */
export async function namedSchedule(
  request: HttpRequest,
  app: AppServices,
  caller: Caller,
  signal: AbortSignal,
): Promise<NamedSchedule> {
  const name = nameInPath(request, 'schedule');
  const found = await app.schedules.named(name, signal).catch(refuseNewer);
  if (found === undefined) {
    throw unknownName('schedule', name, await app.schedules.list(signal));
  }
  await authorizeBoard(found.content.board, app, caller, signal);
  return found;
}

/** A board that is gone is nobody's. */
export async function authorizeBoard(
  name: string,
  app: AppServices,
  caller: Caller,
  signal: AbortSignal,
): Promise<void> {
  if (caller.codes.includes('*')) return;
  const board = await app.boards.read(name, signal).catch(refuseNewer);
  if (board !== undefined) authorize(caller, codesOn(board));
}
