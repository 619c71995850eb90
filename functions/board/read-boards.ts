/** Boards: all of them, one, and what one was before. */

import type { AppServices } from '../../shared/app/services.ts';
import type { ListedBoard } from '../../shared/board/boards.ts';
import { show } from '../../shared/faults/show.ts';
import { json } from '../../shared/http/answer.ts';
import { authorize, mayTouch } from '../../shared/http/callers.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import {
  boardsSchema,
  listedBoardSchema,
  revisionNumberSchema,
  revisionsSchema,
} from '../shapes/boards.ts';
import { boardAnswer, codesOn, namedBoard, viewOf } from './board-view.ts';

/** Revisions that are listed. */
const mostRevisions = 100;

/** Those whose data sources the caller may touch. */
export function listBoards(app: AppServices): RouteHandler {
  return async (_request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a listing needs a route that asks for a token');
    const own = (board: ListedBoard) =>
      !('board' in board) ||
      mayTouch(
        caller,
        codesOn(board).map(({ code }) => code),
      );
    const boards = (await app.boards.list(signal)).filter(own).map((board) => {
      if (!('board' in board)) return board;
      const { calls, ...view } = viewOf(app, board);
      return listedBoardSchema.parse({ ...view, calls: calls.length });
    });
    return tagged(json(boardsSchema.parse({ boards })));
  };
}

/** One, as it is or after an earlier change. */
export function readBoard(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const board = await namedBoard(request, app, caller, signal);
    const asked = request.query.get('revision');
    if (asked === null) return boardAnswer(app, board);
    const { name } = board;
    const number = revisionNumberSchema.safeParse(asked);
    const found = number.success ? await app.boards.revision(name, number.data, signal) : undefined;
    if (found === undefined) throw unknownRevision(name, asked);
    authorize(caller, codesOn(found));
    return boardAnswer(app, found);
  };
}

/** Who wrote it, the newest in front. */
export function boardHistory(app: AppServices): RouteHandler {
  return async (request, _context, { caller, signal }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const { name } = await namedBoard(request, app, caller, signal);
    const found = await app.boards.history(name, mostRevisions, signal);
    const revisions = found.map(({ name: _, content, ...revision }) => ({
      ...revision,
      ...(content === undefined
        ? { removed: true }
        : { calls: content.calls.length, on: content.calls.filter(({ run }) => run).length }),
    }));
    const isShipped = (await app.boards.revision(name, 0, signal)) !== undefined;
    return tagged(json(revisionsSchema.parse({ revisions, isShipped })));
  };
}

function unknownRevision(name: string, asked: string): HttpProblem {
  const message = `Board ${name} has no revision ${show(asked)} that was kept.`;
  const allowed = `one of /boards/${name}/history`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: 'revision', message, value: show(asked), allowed }],
  });
}
