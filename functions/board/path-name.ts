/** Names of boards and of schedules in paths: what one may be, and that there is none. */

import type { HttpRequest } from '@azure/functions';
import { allowedBoardName, boardNamePattern } from '../../shared/board/board.ts';
import { didYouMean } from '../../shared/faults/near-name.ts';
import { show } from '../../shared/faults/show.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

type What = 'board' | 'schedule';

/** Throws `HttpProblem` 400 for what none can be called. */
export function nameInPath(request: HttpRequest, what: What): string {
  const name = request.params[what];
  if (name !== undefined && boardNamePattern.test(name)) return name;
  const message = `Invalid ${what} value: ${show(name)}.`;
  throw new HttpProblem('invalid-value', message, {
    errors: [{ field: what, message, value: show(name), allowed: allowedBoardName }],
  });
}

/** @param all that there are */
export function unknownName(
  what: What,
  name: string,
  all: readonly { name: string }[],
): HttpProblem {
  const near = didYouMean(
    name,
    all.map((one) => one.name),
  );
  const message = `There is no ${what} ${show(name)}${near}.`;
  const allowed = `the name of one, see /${what}s`;
  return new HttpProblem('not-found', message, {
    errors: [{ field: what, message, value: show(name), allowed }],
  });
}
