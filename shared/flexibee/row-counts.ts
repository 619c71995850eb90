/** Rows of the mirror, counted. */

import type { Cursor } from './cursor.ts';
import type { AppliedRows } from './types.ts';

export function sum(one: AppliedRows | undefined, other: AppliedRows): AppliedRows {
  return {
    created: (one?.created ?? 0) + other.created,
    updated: (one?.updated ?? 0) + other.updated,
    deleted: (one?.deleted ?? 0) + other.deleted,
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
