/** Counts of rows that a mirror's calls have written. */

import type { AppliedRows } from './types.ts';

export const noRows: AppliedRows = { created: 0, updated: 0, deleted: 0 };

export function sum(one: AppliedRows = noRows, other: AppliedRows = noRows): AppliedRows {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    deleted: one.deleted + other.deleted,
  };
}
