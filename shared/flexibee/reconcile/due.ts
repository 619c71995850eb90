/**
 * The wish that a company be held against its mirror: a member of its cursor from when somebody takes
 * it up until it is done, so that no trouble and no lost message ends it. The newest counts; one that
 * comes while another's walk is under way has one of its own after that.
 */

import { Session } from '../company-session.ts';
import type { FollowContext } from '../context.ts';
import type { Cursor } from '../cursor.ts';
import { acquireWithin } from '../follow.ts';

/** A poll is not waited for any longer: the wish comes again. */
const waitForLockMs = 10_000;

/** Writes it down. @returns false while somebody else is at work on the company */
export function owe(follow: FollowContext, wish: string, signal: AbortSignal): Promise<boolean> {
  const since = follow.now().toISOString();
  const owing = (cursor: Cursor): Cursor =>
    cursor.due.reconcile?.for === wish
      ? cursor
      : { ...cursor, due: { ...cursor.due, reconcile: { for: wish, since } } };
  return amend(follow, owing, waitForLockMs, signal);
}

/** It is done. @returns false while somebody else is at work on the company */
export function settle(follow: FollowContext, wish: string, signal: AbortSignal): Promise<boolean> {
  const settled = (cursor: Cursor): Cursor => {
    const { reconcile, ...due } = cursor.due;
    return reconcile?.for === wish ? { ...cursor, due } : cursor;
  };
  return amend(follow, settled, waitForLockMs, signal);
}

/** Others shall know how many requests were sent; who polls just now, writes them too. */
export async function keepCount(follow: FollowContext, signal: AbortSignal): Promise<void> {
  if (follow.requests?.isWorthWriting) await amend(follow, (cursor) => ({ ...cursor }), 0, signal);
}

async function amend(
  follow: FollowContext,
  change: (cursor: Cursor) => Cursor,
  waitMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { code } = follow.company;
  const held = await acquireWithin(follow.cursors, code, waitMs, signal);
  if (held === undefined) return false;
  try {
    // Of a company that nobody has polled there is nothing to compare, nor to be written.
    if (held.value !== undefined) await new Session(follow, held, signal).amend(change);
    return held.value !== undefined;
  } finally {
    await held.release();
  }
}
