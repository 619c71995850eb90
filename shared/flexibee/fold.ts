/** From what happened to records to what must be known of each of them. */

import type { Change } from './types.ts';

/** The last of the operations on one record. */
export interface FoldedRecord {
  id: string;
  /** The version its state is written with. */
  version: number;
  /** Known without asking the server. */
  deleted: boolean;
  /** One of the operations deletes it: if it is not given then, it is gone, and not hidden. */
  deleteSeen?: true;
}

/** What concerns one evidence. */
export interface EvidencePart {
  evidence: string;
  /** Every change, for the journal. */
  changes: Change[];
  /** One for each record in them. */
  records: FoldedRecord[];
  /** What is wrong with a change of it that is not understood. */
  odd?: string;
}

interface Folding {
  odd?: string;
  changes: Change[];
  records: Map<string, FoldedRecord>;
}

/**
 * Folds the changes of the evidences that are followed; others are skipped.
 *
 * A late change, one at or below `consumed`, has no say in what the record is now: something newer
 * may have been applied meanwhile. So its record is asked for whatever the operation was, and its
 * state is as of `consumed`.
 *
 * @param changes in the order of versions
 * @param consumed the highest version that the mirror had before these
 */
export function fold(
  changes: readonly Change[],
  evidences: ReadonlySet<string>,
  consumed: number,
): EvidencePart[] {
  const parts = new Map<string, Folding>();
  for (const change of changes) {
    const { evidence, id, operation } = change;
    if (!evidences.has(evidence)) continue;
    const part: Folding = parts.get(evidence) ?? { changes: [], records: new Map() };
    parts.set(evidence, part);
    if (change.odd !== undefined) {
      part.odd ??= change.odd;
      continue;
    }
    part.changes.push(change);
    const late = change.version <= consumed;
    const version = late ? consumed : change.version;
    const before = part.records.get(id);
    const deleted = operation === 'delete' && !late;
    const isSeen = operation === 'delete' || before?.deleted || before?.deleteSeen;
    const deleteSeen = isSeen && !deleted && { deleteSeen: true as const };
    part.records.set(id, { id, version, deleted, ...deleteSeen });
  }
  return [...parts].map(([evidence, part]) => ({
    evidence,
    changes: part.changes,
    records: [...part.records.values()],
    ...(part.odd !== undefined && { odd: part.odd }),
  }));
}
