/** What loading and following have in common: pages for the mirror, and where the cursor goes. */

import type { Cursor } from './cursor.ts';
import type { FlexibeeRecord, MirrorPage, RecordState, Source } from './types.ts';

/**
 * Rows of the mirror that are not deleted, of this generation and last read before a moment, in
 * pages; none of an evidence whose rows nobody knows. Throws DatabaseError, or the reason of `signal`.
 */
export type Unseen = (
  evidence: string,
  range: { generation: number; readBefore: string },
  signal: AbortSignal,
) => AsyncIterable<readonly { id: string }[]>;

/** Made ahead, while the one before is applied. */
export interface Step {
  /** To be applied first; perhaps nothing. */
  page: MirrorPage;
  /** The cursor once everything before is applied; the same object where it has not moved. */
  moved?: (cursor: Cursor) => Cursor;
}

/** What steps are made from. */
export interface StepContext {
  company: string;
  evidences: readonly string[];
  source: Source;
  /** The most records in one request, where fewer than usual. */
  pageSize?: number | undefined;
  /** As of the beginning. */
  cursor: Cursor & { next: number };
  /** The moment of a reading that begins now; each is later than the one before. */
  readAt(): string;
  now(): Date;
  /** As of the follow context. */
  unseen?: Unseen | undefined;
}

export function stateOf(record: FlexibeeRecord, version: number): RecordState {
  return { ...record, version, deleted: false };
}
