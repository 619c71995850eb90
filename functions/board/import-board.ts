/** A board from the text of a `board.py`. */

import type { AppServices } from '../../shared/app/services.ts';
import { importedBoard } from '../../shared/board/python/import-board.ts';
import type { FieldError } from '../../shared/faults/field-error.ts';
import { readBody } from '../../shared/http/body.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { periodLimits } from '../../shared/sync/period.ts';
import { boardLimit, refusedBoard, writeBoard } from './change-board.ts';
import { optionalUser } from './optional-user.ts';
import { nameInPath } from './path-name.ts';

export function importBoard(app: AppServices): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    if (caller === undefined) throw new Error('a board needs a route that asks for a token');
    const name = nameInPath(request, 'board');
    const { user, errors } = optionalUser({ user: request.query.get('user') });
    if (errors.length > 0) throw refusedBoard(errors);
    const source = textOf(await readBody(request, { signal, place }, boardLimit));
    const limits = periodLimits(app.catalog.periods, app.now());
    const read = importedBoard(source, app.catalog, limits);
    if ('errors' in read) throw unreadable(read.errors);
    const call = { app, request, context, caller, signal };
    return await writeBoard(call, 'board.import', { name, user, board: read.board });
  };
}

function unreadable(errors: readonly FieldError[]): HttpProblem {
  const message = `The text is no board: ${errors[0]?.message}.`;
  return new HttpProblem('invalid-body', message, { errors: errors.slice(0, 100) });
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const message = 'Request body is not UTF-8.';
    const errors = [{ field: 'body', message, allowed: 'the text of a board.py in UTF-8' }];
    throw new HttpProblem('invalid-body', message, { errors, cause: error });
  }
}
