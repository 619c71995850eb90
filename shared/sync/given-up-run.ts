import { addLog } from './ending.ts';
import type { SyncState } from './service.ts';

/**
 * Enters in a run's log that a message for it was given up. Not while a worker has the run: only
 * that one writes its document.
 *
 * @param text tells one message from another: it is entered once
 * @returns false when it is to be tried again later
 */
export async function tellRun(
  { leases, runs }: Pick<SyncState, 'leases' | 'runs'>,
  id: string,
  text: string,
  now: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await runs.look(id, signal);
  if (found === undefined || found.isNewer) return true;
  const run = found.value;
  if (run.log.some((line) => line.text === text)) return true;
  const locks = await leases.list('sync/', signal);
  if (locks.some(({ owner, held }) => held && owner === id)) return false;
  addLog(run, now, text);
  return await runs.replaced(run, found.etag, signal);
}
