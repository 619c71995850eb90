/** Answers that have no place for what JSON says beside the rows. */

import type { CheckedQuery } from '../definition.ts';
import { queryFault } from './query.ts';

/** @throws QueryFault for a query with `count` or `next` */
export function requireRowsOnly(query: CheckedQuery): CheckedQuery {
  const asked = { count: query.count, next: query.next !== undefined };
  const errors = Object.entries(asked).flatMap(([field, isAsked]) =>
    isAsked
      ? [{ field, message: `${field}: only answers in JSON have it`, allowed: 'left out' }]
      : [],
  );
  if (errors.length > 0) throw queryFault(errors);
  return query;
}
