/** Unfinished runs, and the locks that say whose a server is. */

import type { Leases, LockState } from '../lock/leases.ts';
import { DocumentUnreadableError, type Found } from '../storage/documents.ts';
import { syncLock } from './claim.ts';
import { isFinished, type Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** An unfinished run, and how it stands with its locks. */
export interface UnfinishedRun {
  run: Run;
  /** A worker is alive on any of its locks. */
  held: boolean;
  /** The locks of which it is not the owner; whole runs have none. */
  missing: string[];
}

/** Unfinished runs that own a server. */
export async function unfinishedRuns(
  { leases, runs }: { leases: Leases; runs: RunStore },
  signal: AbortSignal,
): Promise<UnfinishedRun[]> {
  const locks = await leases.list('sync/', signal);
  const owners = new Set(locks.flatMap(({ owner }) => owner ?? []));
  const found = await Promise.all(
    [...owners].map(async (id) => {
      const run = (await readable(runs, id, signal))?.value;
      return run === undefined || isFinished(run) ? [] : [withLocks(run, locks)];
    }),
  );
  return found.flat().sort((a, b) => (a.run.id < b.run.id ? -1 : 1));
}

/** @param locks all of `sync/` */
export function withLocks(run: Run, locks: readonly LockState[]): UnfinishedRun {
  const own = locks.filter(({ owner }) => owner === run.id);
  const names = new Set(own.map(({ name }) => name));
  return {
    run,
    held: own.some(({ held }) => held),
    missing: run.locks.map(({ server }) => syncLock(server)).filter((name) => !names.has(name)),
  };
}

/** One document that nobody understands must not hide the others; whoever needs it hears of it. */
export async function readable(
  runs: RunStore,
  id: string,
  signal: AbortSignal,
): Promise<Found<Run> | undefined> {
  try {
    return await runs.read(id, signal);
  } catch (error) {
    if (error instanceof DocumentUnreadableError) return undefined;
    throw error;
  }
}
