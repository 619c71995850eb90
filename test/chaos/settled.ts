/** When everything has come to its end: runs, leases, fences, sessions. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import { finalStates, type Run } from '../../shared/sync/run.ts';
import type { SyncState } from '../../shared/sync/service.ts';
import { abandonedRuns, endOrphans } from '../../shared/sync/sweep.ts';
import { runsOf } from './client.ts';
import type { World } from './world.ts';

/**
 * The sweeper's timer, played faster than its 20 s; the workers' own ones run as well. What it
 * looks at is 11 s older to it than it is, which makes a message late of every one that waits.
 */
const sweep = { everyMs: 800, olderMs: 11_000 };

/** Lives of a lease in which a run that nothing happens to any more must have ended. */
const patienceLives = 3;
/** A life of a lease, and the keeper's way to it. */
const freeLives = 1.5;
/** What sessions of the dead, and of the frozen that came back, take to end what they are at. */
const quietMs = 5_000;

/**
 * Until every run has ended; `runs` always has the newest documents, and none that are gone.
 *
 * @param disturbances how often something went wrong so far; undefined: something just does
 * @throws Error that names the runs which are unfinished three leases after the last disturbance
 */
export async function finished(
  world: World,
  users: readonly string[],
  runs: Map<string, Run>,
  disturbances: () => number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { state } = world;
  const limitMs = patienceLives * state.leases.lifeMs;
  let sweptAt = performance.now();
  let calm = { since: performance.now(), disturbances: disturbances() };
  for (;;) {
    const found = (await Promise.all(users.map((user) => runsOf(world, user, signal)))).flat();
    for (const id of new Set([...runs.keys(), ...found.map(({ id }) => id)])) {
      const stored = await state.runs.read(id, signal);
      if (stored === undefined) runs.delete(id);
      else runs.set(id, stored.value);
    }
    const left = [...runs.values()].filter(({ state: one }) => !finalStates.includes(one));
    const count = disturbances();
    if (left.length === 0 && count !== undefined) return;
    if (count === undefined || count !== calm.disturbances) {
      calm = { since: performance.now(), disturbances: count };
    }
    const calmMs = performance.now() - calm.since;
    // The load is measured for it, which takes 40 ms: not before it may matter.
    if (calmMs > limitMs && calmMs > scaled(limitMs)) {
      const names = left.map(({ id, state: one }) => `${id} ${one}`).join(', ');
      throw new Error(`unfinished for over three leases: ${names}`);
    }
    if (performance.now() - sweptAt >= sweep.everyMs) {
      const now = new Date(Date.now() + sweep.olderMs);
      for (const id of await abandonedRuns(state, now, signal)) await world.send(id);
      await endOrphans(state, new Date(), signal);
      sweptAt = performance.now();
    }
    await sleep(50, undefined, { signal });
  }
}

/**
 * Waits until nobody holds a lock, and no lock is that of an unfinished run.
 *
 * @returns the ones that stay so, in words
 */
export async function freed(
  { state, unruly }: { state: SyncState; unruly: Pick<World['unruly'], 'heldFences'> },
  signal: AbortSignal,
  limitMs = scaled(freeLives * state.leases.lifeMs),
): Promise<string[]> {
  const limit = AbortSignal.timeout(limitMs);
  for (;;) {
    const locks = await state.leases.list('', signal);
    const faults = await unruly.heldFences();
    for (const { name, held, owner } of locks) {
      if (held) faults.push(`${name} is held, and nothing runs`);
      if (owner !== undefined && (await state.runs.isUnfinished(owner, signal))) {
        faults.push(`${name} is that of ${owner}, which has not ended`);
      }
    }
    if (faults.length === 0 || limit.aborted) return faults;
    await sleep(100, undefined, { signal });
  }
}

/**
 * Waits until no session is at anything. Sessions of the dead are cleared up by the server within a
 * moment; those of the living must not be in a transaction when nothing runs.
 *
 * @returns what they are still at, in words
 */
export async function quiet({ sessions }: World): Promise<string[]> {
  const limit = AbortSignal.timeout(scaled(quietMs));
  for (;;) {
    const busy = (await sessions()).filter(
      ({ status, transactionCount }) => status === 'running' || transactionCount > 0,
    );
    if (busy.length === 0) return [];
    if (limit.aborted) return busy.map((one) => `nothing runs, and yet: ${JSON.stringify(one)}`);
    await sleep(50);
  }
}
