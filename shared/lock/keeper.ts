/**
 * Keeps a held lease alive while work goes on, and says at once when it is lost.
 *
 * States: keeping → lost (somebody else holds it, or no renewal succeeded for 3/4 of its life)
 *                 → stopped (by the caller; the lease itself is left as it is).
 * A renewal starts every quarter of the lease's life, never before the previous one has ended; a
 * failed one is tried again after a jittered second, as long as the lease may still be ours.
 */

import { backOffMs, pause } from '../async/retry.ts';
import { withDeadline } from '../storage/storage-call.ts';

/** The lock is not ours any more, or we cannot know: whatever it guarded must stop now. */
export class LeaseLostError extends Error {
  constructor(name: string, why: string, options?: ErrorOptions) {
    super(`The lock ${name} was lost: ${why}`, options);
    this.name = 'LeaseLostError';
  }
}

/** What holds leases: `Leases`, `LeasedDocuments`. */
export interface Renewable {
  /** How long a lease lives without renewal, in milliseconds. */
  readonly lifeMs: number;
  /** One try: false when another holder has it; throws when storage did not answer. */
  renewOnce(name: string, leaseId: string, signal: AbortSignal): Promise<boolean>;
}

export interface Keeper {
  /** Aborted with a LeaseLostError when the lease is lost; never by `stop`. */
  readonly lost: AbortSignal;
  /** Ends the renewals and waits for the one under way. */
  stop(): Promise<void>;
}

/** A try that hangs must leave time for two more before the lease's life is over. */
const tryShare = 1 / 6;
const retry = { baseMs: 500, capMs: 2_000 };

/**
 * @param name as its leases know it: `sync/dcdb`
 * @param askedAt performance.now() just before the lease was asked for: its life starts after that
 */
export function keepLease(
  leases: Renewable,
  name: string,
  leaseId: string,
  askedAt: number = performance.now(),
): Keeper {
  const lost = new AbortController();
  const stopping = new AbortController();
  const everyMs = leases.lifeMs / 4;
  const giveUpMs = (leases.lifeMs * 3) / 4;
  let renewedAt = askedAt;

  /** True when renewed, false when stopped or lost on the way. */
  async function renew(): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      const leftMs = renewedAt + giveUpMs - performance.now();
      if (leftMs <= 0) {
        lost.abort(new LeaseLostError(name, `no renewal succeeded for ${giveUpMs / 1000} s`));
        return false;
      }
      const sentAt = performance.now();
      try {
        const ours = await withDeadline(
          `renew ${name}`,
          (signal) => leases.renewOnce(name, leaseId, signal),
          Math.min(leases.lifeMs * tryShare, leftMs),
          stopping.signal,
        );
        if (!ours) {
          lost.abort(new LeaseLostError(name, 'another holder has it'));
          return false;
        }
        // The lease's life starts when the service renews it, which is after we asked.
        renewedAt = sentAt;
        return true;
      } catch {
        // Whatever it was (5xx, 429, timeout, reset): as long as the lease may live, ask again.
        if (stopping.signal.aborted) return false;
        await pause(Math.min(backOffMs(attempt, retry), Math.max(leftMs, 1)), stopping.signal);
      }
    }
  }

  async function keep(): Promise<void> {
    try {
      do {
        await pause(Math.max(0, renewedAt + everyMs - performance.now()), stopping.signal);
      } while (await renew());
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    }
  }

  const keeping = keep();
  return {
    lost: lost.signal,
    async stop() {
      stopping.abort();
      await keeping;
    },
  };
}
