/** One request in a queue: resolved by whoever frees the way, ended by its timeout or its signal. */

export type WaitEnd = 'granted' | 'timeout';

export interface Waiting {
  promise: Promise<WaitEnd>;
  grant(): void;
}

/** @param timeout milliseconds; negative waits for ever. Rejects with the signal's reason. */
export function wait(timeout: number, signal: AbortSignal): Waiting {
  const { promise, resolve, reject } = Promise.withResolvers<WaitEnd>();
  const onAbort = () => reject(signal.reason);
  const timer = timeout >= 0 ? setTimeout(() => resolve('timeout'), timeout) : undefined;
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  const ended = promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });
  return { promise: ended, grant: () => resolve('granted') };
}
