/** Whoever frees servers, or leaves the line, wakes those who come first then: the heads alone. */

import type { Entry } from './line.ts';
import { headsOf, inLine, meet } from './line.ts';
import type { WaitingStore } from './waiting-store.ts';

export interface Waker {
  waiting: WaitingStore;
  now(): Date;
  /** Puts a run's id on the run queue, where nobody sees it before `delaySeconds` are over. */
  send(id: string, delaySeconds: number, signal: AbortSignal): Promise<void>;
}

/** Waking is not worth more of a worker's time than this: the sweeper wakes as well. */
export const wakeMs = 5_000;

/** Messages may be hidden for seven days (Azure Storage, Put Message). */
const longestDelaySeconds = 7 * 24 * 3_600;

/** Seconds after which messages come that were sent before what they tell of is done. */
const soon = 2;

/**
 * Sends the message of each run that is first in line at all of its locks and waits for any of
 * these. Never throws: the sweeper does the same.
 */
export function wakeHeads(waker: Waker, locks: readonly string[]): Promise<void> {
  return wake(waker, locks, 0);
}

/**
 * The same before the servers are free or the place is: nobody sees the messages for a moment, in
 * which that is done. So the others are woken even by somebody who dies of it.
 *
 * @param without the entry that is about to leave
 */
export function wakeHeadsSoon(
  waker: Waker,
  locks: readonly string[],
  without?: Pick<Entry, 'id'>,
): Promise<void> {
  return wake(waker, locks, soon, without);
}

/**
 * Each that is first in line, whatever it waits for: a closure is over. By the time anybody sees the
 * messages every worker has heard of that.
 */
export function wakeAllHeads(waker: Waker): Promise<void> {
  return wake(waker, undefined, soon);
}

async function wake(
  { waiting, now, send }: Waker,
  locks: readonly string[] | undefined,
  delaySeconds: number,
  without?: Pick<Entry, 'id'>,
): Promise<void> {
  const signal = AbortSignal.timeout(wakeMs);
  try {
    const entries = (await waiting.list(signal)).filter(({ id }) => id !== without?.id);
    const heads = headsOf(inLine(entries, now()));
    const woken = heads.filter((head) => locks === undefined || meet(head.locks, locks));
    await Promise.all(woken.map(({ id }) => send(id, delaySeconds, signal)));
  } catch {
    // The sweeper.
  }
}

/** Wakes a run when its time has come, or as late as a message may. */
export function wakeAt(
  { now, send }: Pick<Waker, 'now' | 'send'>,
  { id }: Pick<Entry, 'id'>,
  instant: string,
  signal: AbortSignal,
): Promise<void> {
  const seconds = Math.ceil((Date.parse(instant) - now().getTime()) / 1_000);
  return send(id, Math.min(Math.max(seconds, 0), longestDelaySeconds), signal);
}
