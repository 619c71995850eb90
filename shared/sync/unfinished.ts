/** Unfinished runs, and the locks that say whose a server is. */

import type { Leases, LockState } from '../lock/leases.ts';
import { syncLock } from './claim.ts';
import { isFinished, type Run } from './run.ts';
import type { RunStore, SeenRun } from './run-store.ts';

/** An unfinished run, and how it stands with its locks. */
export interface UnfinishedRun {
  run: Run;
  /** A worker is alive on any of its locks. */
  held: boolean;
  /** The locks of which it is not the owner; whole runs have none. */
  missing: string[];
  /** Written by a newer version of the app: for its workers, and to be looked at. */
  isNewer: boolean;
}

/**
 * Unfinished runs that own a server.
 *
 * @param unread gets what storage does not give, which is left out then; absent: it is thrown
 */
export async function unfinishedRuns(
  { leases, runs }: { leases: Leases; runs: RunStore },
  signal: AbortSignal,
  unread?: (id: string, error: unknown) => void,
): Promise<UnfinishedRun[]> {
  const locks = await leases.list('sync/', signal);
  const owners = new Set(locks.flatMap(({ owner }) => owner ?? []));
  const found = await Promise.all(
    [...owners].map(async (id) => {
      const seen = await runs.look(id, signal).catch((error: unknown) => {
        if (unread === undefined || signal.aborted) throw error;
        unread(id, error);
        return undefined;
      });
      return seen === undefined || isFinished(seen.value) ? [] : [withLocks(seen, locks)];
    }),
  );
  return found.flat().sort((a, b) => (a.run.id < b.run.id ? -1 : 1));
}

/** @param locks all of `sync/` */
export function withLocks(
  { value: run, isNewer }: Pick<SeenRun, 'value' | 'isNewer'>,
  locks: readonly LockState[],
): UnfinishedRun {
  const own = locks.filter(({ owner }) => owner === run.id);
  const names = new Set(own.map(({ name }) => name));
  return {
    run,
    held: own.some(({ held }) => held),
    missing: run.locks.map(({ server }) => syncLock(server)).filter((name) => !names.has(name)),
    isNewer,
  };
}
