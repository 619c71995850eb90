/** Counts of rows that a mirror's calls have written. */

import type { Cursor } from './cursor.ts';
import type { AppliedRows } from './types.ts';

export const noRows: AppliedRows = { created: 0, updated: 0, deleted: 0 };

export function sum(one: AppliedRows = noRows, other: AppliedRows = noRows): AppliedRows {
  return {
    created: one.created + other.created,
    updated: one.updated + other.updated,
    deleted: one.deleted + other.deleted,
  };
}

export function withRows(cursor: Cursor, rows: ReadonlyMap<string, AppliedRows>): Cursor {
  const evidences = { ...cursor.evidences };
  for (const [evidence, applied] of rows) {
    const before = evidences[evidence];
    if (before) evidences[evidence] = { ...before, ...sum(before, applied) };
  }
  return { ...cursor, evidences };
}
