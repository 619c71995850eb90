import type { RunLog } from './run-log.ts';

/**
 * How long storage may take to write the rest of a log, in milliseconds. A run that must stop has
 * less: a worker has 8 s to let go of everything.
 */
const restMs = { usually: 20_000, stopping: 2_000 };

/**
 * Writes what waits, and gives up in time.
 *
 * @param stopping aborted when the run must stop
 * @returns how many lines could not be written
 */
export async function closeLog(log: RunLog, stopping: AbortSignal): Promise<number> {
  const over = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const endIn = (ms: number) => timers.push(setTimeout(() => over.abort(), ms));
  const hurry = () => endIn(restMs.stopping);
  endIn(restMs.usually);
  stopping.addEventListener('abort', hurry, { once: true });
  if (stopping.aborted) hurry();
  try {
    return await log.close(over.signal);
  } finally {
    stopping.removeEventListener('abort', hurry);
    for (const timer of timers) clearTimeout(timer);
  }
}
