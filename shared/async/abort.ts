/** Waiting no longer than a signal allows for something that cannot itself be cancelled. */

/**
 * Settles as `work` does, or rejects with the signal's reason when that comes first. The work goes
 * on: only for what bounds itself, and whose late result the caller gives back or shares.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Nobody may be left to hear of its failure.
  work.catch(() => {});
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits for so long: what comes later is not waited for, and its failure is nobody's any more. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  await unlessAborted(work, AbortSignal.timeout(milliseconds)).catch(() => {});
}
