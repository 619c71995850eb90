/** Retrying with full-jitter exponential back-off, one place for storage and SQL Server. */

import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryPolicy {
  /** Calls in all, the first included. */
  attempts: number;
  /** Upper bound of the first pause; doubles with every further one. */
  baseMs: number;
  /** No pause is longer. */
  capMs: number;
}

/**
 * The pause before attempt `attempt` + 1, in milliseconds: uniform between half and the whole of
 * min(cap, base × 2^(attempt − 1)), so that competitors spread out but nobody returns at once.
 *
 * @param attempt the attempt that has just failed, from 1
 */
export function backOffMs(
  attempt: number,
  policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  random: () => number = Math.random,
): number {
  const bound = Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1));
  return bound / 2 + (random() * bound) / 2;
}

/**
 * Calls `work` until it succeeds, `isTransient` says no, the attempts are used up or `signal` is
 * aborted. Rejects with the last error of `work`, or with the signal's reason during a pause.
 */
export async function withRetries<T>(
  work: (attempt: number) => Promise<T>,
  isTransient: (error: unknown) => boolean,
  policy: RetryPolicy,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= policy.attempts || signal.aborted || !isTransient(error)) throw error;
    }
    await pause(backOffMs(attempt, policy), signal);
  }
}

/** Waits `ms` milliseconds, or rejects with the signal's own reason as soon as it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
