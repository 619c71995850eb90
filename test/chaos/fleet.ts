/** The workers of a chaos run: how many there are, when they die, and who comes in their place. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, ProxiedRequest } from '../support/fault-proxy.ts';
import { hash } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import type { Death, EpisodePlan } from './plan.ts';
import { ChaosWorker } from './worker.ts';
import type { World } from './world.ts';

interface Slot {
  worker: ChaosWorker;
  /** Deaths still to come, for this worker and for those after it. */
  deaths: Death[];
}

export class Fleet {
  readonly counts = { started: 0, kill: 0, freeze: 0, stop: 0, faults: 0 };
  readonly #world: World;
  readonly #slots: Slot[] = [];
  readonly #dying = new Set<Promise<void>>();
  #plan: EpisodePlan | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  get serving(): ChaosWorker[] {
    return this.#slots.map(({ worker }) => worker).filter(({ isServing }) => isServing);
  }

  /** Everybody with work to do for this many; who is too many gets the time to let go. */
  async resize(count: number): Promise<void> {
    const leaving = this.#slots.splice(count);
    await Promise.all(leaving.map((slot) => this.#retire(slot.worker, () => slot.worker.stop())));
    while (this.#slots.length < count) {
      this.#slots.push({ worker: await this.#start(), deaths: [] });
    }
  }

  /** From now on faults and deaths happen as planned. */
  arm(plan: EpisodePlan): void {
    this.#plan = plan;
    for (const slot of this.#slots) slot.deaths = [];
    for (const death of plan.deaths) this.#slot(death.worker)?.deaths.push(death);
    for (const slot of this.#slots) this.#armSlot(slot);
  }

  /** Nothing happens any more; resolves when those who died have been replaced. */
  async disarm(): Promise<void> {
    this.#plan = undefined;
    for (const slot of this.#slots) {
      slot.deaths = [];
      slot.worker.faults = () => undefined;
    }
    while (this.#dying.size > 0) await Promise.all(this.#dying);
  }

  /** Storage refuses everything of one worker for a while. */
  async outage(number: number, forMs: number): Promise<void> {
    const outage = this.#slot(number)?.worker.proxy.outage();
    await sleep(forMs);
    outage?.end();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#slots.map(({ worker }) => worker.close()));
  }

  /** What the workers of now have printed last. */
  lastWords(): string {
    return this.#slots
      .map(({ worker }) => `--- worker ${worker.pid}\n${worker.lines.slice(-40).join('\n')}`)
      .join('\n');
  }

  #slot(number: number): Slot | undefined {
    return this.#slots[number % this.#slots.length];
  }

  async #start(): Promise<ChaosWorker> {
    this.counts.started += 1;
    return ChaosWorker.start(this.#world);
  }

  #armSlot(slot: Slot): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    const { worker } = slot;
    const { percent, stallMs } = plan.faults;
    const seed = hash(`${plan.seed} ${this.#slots.indexOf(slot)} ${slot.deaths.length}`);
    const random = randomFaults({ seed, rate: percent / 100, stallMs });
    const death = slot.deaths.shift();
    if (death === undefined) {
      worker.faults = random;
      return;
    }
    const { moment } = death;
    if ('afterMs' in moment) {
      worker.faults = random;
      setTimeout(() => this.#begin(slot, worker, death), moment.afterMs).unref();
      return;
    }
    let left = moment.storageCall;
    worker.faults = (request: ProxiedRequest): Fault | undefined => {
      left -= 1;
      if (left !== 0) return random(request);
      this.#begin(slot, worker, death);
      return { kind: moment.done ? 'lost answer' : 'reset' };
    };
  }

  #begin(slot: Slot, worker: ChaosWorker, death: Death): void {
    // The episode is over, or somebody else has this place by now.
    if (this.#plan === undefined || slot.worker !== worker || !worker.isServing) return;
    this.counts[death.how] += 1;
    // Here and now: the call that is its moment must not get an answer first.
    if (death.how === 'kill') worker.kill();
    if (death.how === 'freeze') worker.freeze();
    const dying = this.#die(slot, worker, death);
    this.#dying.add(dying);
    void dying.finally(() => this.#dying.delete(dying));
  }

  async #die(slot: Slot, worker: ChaosWorker, death: Death): Promise<void> {
    if (death.how === 'freeze') {
      await sleep(death.expireAfterMs);
      await worker.expireLeases(this.#world);
      await sleep(death.thawAfterMs);
      worker.thaw();
    } else {
      const replacement = this.#start();
      const gone = death.how === 'stop' ? () => worker.stop() : () => worker.exited();
      await this.#retire(worker, async () => {
        await gone();
        await sleep(death.expireAfterMs);
        await worker.expireLeases(this.#world);
        await worker.close();
      });
      slot.worker = await replacement;
    }
    this.#armSlot(slot);
  }

  async #retire(worker: ChaosWorker, leave: () => Promise<void>): Promise<void> {
    await leave();
    this.counts.faults += worker.proxy.requests.filter(({ fault }) => fault !== undefined).length;
  }
}
