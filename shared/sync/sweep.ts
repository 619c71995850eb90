/** Finds runs that nobody executes, and perhaps nobody ever will. */

import type { LockState } from '../lock/leases.ts';
import { tellLog } from '../storage/tell.ts';
import { endOrphan } from './ending.ts';
import { tellUntold } from './events/tell-untold.ts';
import { isFinished } from './run.ts';
import type { SyncState } from './service.ts';
import { type UnfinishedRun, unfinishedRuns, withLocks } from './unfinished.ts';
import { isAsleep } from './windows.ts';

/**
 * A message reaches a worker within two or three seconds. A run that is queued for longer has
 * probably none: the host writes it after the caller has got the whole answer, and not at all when
 * the caller has hung up before.
 */
const queuedMs = 10_000;

/**
 * Ids of unfinished runs on whose servers no lease lives (their worker died, their message was
 * lost, or they were let go), and of those that wait for a worker for too long; among them runs
 * whose start from the line was broken off half way. One that waits for a window has a message then,
 * and is not among them before. Sending one twice is harmless: whoever comes
 * second leaves.
 */
export async function abandonedRuns(
  state: Pick<SyncState, 'leases' | 'runs' | 'waiting'>,
  now: Date,
  signal: AbortSignal,
): Promise<string[]> {
  const runs = await unfinishedRuns(state, signal, tellUnread);
  const entries = runs.some(isHalfStarted) ? await state.waiting.list(signal) : [];
  return runs
    .filter(({ run, held, missing, isNewer }) => {
      const waitsMs = now.getTime() - Date.parse(run.createdAt);
      const isInLine = entries.some(({ id }) => id === run.id);
      if (isNewer || (missing.length > 0 && !isInLine)) return false;
      if (isAsleep(run, now)) return false;
      return !held || (run.state === 'queued' && waitsMs > queuedMs);
    })
    .map(({ run }) => run.id);
}

function isHalfStarted({ run, missing }: UnfinishedRun): boolean {
  return missing.length > 0 && run.ticket !== undefined;
}

/** One document that storage does not give keeps nobody from the others. */
function tellUnread(id: string, error: unknown): void {
  tellLog(`The sweeper could not look at run ${id}: ${String(error)}`);
}

/** A sweep lists two such pages: a year's 100,000 runs are walked through in half an hour. */
const sweptPage = 1_000;

/**
 * Ends unfinished runs that do not own their servers and are not in line for them: nobody may
 * execute them. Their POST died, was answered by an error or came too late, or the blob of a lock
 * was deleted. One that is just being written, or whose worker still holds another of its locks, is
 * left alone.
 *
 * Whatever becomes an orphan is mostly among the newest runs, which every sweep sees; of the others
 * each sweep sees one page more. Of those that an earlier sweep, or somebody else without a worker,
 * has ended events are told.
 *
 * @returns their ids
 */
export async function endOrphans(
  state: Pick<SyncState, 'leases' | 'runs' | 'waiting' | 'events' | 'failures'>,
  now: Date,
  signal: AbortSignal,
  pageSize = sweptPage,
): Promise<string[]> {
  const { leases, runs, waiting } = state;
  // Runs first: one that is entered as an owner between the two calls is none.
  const listed = await runs.inTurn(pageSize, signal);
  await tellUntold(state, listed, tellUnread, signal);
  const locks = await leases.list('sync/', signal);
  const inLine = new Set((await waiting.list(signal)).map(({ id }) => id));
  const unfinished = listed.filter((run) => !isFinished(run)).map(({ id }) => id);
  const ids = new Set([...unfinished, ...locks.flatMap(({ owner }) => owner ?? [])]);
  const ended: string[] = [];
  for (const id of ids) {
    if (inLine.has(id)) continue;
    try {
      if (await endIfOrphan({ leases, runs, waiting }, id, locks, now, signal)) ended.push(id);
    } catch (error) {
      signal.throwIfAborted();
      tellUnread(id, error);
    }
  }
  return ended;
}

/** @param locks as they were listed after the run was */
async function endIfOrphan(
  { leases, runs, waiting }: Pick<SyncState, 'leases' | 'runs' | 'waiting'>,
  id: string,
  locks: readonly LockState[],
  now: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await runs.look(id, signal);
  if (found === undefined || found.isNewer || isFinished(found.value)) return false;
  // Longer than a claim lives, by storage's clock: whoever wrote it can enter it no more.
  if (found.ageMs <= leases.lifeMs || !isOrphan(withLocks(found, locks))) return false;
  // But before it was as old as that: the locks are older than the look at its age. The line first:
  // a run leaves it when it owns its servers.
  const { ticket } = found.value;
  const entries = ticket === undefined ? [] : await waiting.list(signal);
  if (entries.some((entry) => entry.id === id)) return false;
  const seen = withLocks(found, await leases.list('sync/', signal));
  if (!isOrphan(seen)) return false;
  const { run, missing } = seen;
  endOrphan(run, missing, now);
  return await runs.replaced(run, found.etag, signal);
}

/** What waits owns nothing: of that, only its place in line counts. */
function isOrphan({ run, held, missing }: UnfinishedRun): boolean {
  return run.state === 'waiting' || (missing.length > 0 && !held);
}
