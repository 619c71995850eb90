/** Every call to Azure Storage goes through here: deadline for one try, retries, cancellation. */

import { type RetryPolicy, withRetries } from '../async/retry.ts';
import { storageClock } from './clock.ts';
import { isTransientStorageError, StorageDeadlineError } from './storage-error.ts';

/**
 * Azure Storage answers a small blob call in tens of milliseconds and ends its own server-side
 * work after 30 s; a try that is silent for 10 s is better made again.
 */
const tryDeadlineMs = 10_000;

/** 22 to 45 s of pauses in all: an outage of 20 s, which the lease keeper survives too, is ridden out. */
const policy: RetryPolicy = { attempts: 12, baseMs: 200, capMs: 6_400 };

/**
 * Makes one storage call with retries of what is transient.
 *
 * @param what named in the deadline's error: `read runs/x.json`
 * @param call one try; must hand the signal to the SDK
 * @throws the SDK's error, StorageDeadlineError, or the reason of `signal`
 */
export function storageCall<T>(
  what: string,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const timed = async (bounded: AbortSignal) => {
    const sentAt = performance.now();
    const answer = await call(bounded);
    const { date } = (answer ?? {}) as { date?: unknown };
    if (date instanceof Date) storageClock.observe(date, sentAt, performance.now());
    return answer;
  };
  return withRetries(
    () => withDeadline(what, timed, tryDeadlineMs, signal),
    isTransientStorageError,
    policy,
    signal,
  );
}

/** One try, without retries: for callers that have a retry rule of their own. */
export async function withDeadline<T>(
  what: string,
  call: (signal: AbortSignal) => Promise<T>,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted();
  const bounded = new AbortController();
  const onAbort = () => bounded.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(
    () => bounded.abort(new StorageDeadlineError(what, deadlineMs)),
    deadlineMs,
  );
  try {
    return await call(bounded.signal);
  } catch (error) {
    if (bounded.signal.aborted) throw bounded.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * A limit for what several callers share, which heeds no single one's signal: when it is over it is
 * storage that has not answered, and they are told so (503), not a fault of ours.
 */
export function storageLimit(what: string, limitMs: number): AbortSignal {
  const limit = new AbortController();
  const late = () => limit.abort(new StorageDeadlineError(what, limitMs));
  setTimeout(late, limitMs).unref();
  return limit.signal;
}
