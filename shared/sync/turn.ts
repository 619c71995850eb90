/**
 * A run's turn at one server: the stage's exclusive names, the slot (for procedures a session with
 * the fence) and the leases `procedure/<lock>` (`locks.ts`), in this order. Work that needs no fence
 * takes no lease either. A server that allows several stages at once has that many places, each with
 * a fence and leases of its own.
 *
 * Taking and giving back a turn costs five round trips, so a lane keeps it from one stage to the
 * next where that can begin at once. Others who wait get theirs after `quantumMs` at the next end
 * of a stage, in the order in which they came.
 */

import { randomUUID } from 'node:crypto';
import { pause } from '../async/retry.ts';
import { type Keeper, keepLease } from '../lock/keeper.ts';
import type { Leases } from '../lock/leases.ts';
import { confirmNames, giveBackNames, type HeldName, leaveMs, takeNames } from './exclusive.ts';
import { locksOf } from './locks.ts';
import type { RunLog } from './log/run-log.ts';
import type { Stage, StageWait } from './run.ts';
import type { StageRunner, StageRunners, StageSlot } from './stage-runner.ts';

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
  /** Of a run: what somebody should know while it waits. */
  log?: Pick<RunLog, 'tell'>;
  /** Of a run: what a stage waits for beside its server. */
  onWait?(stage: Stage, wait: StageWait): void;
}

export interface HeldTurn {
  slot: StageSlot;
  /** Aborted when the lease is lost: what runs must stop. */
  lost: AbortSignal;
}

interface Held extends HeldTurn {
  kind: Stage['kind'];
  /** Names of the locks: a stage that others are needed for does not fit. */
  locks: string;
  names: HeldName[];
  leases: Lease[];
  since: number;
}

/** An id of its own each time: a release that arrives late frees nothing but its own turn. */
interface Lease {
  name: string;
  id: string;
  keeper: Keeper;
}

export class Turn {
  readonly #context: TurnContext;
  #held: Held | undefined;
  /** Until then names are left to others. */
  #leaveUntil = 0;

  constructor(context: TurnContext) {
    this.#context = context;
  }

  /** Waits until the stage may run. @throws what opening the slot throws, or the signal's reason */
  async take(stage: Stage, signal: AbortSignal): Promise<HeldTurn> {
    if (this.#held !== undefined && this.#serves(this.#held, stage)) return this.#held;
    await this.giveBack();
    const { runners, leases: all, runId, log } = this.#context;
    const runner = runners[stage.kind];
    if (runner === undefined) throw new Error(`nothing runs stages of kind ${stage.kind}`);
    const names = await this.#takeNames(runner, stage, signal);
    let slot: StageSlot | undefined;
    const leases: Lease[] = [];
    try {
      slot = await runner.open(stage, runId, signal, (text) => log?.tell(stage.id, text));
      const at = slot.place === undefined || slot.place === 1 ? '' : `/${slot.place}`;
      const locks = locksOf(stage);
      for (const name of runner.unfenced ? [] : locks) {
        leases.push(await this.#takeLease(`procedure/${name}${at}`, signal));
      }
      await confirmNames(all, names, signal);
      const lost = AbortSignal.any([...leases, ...names].map(({ keeper }) => keeper.lost));
      const since = performance.now();
      const { kind } = stage;
      this.#held = { slot, leases, names, lost, since, kind, locks: locks.join() };
      return this.#held;
    } catch (error) {
      await this.#letGo({ slot, leases, names });
      throw error;
    }
  }

  /** Lets others have their turn. Never throws: an unreleased lease runs out. */
  async giveBack(): Promise<void> {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    await this.#letGo(held);
  }

  async #letGo({
    slot,
    leases,
    names,
  }: {
    slot: StageSlot | undefined;
    leases: readonly Lease[];
    names: readonly HeldName[];
  }): Promise<void> {
    // In this order: whoever waits for the slot next must find the leases free.
    await Promise.all(leases.map((lease) => this.#release(lease)));
    await slot?.close().catch(() => {});
    if (names.length === 0) return;
    this.#leaveUntil = performance.now() + leaveMs;
    await giveBackNames(this.#context.leases, names, slot?.lingers ? 'lingers' : 'done');
  }

  /** Others first: nobody serves those who wait for a name in their order. */
  async #takeNames(runner: StageRunner, stage: Stage, signal: AbortSignal): Promise<HeldName[]> {
    if (stage.exclusive === undefined) return [];
    await pause(Math.max(0, this.#leaveUntil - performance.now()), signal);
    const { leases, runId, log, onWait } = this.#context;
    let told = '';
    const tell = (wait: StageWait) => {
      const text = waitText(wait);
      if (text === told) return;
      told = text;
      log?.tell(stage.id, text);
      onWait?.(stage, wait);
    };
    return await takeNames({ leases, runner, runId, onWait: tell }, stage, signal);
  }

  #serves(held: Held, stage: Stage): boolean {
    const fresh = performance.now() - held.since < quantumMs && !held.lost.aborted;
    const isSame = held.kind === stage.kind && held.locks === locksOf(stage).join();
    const names = held.names.map(({ name }) => name).join();
    const hasSame = names === (stage.exclusive ?? []).join();
    return fresh && isSame && hasSame && held.slot.fits(stage);
  }

  async #takeLease(name: string, signal: AbortSignal): Promise<Lease> {
    const { leases } = this.#context;
    const id = randomUUID();
    let waitMs = pollMs.least;
    let askedAt = performance.now();
    while (!(await leases.acquire(name, id, signal))) {
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, pollMs.most);
      askedAt = performance.now();
    }
    return { name, id, keeper: keepLease(leases, name, id, askedAt) };
  }

  async #release({ name, id, keeper }: Lease): Promise<void> {
    await keeper.stop();
    await this.#context.leases.letGo(name, id);
  }
}

/** `Waits for month-close, which run x has.` */
function waitText({ exclusive, run }: StageWait): string {
  const who = run === undefined ? 'somebody else has' : `run ${run} has`;
  return `Waits for ${exclusive}, which ${who}.`;
}
