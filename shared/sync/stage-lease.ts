/** The lease `procedure/<server>`: one stage at a time on each server, whoever runs it. */

import { type Keeper, keepLease } from '../lock/keeper.ts';
import type { Leases } from '../lock/leases.ts';
import { pause } from '../retry.ts';

/**
 * The fence before it serves waiters in order; this lease is only waited for while a worker that
 * died still has it, or while the one before is just letting go.
 */
const everyMs = { least: 25, most: 500 };

export interface StageLease {
  readonly lost: AbortSignal;
  /** Stops the renewal and frees the lock. Never throws: an unreleased lease runs out. */
  release(): Promise<void>;
}

/** Waits until the lease is ours. @throws the reason of `signal`, or storage's error */
export async function takeStageLease(
  leases: Leases,
  server: string,
  holder: string,
  signal: AbortSignal,
): Promise<StageLease> {
  const name = `procedure/${server}`;
  let waitMs = everyMs.least;
  let askedAt = performance.now();
  while (!(await leases.acquire(name, holder, signal))) {
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, everyMs.most);
    askedAt = performance.now();
  }
  const keeper: Keeper = keepLease(leases, name, holder, askedAt);
  return {
    lost: keeper.lost,
    async release() {
      await keeper.stop();
      await leases.release(name, holder, AbortSignal.timeout(5_000)).catch(() => {});
    },
  };
}
