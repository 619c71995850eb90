/** Who has servers just now, for looking: nothing is claimed, and nothing mended. */

import type { Leases } from '../lock/leases.ts';
import { syncLock } from './claim.ts';
import type { Plan } from './plan.ts';
import { finalStates } from './run.ts';
import type { RunStore } from './run-store.ts';
import type { PlannedRun } from './syncs.ts';

/** The servers of these locks, each once, in the order in which they are claimed. */
export async function holdersOf(
  { leases, runs }: { leases: Leases; runs: RunStore },
  locks: Plan['locks'],
  signal: AbortSignal,
): Promise<PlannedRun['servers']> {
  const seen = await Promise.all(
    locks.map(async ({ lock, server }) => {
      const { held, owner } = await leases.state(syncLock(lock), signal);
      const state = owner === undefined ? undefined : await runs.stateOf(owner, signal);
      const isOwned = state !== undefined && !finalStates.some((final) => final === state);
      return { server, isFree: !held && !isOwned, ...(isOwned && owner && { run: owner }) };
    }),
  );
  return [...Map.groupBy(seen, ({ server }) => server)].map(([server, all]) => {
    const run = all.find((one) => one.run !== undefined)?.run;
    return { server, isFree: all.every(({ isFree }) => isFree), ...(run && { run }) };
  });
}
