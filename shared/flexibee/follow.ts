/** Following a company: what the queue, the runs and people ask for. */

import type { ContainerClient } from '@azure/storage-blob';
import type { Cursor, Trouble } from './cursor.ts';
import type { AppliedRows, Mirror, Source } from './types.ts';

export interface FollowedCompany {
  code: string;
  evidences: readonly string[];
  /** What to do when the company's history turns out to be another one. */
  onRegression: 'stop' | 'reload';
}

/** A cursor document while we hold its lock. */
export interface HeldCursor {
  /** As last read or written; undefined in a document just created. */
  readonly value: Cursor | undefined;
  /** Aborted when the lock is lost. */
  readonly lost: AbortSignal;
  replace(value: Cursor, signal: AbortSignal): Promise<void>;
  /** Never throws: an unreleased lock runs out. */
  release(): Promise<void>;
}

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
  cursors: CursorStore;
  now(): Date;
  /** After so long a poll hands itself on, in milliseconds. */
  sliceMs: number;
  log(text: string): void;
  /** Calls the catalogue's procedures after changes of these evidences; repeatable. */
  after(evidences: readonly string[], signal: AbortSignal): Promise<void>;
}

/** `handed on`: there is more to do, and the caller queues the company again. */
export type PollOutcome = 'idle' | 'applied' | 'busy' | 'trouble' | 'handed on';

/** One store a process: it remembers the documents, so that an idle poll reads nothing. */
export function cursorStore(container: ContainerClient): CursorStore {
  throw new Error(`not there yet ${container.url}`);
}

/**
 * Brings the mirror up to what the company is now: loads what is to be loaded, then applies the
 * changes until there are none. Trouble with the server or the base is entered in the cursor.
 *
 * @throws LeaseLostError, storage's errors, or the reason of `signal`: then poll again
 */
export async function poll(
  context: FollowContext,
  options: { waitForLockMs: number },
  signal: AbortSignal,
): Promise<PollOutcome> {
  throw new Error(`not there yet ${context.company.code} ${options} ${signal}`);
}

/**
 * Reads one evidence in full; rows of the mirror that are not at the source become deleted. Waits
 * for the company's lock. Broken off, it goes on where it was, here or in the next poll.
 *
 * @param onProgress gets a line every page
 * @throws FlexibeeError, DatabaseError, LeaseLostError, storage's errors, or the reason of `signal`
 */
export async function reload(
  context: FollowContext,
  evidence: string,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<AppliedRows & { records: number }> {
  throw new Error(`not there yet ${context.company.code} ${evidence} ${onProgress} ${signal}`);
}

/**
 * Forgets where we were: the next poll begins a new generation with a load of everything. Waits
 * for the company's lock no longer than `waitForLockMs`.
 *
 * @returns false while somebody else is at work on the company
 */
export async function reset(
  context: Pick<FollowContext, 'company' | 'cursors' | 'now'>,
  options: { waitForLockMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  throw new Error(`not there yet ${context.company.code} ${options} ${signal}`);
}

export interface CompanyState {
  /** `starting`: nothing is known yet; `loading`: evidences are being read in full. */
  phase: 'starting' | 'loading' | 'following';
  generation: number;
  /** The highest version consumed. */
  version?: number;
  globalVersion: number;
  lag: { versions: number; seconds: number };
  gaps: number;
  loads: { evidence: string; afterId: string }[];
  pending: string[];
  evidences: Record<string, { changes: number; created: number; updated: number; deleted: number }>;
  appliedAt?: string;
  trouble?: Trouble;
}

/** What people are shown of a cursor; of a company never polled, `starting`. */
export function companyState(cursor: Cursor | undefined, now: Date): CompanyState {
  throw new Error(`not there yet ${cursor} ${now}`);
}
