/** What following a company needs. */

import type { NewEvent } from '../events/event.ts';
import type { LeasedDocument } from '../lock/leased-document.ts';
import type { Marks } from './after-calls.ts';
import type { Cursor } from './cursor.ts';
import type { RequestCount } from './request-count.ts';
import type { Returned } from './returned.ts';
import type { Unseen } from './step.ts';
import type { TypedTables } from './typed/tables.ts';
import type { Mirror, Source } from './types.ts';

export interface FollowedCompany {
  code: string;
  evidences: readonly string[];
  /** What to do when the company's history turns out to be another one. */
  onRegression: 'stop' | 'reload';
  /** So long after its version was taken a change may still be committed, in milliseconds. */
  lateMs: number;
  /** The most records in one request, where fewer than usual. */
  pageSize?: number;
}

/** A cursor document while we hold its lock. */
export type HeldCursor = LeasedDocument<Cursor>;

export interface CursorStore {
  /** Undefined while somebody else holds the company. */
  acquire(code: string, signal: AbortSignal): Promise<HeldCursor | undefined>;
  /** For looking only. */
  read(code: string, signal: AbortSignal): Promise<Cursor | undefined>;
}

export interface FollowContext {
  company: FollowedCompany;
  source: Source;
  mirror: Mirror;
  /** What the end of a full load did not see; absent: nobody knows, and it is deleted. */
  unseen?: Unseen;
  /** What the source counts, to be kept in the cursor; absent: nothing. */
  requests?: RequestCount;
  /** Filled by the mirror's calls. */
  returned: Returned;
  cursors: CursorStore;
  /** Absent: the base has none. */
  typed?: TypedTables;
  /** By storage's clock, which all workers share: see storage/clock.ts. */
  now(): Date;
  /** What the server said of late: it is not asked each time. */
  changelogIsOn(signal: AbortSignal): Promise<boolean>;
  /** After so long a poll hands itself on, in milliseconds. */
  sliceMs: number;
  log(text: string): void;
  /** Writes down what somebody should hear of, unless it is; absent: nobody hears of anything. */
  tell?(event: NewEvent, signal: AbortSignal): Promise<void>;
  /** Sees to it that the catalogue's procedures after changes are called for what is marked. */
  after(marks: Marks, signal: AbortSignal): Promise<void>;
  /** Sees to it that a reconciliation that is due goes on; asked by each poll. Absent: nobody does. */
  reconciling?(wish: string, signal: AbortSignal): Promise<void>;
}
