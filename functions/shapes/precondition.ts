/** The headers `If-Match` and `If-None-Match` of what is written: RFC 9110, 13.1.1 and 13.1.2. */

import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { isNamed } from '../../shared/http/conditional.ts';
import type { Parameter } from '../../shared/http/openapi.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

export const ifMatch: Parameter = {
  name: 'If-Match',
  in: 'header',
  description:
    'The ETag of what is changed: a 412 says that somebody else has changed it since. * for whatever there is',
  schema: () => z.string(),
};

export const ifNoneMatch: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description:
    '* for a new one: where there is one of this name it is a 412, and that one stays as it is',
  schema: () => z.string(),
};

/**
 * Our ETags are weak, for the same may be sent indented or compressed; they are told apart by what
 * they say all the same, so that nobody undoes what he has not seen.
 *
 * @param etag of what there is; undefined: there is nothing
 * @throws HttpProblem 412
 */
export function requireMatch(request: HttpRequest, etag: string | undefined, what: string): void {
  const asked = request.headers.get('if-match');
  if (asked === null || isNamed(asked, etag)) return;
  const why = etag === undefined ? 'there is none any more' : 'it has been changed since';
  throw new HttpProblem('changed', `The ${what} is not the one that was read: ${why}.`, {
    headers: etag === undefined ? {} : { etag },
  });
}

/**
 * Whoever makes a new one writes over nobody's.
 *
 * @param etag of what there is; undefined: there is nothing
 * @throws HttpProblem 412
 */
export function requireNone(request: HttpRequest, etag: string | undefined, what: string): void {
  const asked = request.headers.get('if-none-match');
  if (etag === undefined || asked === null || !isNamed(asked, etag)) return;
  throw new HttpProblem('exists', `There is a ${what} already.`, { headers: { etag } });
}
