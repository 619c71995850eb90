/** Schedules: reading, writing, removing, and the times of one. */

import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import { askedSchedule, scheduleMembers } from '../../shared/board/schedule/asked-schedule.ts';
import type { Schedule } from '../../shared/board/schedule/schedule.ts';
import {
  type ListedSchedule,
  mostSchedules,
  type NamedSchedule,
  TooManySchedulesError,
} from '../../shared/board/schedule/schedules.ts';
import { fault } from '../../shared/faults/member.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { mayTouch } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { audited, type ChangeCall, type ChangeKind } from '../changes.ts';
import { isDry } from '../shapes/dry.ts';
import { requireMatch, requireNone } from '../shapes/precondition.ts';
import {
  listedScheduleSchema,
  nextCountSchema,
  readOnly,
  schedulesSchema,
  timesSchema,
} from '../shapes/schedules.ts';
import { unknownMembers } from '../shapes/unknown-members.ts';
import { codesOn, refuseNewer } from './board-view.ts';
import { refusedBoard } from './change-board.ts';
import { optionalUser } from './optional-user.ts';
import { nameInPath } from './path-name.ts';
import {
  authorizeBoard,
  dueView,
  namedSchedule,
  nextTimes,
  scheduleAnswer,
  viewOf,
  writtenAnswer,
} from './schedule-view.ts';

const usualNext = 5;

/** Those of boards that the caller may touch. */
export function listSchedules(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a listing needs a route that asks for a token');
    const hidden = await hiddenBoards(app, caller, signal);
    const schedules = (await app.schedules.list(signal))
      .filter((one) => 'newer' in one || !hidden.has(one.content.board))
      .map((one) => listed(app, one));
    return tagged(json(schedulesSchema.parse({ schedules })));
  };
}

async function hiddenBoards(app: AppServices, caller: Caller, signal: AbortSignal) {
  const boards = caller.codes.includes('*') ? [] : await app.boards.list(signal);
  return new Set(
    boards.flatMap((board) => {
      const isOwn =
        'board' in board &&
        mayTouch(
          caller,
          codesOn(board).map(({ code }) => code),
        );
      return isOwn ? [] : [board.name];
    }),
  );
}

function listed(app: AppServices, schedule: ListedSchedule) {
  if ('newer' in schedule) return schedule;
  const [next] = nextTimes(app, schedule.content, 1);
  const last = schedule.state.due.at(-1);
  return listedScheduleSchema.parse({
    ...viewOf(schedule),
    ...(next !== undefined && { next }),
    ...(last !== undefined && { last: dueView(last) }),
  });
}

export function readSchedule(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a schedule needs a route that asks for a token');
    return scheduleAnswer(await namedSchedule(request, app, caller, signal));
  };
}

/** When it comes next, and what came of the times that were due. */
export function scheduleTimes(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a schedule needs a route that asks for a token');
    const { content, state } = await namedSchedule(request, app, caller, signal);
    const next = nextTimes(app, content, nextCount(request));
    return tagged(json(timesSchema.parse({ next, due: state.due.toReversed().map(dueView) })));
  };
}

/** Writes all of a schedule; with `dry` it is only told, with its next times. */
export function putSchedule(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a schedule needs a route that asks for a token');
    const name = nameInPath(request, 'schedule');
    const body = await readJsonObject(request, { signal, place });
    const boards = (await app.boards.list(signal)).map((board) => board.name);
    const asked = askedSchedule(body, boards, app.catalog.periods.timeZone);
    const { user, errors } = optionalUser(body);
    const isOther = body['name'] !== undefined && body['name'] !== name;
    const all = [
      ...errors,
      ...(isOther
        ? [fault({ field: 'name', value: body['name'] }, `${name}, as in the path`)]
        : []),
      ...unknownMembers(body, [...scheduleMembers, 'user', ...readOnly]),
      ...('errors' in asked ? asked.errors : []),
    ];
    if (all.length > 0 || 'errors' in asked) throw refusedBoard(all);
    const { schedule } = asked;
    await authorizeBoard(schedule.board, app, caller, signal);
    const before = await app.schedules.named(name, signal).catch(refuseNewer);
    if (before !== undefined) await authorizeBoard(before.content.board, app, caller, signal);
    requireSame(request, name, before);
    if (isDry(request.query)) return writtenAnswer(app, wouldBe(app, name, schedule, before), 200);
    const call = { app, request, context, caller, signal };
    const change = { name, user, before, after: schedule };
    const written = await changed(call, 'schedule.write', change);
    if (written === undefined) throw new Error(`schedule ${name} was written and is gone`);
    return writtenAnswer(app, written, before === undefined ? 201 : 200);
  };
}

/** Removes it: nothing of it is started any more, what runs goes on. */
export function removeSchedule(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a schedule needs a route that asks for a token');
    const before = await namedSchedule(request, app, caller, signal);
    const { name } = before;
    requireSame(request, name, before);
    const call = { app, request, context, caller, signal };
    await changed(call, 'schedule.remove', { name, user: undefined, before, after: undefined });
    return json(viewOf(before));
  };
}

function wouldBe(
  app: AppServices,
  name: string,
  content: Schedule,
  before: NamedSchedule | undefined,
): NamedSchedule {
  const at = app.now().toISOString();
  const none = { name, revision: 0, changedAt: at, changedBy: { token: '' } };
  return { ...none, ...before, content, state: { upTo: at, due: [] } };
}

interface ScheduleChange {
  name: string;
  user: string | undefined;
  before: NamedSchedule | undefined;
  after: Schedule | undefined;
}

async function changed(
  call: ChangeCall,
  what: ChangeKind,
  { name, user, before, after }: ScheduleChange,
): Promise<NamedSchedule | undefined> {
  const { app, request, caller, signal } = call;
  const change = {
    ...{ what, subject: `schedule ${name}` },
    ...(user !== undefined && { user }),
    ...(after !== undefined && { asked: { ...after } }),
    ...(before !== undefined && { before: { revision: before.revision, ...before.content } }),
  };
  const by = { ...askerOf(caller), ...(user !== undefined && { user }) };
  return await audited(call, change, async () => {
    const apply = (current: NamedSchedule | undefined) => {
      requireSame(request, name, current);
      return after;
    };
    const value = await app.schedules.change(name, apply, by, signal).catch((error: unknown) => {
      if (error instanceof TooManySchedulesError) throw tooMany();
      return refuseNewer(error);
    });
    const is = value ? { revision: value.revision, ...value.content } : { removed: true };
    return { value, after: is };
  });
}

function requireSame(request: HttpRequest, name: string, current: NamedSchedule | undefined): void {
  const etag = current && scheduleAnswer(current).headers['etag'];
  requireMatch(request, etag, `schedule ${name}`);
  requireNone(request, etag, `schedule ${name}`);
}

function nextCount(request: HttpRequest): number {
  const text = request.query.get('next');
  if (text === null) return usualNext;
  const count = nextCountSchema.safeParse(text);
  if (count.success) return count.data;
  const message = `Invalid next value: ${show(text)}.`;
  throw new HttpProblem('invalid-value', message, {
    errors: [{ field: 'next', message, value: show(text), allowed: 'a whole number from 1 to 50' }],
  });
}

function tooMany(): HttpProblem {
  const message = `There are ${mostSchedules} schedules already: remove one first.`;
  return new HttpProblem('invalid-value', message);
}
