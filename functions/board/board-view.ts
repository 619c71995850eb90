/** A board as it is shown, and the one that a path names. */

import type { HttpRequest } from '@azure/functions';
import type { AppServices } from '../../shared/app/services.ts';
import { codesOf } from '../../shared/board/board.ts';
import { boardFaults } from '../../shared/board/board-calls.ts';
import { BoardFileError, type NamedBoard } from '../../shared/board/boards.ts';
import type { NamedCode } from '../../shared/faults/member.ts';
import { json } from '../../shared/http/answer.ts';
import type { Caller } from '../../shared/http/caller.ts';
import { authorize } from '../../shared/http/callers.ts';
import { type TaggedAnswer, tagged } from '../../shared/http/conditional.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { DocumentNewerError } from '../../shared/storage/documents.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import { type BoardView, boardViewSchema } from '../shapes/boards.ts';
import { nameInPath, unknownName } from './path-name.ts';

export function viewOf(app: AppServices, { board, ...named }: NamedBoard): BoardView {
  const limits = periodLimits(app.catalog.periods, app.now());
  const errors = boardFaults(board, app.catalog, limits);
  const on = board.calls.filter(({ run }) => run).length;
  return boardViewSchema.parse({ ...named, ...board, on, errors });
}

/** With an ETag by which it may be changed. */
export function boardAnswer(app: AppServices, board: NamedBoard, status = 200): TaggedAnswer {
  return tagged(json(viewOf(app, board), { status }));
}

/** By what a change, or a start, of what was read is told from one of something else. */
export function boardEtag(app: AppServices, board: NamedBoard): string {
  return boardAnswer(app, board).headers['etag'] ?? '';
}

/** The data sources of its calls: whoever reads or changes it may touch them all. */
export function codesOn({ board }: Pick<NamedBoard, 'board'>): NamedCode[] {
  const codes = board.calls.flatMap((call, index) =>
    codesOf(call).map((code) => ({ code, field: `calls[${index}].code` })),
  );
  return [...new Map(codes.map((named) => [named.code, named])).values()];
}

/** The board that the path names, for whoever may touch all of it. Throws `HttpProblem` 403, 404. */
export async function namedBoard(
  request: HttpRequest,
  app: AppServices,
  caller: Caller,
  signal: AbortSignal,
): Promise<NamedBoard> {
  const name = nameInPath(request, 'board');
  const found = await app.boards.read(name, signal).catch(refuseNewer);
  if (found === undefined) throw await unknownBoard(name, app, signal);
  authorize(caller, codesOn(found));
  return found;
}

export async function unknownBoard(
  name: string,
  app: AppServices,
  signal: AbortSignal,
): Promise<HttpProblem> {
  return unknownName('board', name, await app.boards.list(signal));
}

/** What a newer version of the app has written is for that one; a file that is no board is nobody's. */
export function refuseNewer(error: unknown): never {
  if (error instanceof BoardFileError) {
    throw new HttpProblem('faulty-board', `${error.message}.`, { cause: error });
  }
  if (!(error instanceof DocumentNewerError)) throw error;
  throw new HttpProblem('newer-document', `${error.message}.`, { cause: error });
}
