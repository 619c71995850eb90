/**
 * Claiming servers for a run, and passing the claim to the worker that executes it.
 *
 * The lock `sync/<server>` has two parts: the lease says that somebody is alive and at work, the
 * owner in its metadata says whose server it is until that run has finished, dead or alive. A
 * server whose owner is unfinished is busy even where the lease has run out: the run is resumed.
 */

import { randomUUID } from 'node:crypto';
import type { Leases } from '../lock/leases.ts';
import { pause } from '../retry.ts';
import { isFinished, type Run } from './run.ts';
import type { RunStore } from './run-store.ts';

/** Between a run's last write and the release of its locks lie milliseconds: worth waiting for. */
const releaseWait = { everyMs: 100, tries: 30 };

export interface ClaimDependencies {
  leases: Leases;
  runs: RunStore;
}

export function syncLock(server: string): string {
  return `sync/${server}`;
}

/**
 * Takes `sync/<server>` of every server, or of none, and enters `runId` as their owner. The claim
 * lives as long as a lease does; the run document must be written within it.
 *
 * @param servers sorted, so that two claims meet at the same server first
 * @returns the lease id, or the servers that somebody else has
 */
export async function claimServers(
  dependencies: ClaimDependencies,
  runId: string,
  servers: readonly string[],
  signal: AbortSignal,
): Promise<{ leaseId: string } | { busy: string[] }> {
  const leaseId = randomUUID();
  const taken: string[] = [];
  try {
    for (const server of servers) {
      if (!(await takeFree(dependencies, server, leaseId, signal))) {
        await releaseAll(dependencies.leases, taken, leaseId);
        return { busy: [server] };
      }
      taken.push(server);
    }
    for (const server of servers) {
      const isOurs = await dependencies.leases.setOwner(syncLock(server), leaseId, runId, signal);
      // Storage was so slow that the lease ran out, and somebody else has the server.
      if (!isOurs) {
        await releaseAll(dependencies.leases, servers, leaseId);
        return { busy: [server] };
      }
    }
    return { leaseId };
  } catch (error) {
    await releaseAll(dependencies.leases, [...servers], leaseId);
    throw error;
  }
}

/** Undoes a claim whose run document could not be written. Never throws: leases run out anyway. */
export async function releaseAll(
  leases: Leases,
  servers: readonly string[],
  leaseId: string,
): Promise<void> {
  await Promise.allSettled(
    servers.map((server) => leases.release(syncLock(server), leaseId, AbortSignal.timeout(5_000))),
  );
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
 * Makes `holder` the holder of all the run's locks: by `change` from the id in the document where
 * nobody executes the run yet, or any more; otherwise, and where that lease has run out, by
 * acquiring it while the run is still its owner. A holder in the document is alive as long as its
 * lease is: to change that one would be to steal the run from it.
 *
 * @returns false when another worker has one of them; then none is held
 */
export async function takeOverLocks(
  leases: Leases,
  run: Run,
  holder: string,
  signal: AbortSignal,
): Promise<boolean> {
  const taken: string[] = [];
  try {
    for (const { server, leaseId } of run.locks) {
      const from = run.holder === undefined ? leaseId : undefined;
      if (!(await takeOver(leases, server, from, holder, run.id, signal))) {
        await releaseAll(leases, taken, holder);
        return false;
      }
      taken.push(server);
    }
    return true;
  } catch (error) {
    // All of them: the one that failed may be ours, and only the answer was lost.
    await releaseAll(
      leases,
      run.locks.map(({ server }) => server),
      holder,
    );
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
  if (from !== undefined && (await leases.change(name, from, holder, signal))) return true;
  if (!(await leases.acquire(name, holder, signal))) return false;
  if ((await leases.state(name, signal)).owner === runId) return true;
  await leases.release(name, holder, signal);
  return false;
}

async function takeFree(
  dependencies: ClaimDependencies,
  server: string,
  leaseId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { leases } = dependencies;
  const name = syncLock(server);
  for (let attempt = 1; ; attempt += 1) {
    if (await leases.acquire(name, leaseId, signal)) {
      if (await isFree(dependencies, server, signal)) return true;
      await leases.release(name, leaseId, signal);
      return false;
    }
    // Held: worth another try only when its owner has finished and is about to let go.
    if (attempt > releaseWait.tries) return false;
    const { owner } = await leases.state(name, signal);
    if (owner !== undefined && !(await hasFinished(dependencies.runs, owner, signal))) return false;
    if (owner === undefined && attempt > 1) return false;
    await pause(releaseWait.everyMs, signal);
  }
}

/** An owner without a document died between its claim and its first write: nothing was promised. */
async function isFree(
  { leases, runs }: ClaimDependencies,
  server: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { owner } = await leases.state(syncLock(server), signal);
  if (owner === undefined) return true;
  const stored = await runs.read(owner, signal);
  return stored === undefined || isFinished(stored.value);
}

async function hasFinished(runs: RunStore, id: string, signal: AbortSignal): Promise<boolean> {
  const stored = await runs.read(id, signal);
  return stored !== undefined && isFinished(stored.value);
}
