/** Writing a board, switching one of its calls, removing it. */

import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { askerOf } from '../../shared/audit/asker.ts';
import { askedBoard, textOf } from '../../shared/board/asked-board.ts';
import type { Board } from '../../shared/board/board.ts';
import {
  BoardFileError,
  mostBoards,
  type NamedBoard,
  TooManyBoardsError,
} from '../../shared/board/boards.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { type Body, fault } from '../../shared/faults/member.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { readJsonObject } from '../../shared/http/body.ts';
import { authorize } from '../../shared/http/callers.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import { audited, type ChangeCall, type ChangeKind } from '../changes.ts';
import { readOnly } from '../shapes/boards.ts';
import { isDry } from '../shapes/dry.ts';
import { requireMatch, requireNone } from '../shapes/precondition.ts';
import { refusalText, unknownMembers } from '../shapes/unknown-members.ts';
import {
  boardAnswer,
  boardEtag,
  codesOn,
  namedBoard,
  refuseNewer,
  unknownBoard,
} from './board-view.ts';
import { optionalUser } from './optional-user.ts';
import { nameInPath } from './path-name.ts';

/** Bytes: as many calls as a board may have, each with all that a call may have. */
export const boardLimit = 1024 * 1024;

const members = ['description', 'calls', 'user', ...readOnly] as const;
/** The first ones say enough. */
const mostErrors = 100;

/** Writes all of a board, made anew or in place of what it was. */
export function putBoard(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const name = nameInPath(request, 'board');
    const body = await readJsonObject(request, { signal, place }, { limit: boardLimit });
    const { user, errors } = optionalUser(body);
    const asked = askedBoard(body, app.catalog, periodLimits(app.catalog.periods, app.now()));
    const all = [
      ...errors,
      ...memberFaults(body, name),
      ...('errors' in asked ? asked.errors : []),
    ];
    if (all.length > 0 || 'errors' in asked) throw refusedBoard(all);
    const call = { app, request, context, caller, signal };
    return await writeBoard(call, 'board.write', { name, user, board: asked.board });
  };
}

interface Written {
  name: string;
  user: string | undefined;
  board: Board;
}

/** In place of what there is, if the request knows it; with `dry` only told. */
export async function writeBoard(
  call: ChangeCall,
  what: ChangeKind,
  { name, user, board }: Written,
): Promise<ReturnType<typeof boardAnswer>> {
  const { app, request, caller, signal } = call;
  authorize(caller, codesOn({ board }));
  const before = await app.boards.read(name, signal).catch((error: unknown) => {
    // What is written takes the place of a file that is none.
    if (error instanceof BoardFileError) return undefined;
    return refuseNewer(error);
  });
  if (before !== undefined) authorize(caller, codesOn(before));
  requireSame(app, request, name, before);
  if (isDry(request.query)) {
    return boardAnswer(app, { revision: 0, ...before, name, board });
  }
  const written = await changed(call, what, { name, user, before, after: board }, () => board);
  if (written === undefined) throw await unknownBoard(name, app, signal);
  return boardAnswer(app, written, before === undefined ? 201 : 200);
}

/** Switches one call on or off, or writes another note beside it. */
export function patchCall(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const before = await namedBoard(request, app, caller, signal);
    const { name } = before;
    const body = await readJsonObject(request, { signal, place });
    const { user, run, note } = parseSwitch(body);
    const id = request.params['call'] ?? '';
    const apply = (board: Board): Board => {
      const found = board.calls.find((call) => call.id === id);
      if (found === undefined) throw unknownCall(board, name, id);
      const { note: noted, ...rest } = found;
      const text = note === undefined ? noted : (note ?? undefined);
      const changed = {
        ...rest,
        run: run ?? found.run,
        ...(text !== undefined && { note: text }),
      };
      return { ...board, calls: board.calls.map((call) => (call === found ? changed : call)) };
    };
    const after = apply(before.board);
    const call = { app, request, context, caller, signal };
    requireSame(app, request, name, before);
    const change = { name, user, before, after, call: id };
    const written = await changed(call, 'board.switch', change, apply);
    if (written === undefined) throw await unknownBoard(name, app, signal);
    return boardAnswer(app, written);
  };
}

/** Removes it; its history stays, and it may be written again. */
export function removeBoard(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const before = await namedBoard(request, app, caller, signal);
    const { name } = before;
    requireSame(app, request, name, before);
    const call = { app, request, context, caller, signal };
    const change = { name, user: undefined, before, after: undefined };
    await changed(call, 'board.remove', change, () => undefined);
    return json(JSON.parse(String(boardAnswer(app, before).body)));
  };
}

interface BoardChange {
  name: string;
  user: string | undefined;
  before: NamedBoard | undefined;
  /** As far as it is known before. */
  after: Board | undefined;
  /** The id of the one call that is changed. */
  call?: string;
}

async function changed(
  call: ChangeCall,
  what: ChangeKind,
  { name, user, before, after, call: id }: BoardChange,
  apply: (current: Board) => Board | undefined,
): Promise<NamedBoard | undefined> {
  const { app, request, caller, signal } = call;
  const codes = codesOn({ board: after ?? before?.board ?? { calls: [] } });
  const by = { ...askerOf(caller), ...(user !== undefined && { user }) };
  const brief = (board: Board) => {
    const one = board.calls.find((it) => it.id === id);
    if (one !== undefined) return { run: one.run, ...(one.note && { note: one.note }) };
    return { calls: board.calls.length, on: board.calls.filter(({ run }) => run).length };
  };
  const change = {
    ...{ what, subject: id === undefined ? `board ${name}` : `board ${name}, call ${id}` },
    codes: codes.map(({ code }) => code),
    ...(user !== undefined && { user }),
    ...(after !== undefined && { asked: brief(after) }),
    ...(before !== undefined && { before: { revision: before.revision, ...brief(before.board) } }),
  };
  return await audited(call, change, async () => {
    const value = await app.boards
      .change(
        name,
        (current) => {
          requireSame(app, request, name, current);
          return apply(current?.board ?? { calls: [] });
        },
        by,
        signal,
      )
      .catch((error: unknown) => {
        if (error instanceof TooManyBoardsError) throw tooMany();
        return refuseNewer(error);
      });
    return {
      value,
      after: value ? { revision: value.revision, ...brief(value.board) } : { removed: true },
    };
  });
}

function requireSame(
  app: AppServices,
  request: HttpRequest,
  name: string,
  current: NamedBoard | undefined,
): void {
  const etag = current && boardEtag(app, current);
  requireMatch(request, etag, `board ${name}`);
  requireNone(request, etag, `board ${name}`);
}

function parseSwitch(body: Body): {
  user: string | undefined;
  run?: boolean;
  note?: string | null;
} {
  const { user, errors } = optionalUser(body);
  const { run, note } = body;
  const isSwitch = run === undefined || typeof run === 'boolean';
  const text = textOf({ field: 'note', value: note });
  const isNothing = run === undefined && note === undefined;
  const all = [
    ...(isNothing || !isSwitch ? [fault({ field: 'run', value: run }, 'true or false')] : []),
    ...text.errors,
    ...errors,
    ...unknownMembers(body, ['run', 'note', 'user']),
  ];
  if (all.length > 0) throw refusedBoard(all);
  return {
    user,
    ...(typeof run === 'boolean' && { run }),
    ...(note !== undefined && { note: text.text ?? null }),
  };
}

/** What nobody reads is refused; what a board says of itself may come back as it was given. */
function memberFaults(body: Body, name: string): FieldError[] {
  const isOther = body['name'] !== undefined && body['name'] !== name;
  return [
    ...(isOther ? [fault({ field: 'name', value: body['name'] }, `${name}, as in the path`)] : []),
    ...unknownMembers(body, members),
  ];
}

export function refusedBoard(errors: readonly FieldError[]): HttpProblem {
  return new HttpProblem('invalid-value', refusalText(errors[0]), {
    errors: errors.slice(0, mostErrors),
  });
}

function unknownCall(board: Board, name: string, id: string): HttpProblem {
  const ids = board.calls.map((call) => call.id);
  const message = `Board ${name} has no call ${show(id)}${didYouMean(id, ids)}.`;
  const allowed = `the id of a call, see /boards/${name}`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'call', message, value: show(id), allowed }],
  });
}

function tooMany(): HttpProblem {
  const message = `There are ${mostBoards} boards already: remove one first.`;
  return new HttpProblem('invalid-value', message);
}
