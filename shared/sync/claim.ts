/**
 * Claiming servers for a run, and passing the claim to the worker that executes it.
 *
 * The lock `sync/<server>` has two parts: the lease says that somebody is alive and at work, the
 * owner in its metadata says whose server it is until that run has finished, dead or alive. A
 * server whose owner is unfinished is busy even where the lease has run out: the run is resumed.
 */

import { randomUUID } from 'node:crypto';
import { pause } from '../async/retry.ts';
import type { Leases } from '../lock/leases.ts';
import type { Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** Between a run's last write and the release of its locks lie milliseconds: worth waiting for. */
const releaseWait = { everyMs: 100, tries: 30 };

export interface ClaimDependencies {
  leases: Leases;
  runs: RunStore;
}

/** Servers that somebody else has. */
export interface Busy {
  busy: string[];
  /** Whose they are; absent where another claim is under way, which may come to nothing. */
  run?: string;
}

export function syncLock(server: string): string {
  return `sync/${server}`;
}

/**
 * Takes `sync/<server>` of every server, or of none. The claim lives as long as a lease does; within
 * it the run document must be written and the servers entered as its own (`ownServers`).
 *
 * @param servers sorted, so that two claims meet at the same server first
 * @param by the run that claims, where it may own some of them by an earlier claim
 * @returns the lease id, or what somebody else has
 */
export async function claimServers(
  dependencies: ClaimDependencies,
  servers: readonly string[],
  signal: AbortSignal,
  by?: string,
): Promise<{ leaseId: string } | Busy> {
  const leaseId = randomUUID();
  try {
    for (const server of servers) {
      const taken = await takeFree(dependencies, { server, leaseId, by }, signal);
      if (taken === 'taken') continue;
      await releaseAll(dependencies.leases, servers, leaseId);
      return { busy: [server], ...(taken.run !== undefined && { run: taken.run }) };
    }
    return { leaseId };
  } catch (error) {
    await releaseAll(dependencies.leases, servers, leaseId);
    throw error;
  }
}

/**
 * Enters a run as the owner of the servers that it has claimed: from then on it is executed,
 * whatever becomes of its claimer. Its document must be there.
 *
 * @returns the servers that somebody else has, since the claim's life ended before: none when all
 *   is well
 */
export async function ownServers(
  leases: Leases,
  { id, locks }: Pick<Run, 'id' | 'locks'>,
  signal: AbortSignal,
): Promise<string[]> {
  for (const { server, leaseId } of locks) {
    if (!(await leases.setOwner(syncLock(server), leaseId, id, signal))) return [server];
  }
  return [];
}

/** Lets go of servers without disowning their run. Never throws: leases run out anyway. */
export async function releaseAll(
  leases: Leases,
  servers: readonly string[],
  leaseId: string,
): Promise<void> {
  await Promise.all(servers.map((server) => leases.letGo(syncLock(server), leaseId)));
}

/** Frees the servers of a finished run for good. Never throws: the next claim sees it finished. */
export async function disownAll(
  leases: Leases,
  servers: readonly string[],
  leaseId: string,
): Promise<void> {
  const signal = AbortSignal.timeout(5_000);
  await Promise.allSettled(
    servers.map(async (server) => {
      await leases.setOwner(syncLock(server), leaseId, undefined, signal);
      await leases.release(syncLock(server), leaseId, signal);
    }),
  );
}

/**
 * Makes `holder` the holder of all the run's locks, of which the run must be the owner: by `change`
 * from the id in the document where nobody executes the run yet, or any more; otherwise, and where
 * that lease has run out, by acquiring it. A holder in the document is alive as long as its lease
 * is: to change that one would be to steal the run from it.
 *
 * @returns false when another worker has one of them, or the run does not own one; then none is held
 */
export async function takeOverLocks(
  leases: Leases,
  run: Run,
  holder: string,
  signal: AbortSignal,
): Promise<boolean> {
  const servers = run.locks.map(({ server }) => server);
  try {
    for (const { server, leaseId } of run.locks) {
      const from = run.holder === undefined ? leaseId : undefined;
      if (await takeOver(leases, server, from, holder, run.id, signal)) continue;
      await releaseAll(leases, servers, holder);
      return false;
    }
    return true;
  } catch (error) {
    // All of them: the one that failed may be ours, and only the answer was lost.
    await releaseAll(leases, servers, holder);
    throw error;
  }
}

async function takeOver(
  leases: Leases,
  server: string,
  from: string | undefined,
  holder: string,
  runId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const name = syncLock(server);
  // Looked at first: to take what another run owns, and be it for a moment, keeps its worker away.
  if ((await leases.state(name, signal)).owner !== runId) return false;
  if (from !== undefined && (await leases.change(name, from, holder, signal))) return true;
  return leases.acquire(name, holder, signal);
}

/**
 * Takes the server unless it is busy. Whoever finds it busy has only looked: a lease that has run
 * out while its worker is about to renew it stays free for that.
 *
 * @returns `taken`, or the unfinished run whose server it is
 */
async function takeFree(
  { leases, runs }: ClaimDependencies,
  { server, leaseId, by }: { server: string; leaseId: string; by: string | undefined },
  signal: AbortSignal,
): Promise<'taken' | { run?: string }> {
  const name = syncLock(server);
  const isOthers = async (owner: string | undefined) =>
    owner !== by && (await isUnfinished(runs, owner, signal));
  for (let attempt = 1; ; attempt += 1) {
    const { held, owner } = await leases.state(name, signal);
    if (owner !== undefined && (await isOthers(owner))) return { run: owner };
    if (!held && (await leases.acquire(name, leaseId, signal))) {
      // Somebody else may have claimed it and let go between the look and the lease.
      const current = (await leases.state(name, signal)).owner;
      if (current === undefined || !(await isOthers(current))) return 'taken';
      await leases.letGo(name, leaseId);
      return { run: current };
    }
    // Held: worth another try only when its owner has finished and is about to let go.
    const hasOwner = owner !== undefined && owner !== by;
    if (attempt > releaseWait.tries || (!hasOwner && attempt > 1)) return {};
    await pause(releaseWait.everyMs, signal);
  }
}

/** An owner without a document has been removed, long after its end: it is nobody. */
async function isUnfinished(
  runs: RunStore,
  owner: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  return owner !== undefined && (await runs.isUnfinished(owner, signal));
}
