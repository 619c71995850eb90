/**
 * A run's turn at one server: the slot (for procedures a session with the fence) and the lease
 * `procedure/<server>`, in this order. Work that needs no fence takes no lease either.
 *
 * Taking and giving back a turn costs five round trips, so a lane keeps it from one stage to the
 * next where that can begin at once. Others who wait get theirs after `quantumMs` at the next end
 * of a stage, in the order in which they came.
 */

import { randomUUID } from 'node:crypto';
import { type Keeper, keepLease } from '../lock/keeper.ts';
import type { Leases } from '../lock/leases.ts';
import { pause } from '../retry.ts';
import type { Stage } from './run.ts';
import type { StageRunners, StageSlot } from './stage-runner.ts';

/**
 * First come, first served within these seconds, and within one stage that takes longer. To take a
 * turn anew costs 10 ms: a third of a per cent.
 */
const quantumMs = 3_000;

/**
 * The fence before it serves waiters in order; the lease is only waited for while a worker that
 * died still has it, or while the one before is just letting go.
 */
const pollMs = { least: 25, most: 500 };

export interface TurnContext {
  runners: StageRunners;
  leases: Leases;
  runId: string;
}

export interface HeldTurn {
  slot: StageSlot;
  /** Aborted when the lease is lost: what runs must stop. */
  lost: AbortSignal;
}

interface Held extends HeldTurn {
  kind: Stage['kind'];
  lease: Lease | undefined;
  since: number;
}

/** An id of its own each time: a release that arrives late frees nothing but its own turn. */
interface Lease {
  id: string;
  keeper: Keeper;
}

const never = new AbortController().signal;

export class Turn {
  readonly #context: TurnContext;
  readonly #lock: string;
  #held: Held | undefined;

  constructor(context: TurnContext, server: string) {
    this.#context = context;
    this.#lock = `procedure/${server}`;
  }

  /** Waits until the stage may run. @throws what opening the slot throws, or the signal's reason */
  async take(stage: Stage, signal: AbortSignal): Promise<HeldTurn> {
    if (this.#held !== undefined && this.#serves(this.#held, stage)) return this.#held;
    await this.giveBack();
    const { runners, runId } = this.#context;
    const runner = runners[stage.kind];
    if (runner === undefined) throw new Error(`nothing runs stages of kind ${stage.kind}`);
    const slot = await runner.open(stage, runId, signal);
    try {
      const lease = runner.unfenced ? undefined : await this.#takeLease(signal);
      const since = performance.now();
      this.#held = { slot, lease, lost: lease?.keeper.lost ?? never, since, kind: stage.kind };
      return this.#held;
    } catch (error) {
      await slot.close().catch(() => {});
      throw error;
    }
  }

  /** Lets others have their turn. Never throws: an unreleased lease runs out. */
  async giveBack(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    await held.lease?.keeper.stop();
    // In this order: whoever waits for the slot next must find the lease free.
    if (held.lease !== undefined) await this.#context.leases.letGo(this.#lock, held.lease.id);
    await held.slot.close().catch(() => {});
  }

  #serves(held: Held, stage: Stage): boolean {
    const fresh = performance.now() - held.since < quantumMs && !held.lost.aborted;
    return fresh && held.kind === stage.kind && held.slot.fits(stage);
  }

  async #takeLease(signal: AbortSignal): Promise<Lease> {
    const { leases } = this.#context;
    const id = randomUUID();
    let waitMs = pollMs.least;
    let askedAt = performance.now();
    while (!(await leases.acquire(this.#lock, id, signal))) {
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, pollMs.most);
      askedAt = performance.now();
    }
    return { id, keeper: keepLease(leases, this.#lock, id, askedAt) };
  }
}
